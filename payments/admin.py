"""Staff watch the money, the callbacks and the two books; they give money back and close differences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.admin import Looking, MovesAdmin, Retried, outside
from core.desk import ByStatus, linked
from core.errors import NotThere, Refusal
from core.forms import checked
from core.idempotency import once
from core.money import in_words
from core.templatetags.aqad import status
from orders.models import Order
from payments import actions, callbacks
from payments.breaks import close
from payments.forms import RefundForm
from payments.models import Break, Callback, Payment, Reconciliation, Refund

MOST = 50


@admin.register(Payment)
class PaymentAdmin(MovesAdmin, Looking):
    """Payments, each with what it is for, what went back and what its gateway told. Staff give back what is left."""

    change_form_template = "payments/admin_payment.html"
    list_display = ("code", "checkout", "method", "badge", "worth", "taken", "back", "created_at")
    list_filter = (("status", ByStatus), "method")
    search_fields = ("gateway_ref",)
    codes = ("", "checkout", "allocations__order", "refunds", "checkout__retailer")
    saved = (
        (_("All"), ""),
        (_("Being checked"), "status__exact=unknown"),
        (_("At the bank"), "status__exact=pending"),
        (_("Money came back"), "refunding__gt=0"),
    )
    list_select_related = ("checkout",)
    ordering = ("-id",)

    @admin.display(description=_("status"), ordering="status")
    def badge(self, payment: Payment) -> str:
        """In its colour."""
        return status(payment.status, "payment")

    @admin.display(description=_("amount"), ordering="amount")
    def worth(self, payment: Payment) -> str:
        """In dirhams."""
        return in_words(payment.amount)

    @admin.display(description=_("captured"), ordering="captured")
    def taken(self, payment: Payment) -> str:
        """In dirhams; nothing while nothing was."""
        return in_words(payment.captured) if payment.captured else "–"

    @admin.display(description=_("refunded"), ordering="refunding")
    def back(self, payment: Payment) -> str:
        """In dirhams; nothing while nothing was."""
        return in_words(payment.refunding) if payment.refunding else "–"

    def subjects(self, thing: Payment) -> list[str]:
        """With what went back of it."""
        return [thing.code, *(refund.code for refund in thing.refunds.all())]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.refund)
        return [path("<path:object_id>/refund/", view, name="payments_payment_refund"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With a form to give back what is left of a card payment."""
        thing, extra = self.get_object(request, unquote(object_id)), {}
        if thing is not None:
            extra = _around(thing)
        if thing is not None and (left := actions.refundable(thing)):
            extra |= {"refund": outside(RefundForm(initial={"amount": left}), "refund"), "left": left}
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
            messages.success(request, _t("Refund %(code)s is on its way.") % {"code": code})
        return redirect(reverse("admin:payments_payment_change", args=[thing.pk]))


def _around(payment: Payment) -> dict[str, Any]:
    """What belongs to a payment: orders, refunds, what its gateway told, differences of the books."""
    refunds = list(payment.refunds.order_by("-pk"))
    codes = [payment.code, *(refund.code for refund in refunds)]
    return {
        "allocations": payment.allocations.select_related("order__vendor").order_by("pk"),
        "refunds": refunds,
        "callbacks": Callback.objects.filter(reference=payment.code).order_by("-pk")[:MOST],
        "breaks": Break.objects.filter(reference__in=codes).order_by("-pk")[:MOST],
    }


def _refunded(payment: Payment, facts: dict[str, Any], user: Any) -> str:
    return actions.refund_by_staff(payment, facts["amount"], facts["reason"], user).code


@admin.register(Refund)
class RefundAdmin(MovesAdmin, Looking):
    """Refunds."""

    list_display = ("code", "of", "order", "badge", "worth", "reason", "created_at")
    list_filter = (("status", ByStatus),)
    search_fields = ("gateway_ref", "reason")
    codes = ("", "order", "payment")
    saved = (
        (_("All"), ""),
        (_("On their way"), "status__in=pending,unknown"),
        (_("Failed"), "status__exact=failed"),
        (_("Beside an order"), "order__isnull=True"),
    )
    list_select_related = ("payment", "order")
    fields = ("code", "of", "for_order", "worth", "reason", "gateway_ref", "created_at")
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description=_("status"), ordering="status")
    def badge(self, refund: Refund) -> str:
        """In its colour."""
        return status(refund.status, "refund")

    @admin.display(description=_("amount"), ordering="amount")
    def worth(self, refund: Refund) -> str:
        """In dirhams."""
        return in_words(refund.amount)

    @admin.display(description=_("payment"), ordering="payment")
    def of(self, refund: Refund) -> str:
        """With the way to it."""
        return linked(f"{Payment.PREFIX}{refund.payment_id}")

    @admin.display(description=_("order"))
    def for_order(self, refund: Refund) -> str:
        """With the way to it."""
        return linked(f"{Order.PREFIX}{refund.order_id}") if refund.order_id else "–"


@admin.register(Callback)
class CallbackAdmin(Retried):
    """What gateways told us."""

    again = staticmethod(callbacks.again)
    list_display = ("code", "received_at", "of", "gateway", "applied_at", "parked", "attempts", "problem")
    list_filter = ("parked", ("applied_at", admin.EmptyFieldListFilter))
    search_fields = ("event_id", "problem")
    codes = ("",)
    told = ("reference",)
    saved = (
        (_("All"), ""),
        (_("Parked"), "parked__exact=1"),
        (_("To be settled"), "applied_at__isnull=True&parked__exact=0"),
    )
    fields = (
        "gateway",
        "event_id",
        "of",
        "text",
        "received_at",
        "applied_at",
        "parked",
        "attempts",
        "problem",
    )
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Callback]:
        """Without the bytes: a list shows none, a page fetches its own."""
        return super().get_queryset(request).defer("body")

    @admin.display(description=_("reference"), ordering="reference")
    def of(self, callback: Callback) -> str:
        """With the way to it."""
        return linked(callback.reference)

    @admin.display(description=_("body"))
    def text(self, callback: Callback) -> str:
        """The raw bytes as far as they are text."""
        return bytes(callback.body).decode(errors="replace")


@admin.register(Break)
class BreakAdmin(MovesAdmin, Looking):
    """Where our book and a gateway's differ."""

    verbs: ClassVar = {"close": close}
    list_display = ("code", "kind", "badge", "of", "ours", "theirs", "first_seen", "last_seen")
    list_filter = (("status", ByStatus), "kind", "gateway")
    search_fields = ("reference", "ref")
    codes = ("",)
    told = ("reference",)
    saved = ((_("All"), ""), (_("To be looked into"), "status__exact=open"))
    fields = (
        "gateway", "kind", "of", "ref", "ours", "theirs", "fact_at", "first_seen", "last_seen",
        "resolved_at", "note",
    )  # fmt: skip
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description=_("status"), ordering="status")
    def badge(self, found: Break) -> str:
        """In its colour."""
        return status(found.status, "break")

    @admin.display(description=_("reference"), ordering="reference")
    def of(self, found: Break) -> str:
        """With the way to it."""
        return linked(found.reference)


@admin.register(Reconciliation)
class ReconciliationAdmin(Looking):
    """When the books were compared, and what came of it."""

    list_display = (
        "code", "gateway", "since", "started_at", "finished_at", "entries", "healed", "found", "resolved",
    )  # fmt: skip
    list_filter = ("gateway",)
    codes = ("",)
    saved = (
        (_("All"), ""),
        (_("Found differences"), "found__gt=0"),
        (_("Not finished"), "finished_at__isnull=True"),
    )
    ordering = ("-id",)
