"""Staff watch the money, the callbacks and the two books; they give money back and close differences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from core.admin import Looking, MovesAdmin, Retried, outside
from core.errors import NotThere, Refusal
from core.forms import checked
from core.idempotency import once
from payments import actions, callbacks
from payments.forms import RefundForm
from payments.models import Break, Callback, Payment, Reconciliation, Refund
from payments.reconciling import close


class RefundsInline(admin.TabularInline[Refund, Payment]):
    """What went back of a payment."""

    model = Refund
    fields = readonly_fields = ("code", "order", "status", "amount", "reason", "gateway_ref", "created_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Payment)
class PaymentAdmin(MovesAdmin, Looking):
    """Payments. Staff give back what is left of one."""

    change_form_template = "payments/admin_payment.html"
    list_display = ("code", "checkout", "method", "status", "amount", "captured", "refunding", "created_at")
    list_filter = ("status", "method", "gateway")
    search_fields = ("id", "gateway_ref", "checkout__id")
    ordering = ("-id",)
    show_full_result_count = False
    inlines = (RefundsInline,)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.refund)
        return [path("<path:object_id>/refund/", view, name="payments_payment_refund"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With a form to give back what is left of a card payment."""
        thing, extra = self.get_object(request, unquote(object_id)), {}
        if thing is not None and (left := actions.refundable(thing)):
            extra = {"refund": outside(RefundForm(initial={"amount": left}), "refund"), "left": left}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give money back, once for the form's key; a refusal is a message."""
        thing, user = self.get_object(request, unquote(object_id)), request.user
        if request.method != "POST" or thing is None:
            raise NotThere
        try:
            facts = checked(RefundForm(request.POST))
            asked = {"payment": thing.code, "amount": str(facts["amount"]), "reason": facts["reason"]}
            code = once(str(user.pk), f"form-{facts['key']}", asked, lambda: _refunded(thing, facts, user))
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Refund %(code)s is on its way.") % {"code": code})
        return redirect(reverse("admin:payments_payment_change", args=[thing.pk]))


def _refunded(payment: Payment, facts: dict[str, Any], user: Any) -> str:
    return actions.refund_by_staff(payment, facts["amount"], facts["reason"], user).code


@admin.register(Refund)
class RefundAdmin(MovesAdmin, Looking):
    """Refunds."""

    list_display = ("code", "payment", "order", "status", "amount", "reason", "created_at")
    list_filter = ("status",)
    search_fields = ("id", "gateway_ref", "order__id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Callback)
class CallbackAdmin(Retried):
    """What gateways told us."""

    again = staticmethod(callbacks.again)
    list_display = (
        "code",
        "received_at",
        "gateway",
        "event_id",
        "applied_at",
        "parked",
        "attempts",
        "problem",
    )
    list_filter = ("parked", ("applied_at", admin.EmptyFieldListFilter), "gateway")
    search_fields = ("event_id", "problem")
    fields = ("gateway", "event_id", "text", "received_at", "applied_at", "parked", "attempts", "problem")
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description="body")
    def text(self, callback: Callback) -> str:
        """The raw bytes as far as they are text."""
        return bytes(callback.body).decode(errors="replace")


@admin.register(Break)
class BreakAdmin(MovesAdmin, Looking):
    """Where our book and a gateway's differ."""

    verbs: ClassVar = {"close": close}
    list_display = ("code", "kind", "status", "reference", "ours", "theirs", "first_seen", "last_seen")
    list_filter = ("status", "kind", "gateway")
    search_fields = ("id", "reference", "ref")
    fields = (
        "gateway", "kind", "reference", "ref", "ours", "theirs", "fact_at", "first_seen", "last_seen",
        "resolved_at", "note",
    )  # fmt: skip
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Reconciliation)
class ReconciliationAdmin(Looking):
    """When the books were compared, and what came of it."""

    list_display = (
        "code",
        "gateway",
        "since",
        "started_at",
        "finished_at",
        "entries",
        "healed",
        "found",
        "resolved",
    )
    list_filter = ("gateway",)
    ordering = ("-id",)
    show_full_result_count = False
