"""Staff keep shelves and makers, and hide or archive products; they never create products or change stock."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from catalog import cache
from catalog.actions import archive, hide, unhide
from catalog.models import Brand, Category, Product
from core.admin import Looking, MovesAdmin, Recorded


class Shelves(Recorded):
    """What everybody's lists show: a change is seen at once."""

    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    search_fields = ("name", "name_ar", "slug")

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        cache.shelves_changed()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        cache.shelves_changed()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        cache.shelves_changed()


@admin.register(Category)
class CategoryAdmin(Shelves):
    """Shelves, and the shelves in them."""

    list_display = ("name", "name_ar", "parent", "position", "slug")
    list_filter = (("parent", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)


@admin.register(Brand)
class BrandAdmin(Shelves):
    """Makers."""

    list_display = ("name", "name_ar", "slug")


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
