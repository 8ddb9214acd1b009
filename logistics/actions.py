"""Verbs about deliveries. Lock order: the order, then its delivery, stock last."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.lifecycle import BusinessStatus
from accounts.models import User
from core.access import SYSTEM, Actor
from core.errors import Invalid, WrongMoment
from core.lifecycle import move
from core.models import Event
from core.roles import Role
from logistics.lifecycle import DELIVERY, LIVE, DeliveryStatus
from logistics.models import Carrier, Delivery
from orders import actions as orders
from orders.lifecycle import OrderStatus
from orders.models import Order


def dispatch(event: Event) -> None:
    """Reaction: an order is ready (again); give it a delivery. A repetition finds the one that is there."""
    with transaction.atomic():
        order: Order = Order.objects.coded(event.subject).get().locked()
        if order.status != OrderStatus.READY or order.deliveries.filter(status__in=LIVE).exists():
            return
        carrier = _carrier_for(order.address["emirate"])
        delivery = Delivery.objects.create(order=order, carrier=carrier, status=DELIVERY.start)
        facts = {"order": order.code, "carrier": carrier.pk if carrier else None}
        DELIVERY.begin(delivery, SYSTEM, name="create" if carrier else "strand", **facts)


def _carrier_for(emirate: str) -> Carrier | None:
    """The active carrier that covers the emirate and has the fewest deliveries open; None when none does."""
    covering = Carrier.objects.filter(covers__contains=[emirate], business__status=BusinessStatus.ACTIVE)
    busy = Count("deliveries", filter=Q(deliveries__status__in=LIVE))
    found: Carrier | None = covering.annotate(busy=busy).order_by("busy", "pk").first()
    return found


def call_off(event: Event) -> None:
    """Reaction: the order has ended; a delivery that has not begun is called off."""
    waiting = Delivery.objects.filter(order=Order.objects.coded(event.subject).get())
    for delivery in waiting.filter(status=DeliveryStatus.ASSIGNED):
        with transaction.atomic():
            row = delivery.locked()
            if row.status == DeliveryStatus.ASSIGNED:
                DELIVERY.step(row, "call_off", SYSTEM)


@move("assign")
def assign(delivery: Delivery, by: Actor, *, driver: User | None, carrier: Carrier | None = None) -> None:
    """The dispatcher gives it to one of the carrier's drivers; staff may also give it to another carrier."""
    if carrier is not None and by.role == Role.STAFF:
        delivery.carrier = carrier
    elif driver is None:
        raise Invalid.field("driver", _("Please choose a driver."))
    if driver is not None and (driver.role != Role.DRIVER or driver.business_id != delivery.carrier_id):
        raise Invalid.field("driver", _("This is not a driver of the carrier."))
    delivery.driver = driver
    delivery.save(update_fields=["carrier", "driver"])


@move("take")
def take(delivery: Delivery, by: Actor, *, note: str = "") -> None:
    """A driver takes a delivery of the carrier that nobody has yet."""
    if delivery.driver_id not in (None, by.pk):
        raise WrongMoment
    Delivery.objects.filter(pk=delivery.pk).update(driver=by.pk)


@move("pick_up")
def pick_up(delivery: Delivery, by: Actor, *, note: str = "") -> None:
    """The driver has the goods; the stock leaves the book."""
    if delivery.driver_id != by.pk:
        raise WrongMoment(_("Please take this delivery first."))
    orders.pick_up(delivery.order, by)


@move("out_for_delivery")
def out_for_delivery(delivery: Delivery, by: Actor, *, note: str = "") -> None:
    """The driver is on the way to the shop."""
    orders.carry(delivery.order, "out_for_delivery", by)


@move("deliver")
def deliver(delivery: Delivery, by: Actor, *, note: str = "") -> None:
    """The shop has the goods."""
    orders.carry(delivery.order, "deliver", by, note=note)


@move("fail")
def fail(delivery: Delivery, by: Actor, *, note: str = "") -> None:
    """The goods could not be handed over; the order waits for a fresh delivery."""
    if not note:
        raise Invalid.field("reason", _("Please say why it could not be delivered."))
    orders.carry(delivery.order, "return", by, note=note)


VERBS = {
    "take": take,
    "pick_up": pick_up,
    "out_for_delivery": out_for_delivery,
    "deliver": deliver,
    "fail": fail,
}
