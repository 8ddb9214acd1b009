"""Staff keep shelves and makers, and hide or archive products; they never create products or change stock."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.actions import archive, hide, unhide
from catalog.models import Brand, Category, Product
from core.admin import Looking, MovesAdmin


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """Shelves."""

    list_display = ("name", "name_ar", "parent", "position")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    search_fields = ("name", "name_ar", "slug")


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin[Brand]):
    """Makers."""

    list_display = ("name", "name_ar", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    search_fields = ("name", "name_ar", "slug")


@admin.register(Product)
class ProductAdmin(MovesAdmin, Looking):
    """Products as their vendors keep them."""

    verbs = {"hide": hide, "unhide": unhide, "archive": archive}  # noqa: RUF012
    list_display = ("code", "name", "vendor", "status", "price", "category", "brand")
    list_filter = ("status", "category")
    search_fields = ("id", "name", "name_ar", "sku", "gtin", "vendor__name")
    list_select_related = ("vendor", "category", "brand")
    ordering = ("-id",)
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)
