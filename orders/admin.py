"""Staff watch orders, and cancel one until it is picked up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from core.admin import Looking, MovesAdmin
from orders.actions import cancel
from orders.models import Line, Order


class LinesInline(admin.TabularInline[Line, Order]):
    """What was ordered, at the prices of that moment."""

    model = Line
    fields = ("product", "quantity", "unit", "unit_price", "net", "vat", "total", "hold")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(MovesAdmin, Looking):
    """Orders."""

    verbs = {"cancel": cancel}  # noqa: RUF012
    list_display = ("code", "status", "retailer", "vendor", "total", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("id", "retailer__name", "vendor__name")
    list_select_related = ("retailer", "vendor")
    ordering = ("-id",)
    inlines = (LinesInline,)
    show_full_result_count = False
