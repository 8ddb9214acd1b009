"""Money: what was asked, what was taken, what of it is for which order, and what went back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Owner
from core.codes import Coded, CodedQuerySet
from core.lifecycle import Moving
from core.money import CURRENCY, money_field
from core.roles import Role
from orders.models import Checkout, Order, PaymentMethod
from payments.books import BookLine as BookLine
from payments.books import Break as Break
from payments.books import Reconciliation as Reconciliation
from payments.lifecycle import OPEN, PAYMENT, REFUND, PaymentStatus, RefundStatus


class Payment(Coded, Moving):
    """A card payment of a checkout, or the cash for one order. `key` names it to the gateway, for ever the same."""

    PREFIX = "PAY"
    LIFECYCLE = PAYMENT
    OWNERS: ClassVar = {Role.RETAILER: Owner("checkout__retailer_id")}

    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=20, choices=PaymentMethod.choices)
    gateway = models.CharField(_("gateway"), max_length=20, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    amount = money_field(_("amount"))
    currency = models.CharField(max_length=3, default=CURRENCY)
    gateway_ref = models.CharField(_("at the gateway"), max_length=200, blank=True)
    gateway_url = models.URLField(max_length=2000, blank=True)
    captured = money_field(_("captured"), default=0)
    captured_currency = models.CharField(max_length=3, blank=True)
    refunding = money_field(_("refunded or on its way back"), default=0)
    settles = models.BooleanField(_("pays its orders"), default=False)
    failure = models.CharField(_("why it failed"), max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=PaymentStatus.values), name="payment_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(refunding__gte=0, refunding__lte=F("captured")),
                name="payment_refunds_within_captured",
            ),
            models.CheckConstraint(
                condition=Q(settles=False)
                | Q(status=PaymentStatus.CAPTURED, captured=F("amount"), captured_currency=F("currency")),
                name="payment_settles_only_in_full",
            ),
            models.UniqueConstraint(
                fields=["checkout"],
                condition=Q(method=PaymentMethod.CARD) & ~Q(status=PaymentStatus.FAILED),
                name="payment_one_live_card_per_checkout",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"],
                condition=~Q(gateway_ref=""),
                name="payment_once_per_gateway_ref",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"],
                name="payment_open",
                condition=Q(status__in=[PaymentStatus.PENDING, PaymentStatus.UNKNOWN]),
            ),
            models.Index(
                fields=["id"],
                name="payment_to_end",
                condition=Q(status__in=OPEN, method=PaymentMethod.CARD),
            ),
        ]

    def get_absolute_url(self) -> str:
        """The door to the gateway."""
        return reverse("payments:pay", args=[self.code])

    def page_for(self, role: str) -> str:
        """Where news about it leads: a single order's page, or the list of the orders it pays."""
        order = self.checkout.orders.first() if self.checkout.orders.count() == 1 else None
        return order.get_absolute_url() if order else reverse("orders:list")


class Allocation(models.Model):
    """What of a payment is for which order."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="allocation")
    amount = money_field(_("amount"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.order_id}"


class Refund(Coded, Moving):
    """Money on its way back; its row is written before the gateway is asked, and never replaced."""

    PREFIX = "RF"
    LIFECYCLE = REFUND
    OWNERS: ClassVar = {
        Role.RETAILER: Owner("payment__checkout__retailer_id"),
        Role.VENDOR: Owner("order__vendor_id"),
    }

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    amount = money_field(_("amount"))
    reason = models.CharField(_("reason"), max_length=200)
    gateway_ref = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(order__isnull=False) & ~Q(status=RefundStatus.FAILED),
                name="refund_one_live_per_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status"], name="refund_not_done", condition=~Q(status=RefundStatus.DONE)),
        ]

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        return self.order.get_absolute_url() if self.order else self.payment.page_for(role)


class Callback(models.Model):
    """What a gateway told us, as raw bytes, kept before anything is done about it. `problem` says why it is parked.

    `reference` is the payment it speaks of, once it was read; `request_id` the request it came in.
    """

    PREFIX = "CB"

    gateway = models.CharField(_("gateway"), max_length=20)
    event_id = models.CharField(_("event"), max_length=200)
    reference = models.CharField(_("reference"), max_length=100, blank=True, db_default="")
    body = models.BinaryField()
    request_id = models.CharField(max_length=64, blank=True, db_default="")
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(_("applied"), null=True)
    parked = models.BooleanField(_("parked"), default=False)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="callback_once_per_event"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="callback_waiting", condition=Q(applied_at__isnull=True, parked=False)
            ),
            models.Index(fields=["id"], name="callback_parked", condition=Q(parked=True)),
            models.Index(fields=["reference"], name="callback_of", condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"

    @property
    def code(self) -> str:
        """The name people read."""
        return f"{self.PREFIX}{self.pk}"
