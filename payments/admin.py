"""Staff watch the money and the callbacks."""

from __future__ import annotations

from django.contrib import admin

from core.admin import Looking, MovesAdmin
from payments.models import Callback, Payment, Refund


@admin.register(Payment)
class PaymentAdmin(MovesAdmin, Looking):
    """Payments."""

    list_display = ("code", "checkout", "method", "status", "amount", "captured", "refunding", "created_at")
    list_filter = ("status", "method")
    search_fields = ("id", "gateway_ref", "checkout__id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Refund)
class RefundAdmin(MovesAdmin, Looking):
    """Refunds."""

    list_display = ("code", "payment", "order", "status", "amount", "reason", "created_at")
    list_filter = ("status",)
    search_fields = ("id", "gateway_ref", "order__id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Callback)
class CallbackAdmin(Looking):
    """What gateways told us."""

    list_display = ("received_at", "gateway", "event_id", "applied_at", "parked", "attempts", "problem")
    list_filter = ("gateway", "parked")
    search_fields = ("event_id",)
    fields = ("gateway", "event_id", "text", "received_at", "applied_at", "parked", "attempts", "problem")
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description="body")
    def text(self, callback: Callback) -> str:
        """The raw bytes as far as they are text."""
        return bytes(callback.body).decode(errors="replace")
