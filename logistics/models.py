"""Carriers and the deliveries they make."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Business, BusinessQuerySet, Emirate, User
from core.access import Actor, Owner
from core.codes import Coded, CodedQuerySet
from core.files import private_storage
from core.lifecycle import Move, Moving
from core.roles import Role
from logistics import handover
from logistics.lifecycle import DELIVERY, LIVE, DeliveryStatus, Failure
from orders.models import Order, PaymentMethod

LATE = timedelta(hours=4)
UNCLAIMED = timedelta(hours=1)


class Carrier(Business):
    """A delivery partner's profile: the emirates it covers."""

    PREFIX = "C"

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="carrier"
    )
    covers = ArrayField(
        models.CharField(max_length=3, choices=Emirate.choices),
        verbose_name=_("emirates covered"),
        default=list,
    )

    objects = BusinessQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")


class DeliveryQuerySet(CodedQuerySet):
    """Deliveries."""

    def shown(self) -> Self:
        """With all that a list or page shows, in a constant number of queries."""
        related = ("order__checkout", "order__vendor", "order__retailer", "carrier", "driver")
        return self.select_related(*related).prefetch_related("order__lines")

    def ended_by(self, driver: Actor | AnonymousUser) -> Self:
        """What this driver has ended, the last first. Theirs by its own column, so that no older one is read."""
        return self.filter(driver_id=driver.pk).exclude(status__in=LIVE).order_by("-pk")

    def in_driving_order(self) -> Self:
        """What is on its way first, what is to be picked up last; neighbours beside each other."""
        ranks = (When(status=status, then=rank) for rank, status in enumerate(reversed(LIVE)))
        places = (f"order__checkout__address__{part}" for part in ("emirate", "area", "line1"))
        return self.order_by(Case(*ranks, default=len(LIVE)), *places, "pk")


