"""The stock of a product, and the ledger it is the sum of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models.goods import Product


class Stock(models.Model):
    """What is there and what is promised of it. The database refuses to promise more than there is."""

    product = models.OneToOneField(Product, on_delete=models.PROTECT, primary_key=True, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.on_hand} − {self.reserved}"

    @property
    def available(self) -> int:
        """Units that can be ordered now."""
        return self.on_hand - self.reserved


class MovementKind(models.TextChoices):
    """Why a stock row changed: on hand / reserved."""

    RECEIVE = "receive", _("Received")
    ADJUST = "adjust", _("Corrected")
    HOLD = "hold", _("Reserved")
    RELEASE = "release", _("Released")
    CONSUME = "consume", _("Picked up")
    RETURN = "return", _("Returned")


CLOSING = [MovementKind.RELEASE, MovementKind.CONSUME]
SIGNS = (
    Q(kind=MovementKind.RECEIVE, on_hand__gt=0, reserved=0)
    | Q(kind=MovementKind.ADJUST, reserved=0) & ~Q(on_hand=0)
    | Q(kind=MovementKind.HOLD, on_hand=0, reserved__gt=0)
    | Q(kind=MovementKind.RELEASE, on_hand=0, reserved__lt=0)
    | Q(kind=MovementKind.CONSUME, on_hand__lt=0, reserved=F("on_hand"))
    | Q(kind=MovementKind.RETURN, on_hand__gt=0, reserved=0)
)


class Movement(models.Model):
    """A line of the stock ledger; its sums are the stock row (kept by one transaction). Append-only by a trigger.

    `line` is the order line a hold belongs to: a number and no foreign key, for the ledger stands below orders.
    """

    # Found by an index below that begins with it.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=MovementKind.choices)
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    line = models.PositiveBigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(_("actor"), max_length=120)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=[MovementKind.RECEIVE, MovementKind.ADJUST]) | Q(line__isnull=False),
                name="movement_of_a_line_names_it",
            ),
            models.CheckConstraint(condition=SIGNS, name="movement_signs_of_its_kind"),
            models.UniqueConstraint(fields=["line", "kind"], name="movement_once_per_line_and_kind"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(kind__in=CLOSING), name="movement_closes_a_line_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "-id"], name="movement_of_product")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.kind} {self.on_hand:+d}/{self.reserved:+d}"
