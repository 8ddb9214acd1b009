"""Carriers and the deliveries they make."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Business, BusinessQuerySet, Emirate, User
from core.access import Owner
from core.codes import Coded, CodedQuerySet
from core.lifecycle import Moving
from core.roles import Role
from logistics.lifecycle import DELIVERY, DeliveryStatus
from orders.models import Order


class Carrier(Business):
    """A delivery partner's profile: the emirates it covers."""

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


class Delivery(Coded, Moving):
    """The way of one order from the vendor's gate to the shop."""

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
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    picked_up_at = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)

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
            models.UniqueConstraint(
                fields=["order"],
                condition=~Q(status=DeliveryStatus.FAILED),
                name="delivery_one_live_per_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["driver", "-id"], name="delivery_of_driver"),
            models.Index(fields=["carrier", "-id"], name="delivery_of_carrier"),
        ]

    def locked(self) -> Any:
        """The order first, then the delivery: the lock order of the house."""
        order = self.order.locked()
        row = super().locked()
        row.order = order
        return row

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        pages = {
            Role.DRIVER: reverse("logistics:delivery", args=[self.code]),
            Role.DISPATCHER: reverse("logistics:board"),
            Role.STAFF: reverse("admin:logistics_delivery_change", args=[self.pk]),
        }
        return pages.get(Role(role), self.order.get_absolute_url())