class Delivery(Coded, Moving):
    """The way of one order from the vendor's gate to the shop.

    `salt` and `tries` belong to the hand-over code (`logistics.handover`); an empty salt asks for none. `note`,
    `photo` and `cash` are the driver's proof.
    """

    PRIVATE = ("contact", "phone")

    PREFIX = "DEL"
    LIFECYCLE = DELIVERY
    OWNERS: ClassVar = {
        Role.DRIVER: (Owner("driver_id", "pk"), Owner("carrier_id", unset=("driver_id",))),
        Role.DISPATCHER: Owner("carrier_id"),
        Role.RETAILER: Owner("order__retailer_id"),
        Role.VENDOR: Owner("order__vendor_id"),
    }

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries")
    carrier = models.ForeignKey(
        Carrier, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    driver = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32, blank=True, default=handover.fresh_salt, editable=False)
    tries = models.PositiveSmallIntegerField(_("wrong codes"), default=0, editable=False)
    failure = models.CharField(
        _("why not"), max_length=20, choices=Failure.choices, blank=True, editable=False
    )
    note = models.CharField(_("note"), max_length=500, blank=True, editable=False)
    photo = models.FileField(
        _("photo"), storage=private_storage, upload_to="proofs/", blank=True, editable=False
    )
    cash = models.DecimalField(
        _("cash collected"), max_digits=14, decimal_places=2, null=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    picked_up_at = models.DateTimeField(_("picked up"), null=True, editable=False)
    out_at = models.DateTimeField(_("out for delivery"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)
    failed_at = models.DateTimeField(_("not delivered"), null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[DeliveryStatus.ASSIGNED, DeliveryStatus.FAILED])
                | Q(driver__isnull=False),
                name="delivery_on_the_way_has_a_driver",
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.DELIVERED) | Q(delivered_at__isnull=False),
                name="delivery_delivered_has_a_time",
            ),
            models.CheckConstraint(condition=Q(tries__lte=handover.TRIES), name="delivery_tries_bounded"),
            models.CheckConstraint(
                condition=Q(failure__in=["", *Failure.values]), name="delivery_failure_known"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=~Q(status=DeliveryStatus.FAILED),
                name="delivery_one_live_per_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["driver", "-id"], name="delivery_of_driver"),
            models.Index(fields=["carrier", "-id"], name="delivery_of_carrier"),
            models.Index(
                fields=["carrier", "-id"], condition=Q(driver__isnull=True), name="delivery_of_no_driver"
            ),
            models.Index(
                fields=["carrier", "delivered_at"],
                condition=Q(delivered_at__isnull=False),
                name="delivery_delivered",
            ),
            models.Index(
                fields=["carrier", "failed_at"], condition=Q(failed_at__isnull=False), name="delivery_failed"
            ),
            models.Index(fields=["status"], name="delivery_live", condition=Q(status__in=LIVE)),
        ]

    def locked(self) -> Any:
        """The order first, then the delivery: the lock order of the house."""
        order = self.order.locked()
        row = super().locked()
        row.order = order
        return row

    @property
    def is_live(self) -> bool:
        """Whether it is still to end, well or badly."""
        return self.status in LIVE

    @property
    def since(self) -> datetime:
        """When its last step was taken."""
        return self.out_at or self.picked_up_at or self.created_at

    @property
    def is_late(self) -> bool:
        """Whether it has stood still for too long (`LATE`); one without a driver sooner than others."""
        patience = LATE if self.driver_id else UNCLAIMED
        return self.is_live and timezone.now() - self.since > patience

    @property
    def asks_code(self) -> bool:
        """Whether the driver needs the shop's code."""
        return bool(self.salt)

    @property
    def is_locked(self) -> bool:
        """Whether the code was wrong too often."""
        return self.asks_code and self.tries >= handover.TRIES

    @property
    def cash_due(self) -> Decimal | None:
        """What the driver collects at the door; None when nothing."""
        on_delivery = self.order.checkout.method == PaymentMethod.CASH_ON_DELIVERY
        return self.order.total if on_delivery else None

    @property
    def driver_called(self) -> str:
        """The driver's first name: enough to greet by."""
        return self.driver.name.partition(" ")[0] if self.driver else ""

    def code_for(self, user: Any) -> str | None:
        """The hand-over code for the retailer while it is of use; None for everybody else, staff included."""
        theirs = self.asks_code and self.is_live and Role.RETAILER in self.roles_of(user)
        return handover.code_of(self.pk, self.salt) if theirs else None

    def driver_for(self, user: Any) -> str:
        """The driver's name: in full for those who hand goods over or look after it, the first to the retailer."""
        full = self.driver.name if self.driver else ""
        return self.driver_called if getattr(user, "role", "") == Role.RETAILER else full

    def address_for(self, user: Any) -> dict[str, Any]:
        """Where to. A driver whose delivery is over keeps no phone number of the shop."""
        over = getattr(user, "role", "") == Role.DRIVER and not self.is_live
        address: dict[str, Any] = self.order.address
        return {name: "" if over and name in self.PRIVATE else value for name, value in address.items()}

    def moves_for(self, user: Any) -> list[Move]:
        """As the table says, without taking one's own, moving a free one, or unlocking an open one."""
        moves = [move for move in super().moves_for(user) if move.name != "unlock" or self.is_locked]
        if user.role != Role.DRIVER:
            return moves
        return [move for move in moves if (move.name == "take") != (self.driver_id == user.pk)]

    def reports_for(self, user: Any) -> list[tuple[Move, bool]]:
        """What a driver still has to report, in order, and whether it may be reported now."""
        may = {move.name for move in self.moves_for(user)}
        told = [move for move in DELIVERY.table if Role.DRIVER in move.who and move.name != "take"]
        mine = self.driver_id == user.pk and self.is_live
        return [(move, move.name in may) for move in told if mine]

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        pages = {
            Role.DRIVER: reverse("logistics:delivery", args=[self.code]),
            Role.DISPATCHER: reverse("logistics:board"),
            Role.STAFF: reverse("admin:logistics_delivery_change", args=[self.pk]),
        }
        return pages.get(Role(role), self.order.get_absolute_url())
