"""Baskets, checkouts, and the order each vendor gets out of one."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Unit
from core.access import Owned, OwnedQuerySet, Owner
from core.codes import Coded, CodedQuerySet
from core.lifecycle import Moving
from core.models import Event
from core.money import CURRENCY, VatCategory, money_field
from core.roles import Role
from orders.lifecycle import NEVER_PLACED, ORDER, OrderStatus
from retailers.models import Retailer
from vendors.models import Vendor

WAITING = (OrderStatus.PLACED, OrderStatus.PROCESSING)
PATIENCE = timedelta(hours=24)


class CartLine(Owned):
    """Something in a retailer's basket. It reserves nothing; prices are read when the order is placed."""

    OWNERS: ClassVar = {Role.RETAILER: Owner("retailer_id")}

    retailer = models.ForeignKey(Retailer, on_delete=models.CASCADE, related_name="cart")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("basket line")
        verbose_name_plural = _("basket")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["retailer", "product"], name="cart_line_once_per_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"

    @property
    def net(self) -> Decimal:
        """Without VAT, at today's price."""
        price: Decimal = self.product.price
        return price * self.quantity


class SavedList(Owned):
    """What a retailer orders again and again, under a name. It reserves nothing and remembers no price."""

    OWNERS: ClassVar = {Role.RETAILER: Owner("retailer_id")}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    retailer = models.ForeignKey(Retailer, on_delete=models.CASCADE, related_name="saved_lists")
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint("retailer", Lower("name"), name="saved_list_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_list_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("orders:saved", args=[self.pk])


class SavedLine(models.Model):
    """How much of a product the retailer usually takes."""

    saved = models.ForeignKey(SavedList, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("line of a saved list")
        verbose_name_plural = _("lines of saved lists")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["saved", "product"], name="saved_line_once_per_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="saved_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"


class PaymentMethod(models.TextChoices):
    """How a retailer pays."""

    CARD = "card", _("Card")
    CASH_ON_DELIVERY = "cash_on_delivery", _("Cash on delivery")


class Checkout(Coded, Owned):
    """What a retailer ordered in one go: one order per vendor, and the hold on stock until `reserved_until`."""

    PREFIX = "CHK"
    OWNERS: ClassVar = {Role.RETAILER: Owner("retailer_id")}

    retailer = models.ForeignKey(Retailer, on_delete=models.PROTECT, related_name="checkouts")
    method = models.CharField(_("payment"), max_length=20, choices=PaymentMethod.choices)
    currency = models.CharField(max_length=3, default=CURRENCY)
    total = money_field(_("total"))
    address = models.JSONField(_("address"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    reserved_until = models.DateTimeField(_("reserved until"))
    created_at = models.DateTimeField(_("ordered"), db_default=Now(), editable=False)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total__gt=0), name="checkout_total_positive"),
        ]


class OrderQuerySet(CodedQuerySet):
    """Orders."""

    def shown(self) -> Self:
        """With all that a list or page shows, in a constant number of queries."""
        related = ("checkout", "vendor", "retailer", "allocation__payment")
        return self.select_related(*related).prefetch_related(
            "lines", "deliveries__carrier", "deliveries__driver", "refunds"
        )


class Order(Coded, Moving):
    """What one vendor has to deliver of a checkout. Its money never changes (kept by a trigger)."""

    PREFIX = "ORD"
    LIFECYCLE = ORDER
    OWNERS: ClassVar = {
        Role.RETAILER: Owner("retailer_id"),
        Role.VENDOR: Owner("vendor_id", given=("placed_at",)),
    }

    # Found by an index below that begins with it.
    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="orders", db_index=False)
    retailer = models.ForeignKey(Retailer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="orders")
    currency = models.CharField(max_length=3, default=CURRENCY)
    subtotal = money_field(_("subtotal"))
    vat = money_field(_("VAT"))
    total = money_field(_("total"))
    created_at = models.DateTimeField(_("ordered"), db_default=Now(), editable=False)
    placed_at = models.DateTimeField(_("placed"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") + F("vat"), subtotal__gt=0, vat__gte=0), name="order_sums"
            ),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.CANCELLED)
                | Q(status__in=NEVER_PLACED, placed_at__isnull=True)
                | ~Q(status__in=NEVER_PLACED) & Q(placed_at__isnull=False),
                name="order_placed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.DELIVERED, delivered_at__isnull=False)
                | ~Q(status=OrderStatus.DELIVERED) & Q(delivered_at__isnull=True),
                name="order_delivered_has_a_time",
            ),
            models.UniqueConstraint(fields=["checkout", "vendor"], name="order_one_per_checkout_and_vendor"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["retailer", "-id"], name="order_of_retailer"),
            models.Index(
                fields=["vendor", "-id"], condition=Q(placed_at__isnull=False), name="order_of_vendor"
            ),
            models.Index(
                fields=["vendor", "placed_at"],
                condition=Q(placed_at__isnull=False),
                name="order_of_vendor_by_day",
            ),
            models.Index(fields=["status"], name="order_awaiting", condition=Q(status="awaiting_payment")),
            models.Index(fields=["placed_at"], name="order_to_accept", condition=Q(status="placed")),
            models.Index(fields=["created_at"], name="order_by_day"),
        ]

    def get_absolute_url(self) -> str:
        """The page that its retailer, its vendor and staff share."""
        return reverse("orders:order", args=[self.code])

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        return self.get_absolute_url()

    @property
    def address(self) -> dict[str, Any]:
        """The copy of the address, as it was when ordering."""
        address: dict[str, Any] = self.checkout.address
        return address

    @property
    def is_late(self) -> bool:
        """Whether it has waited for its vendor longer than a buyer should wait."""
        since = self.placed_at if self.status in WAITING else None
        return since is not None and timezone.now() - since > PATIENCE

    def history(self) -> models.QuerySet[Event]:
        """Its timeline, oldest first."""
        return Event.objects.filter(subject=self.code).order_by("id")


class Hold(models.TextChoices):
    """What became of the stock of a line: the line is the reservation."""

    HELD = "held", _("Reserved")
    CONSUMED = "consumed", _("Picked up")
    RELEASED = "released", _("Released")
    RETURNED = "returned", _("Returned")


class Line(models.Model):
    """A product in an order at its frozen price. `vat` is rounded half up to the fils on this line."""

    # Found by an index below that begins with it.
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    name_ar = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=3, choices=Unit.choices)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = money_field(_("unit price"))
    vat_category = models.CharField(max_length=1, choices=VatCategory.choices)
    net = money_field(_("net"))
    vat = money_field(_("VAT"))
    total = money_field(_("total"))
    hold = models.CharField(max_length=8, choices=Hold.choices, default=Hold.HELD)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "product"], name="line_once_per_product"),
            models.CheckConstraint(condition=Q(hold__in=Hold.values), name="line_hold_known"),
            models.CheckConstraint(
                condition=Q(net=F("unit_price") * F("quantity"), total=F("net") + F("vat"), vat__gte=0),
                name="line_sums",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1, unit_price__gt=0), name="line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def title(self) -> str:
        """The product's name at the time of ordering, in the reader's language."""
        return self.name_ar if get_language() == "ar" and self.name_ar else self.name
