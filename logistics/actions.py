"""Verbs about deliveries. Lock order: the order, then its delivery, stock last."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.lifecycle import BusinessStatus
from accounts.models import User
from core import events
from core.access import SYSTEM, Actor
from core.errors import Invalid, Refusal, WrongMoment
from core.files import Checked
from core.lifecycle import move
from core.models import Event
from core.roles import Role
from core.transactions import atomically
from logistics import handover, proof
from logistics.lifecycle import DELIVERY, LIVE, DeliveryStatus, Failure
from logistics.models import Carrier, Delivery
from orders import actions as orders
from orders.lifecycle import OrderStatus
from orders.models import Order


@atomically
def dispatch(event: Event) -> None:
    """Reaction: an order is ready (again); give it a delivery. A repetition finds the one that is there."""
    order: Order = Order.objects.coded(event.subject).get().locked()
    if order.status != OrderStatus.READY or order.deliveries.filter(status__in=LIVE).exists():
        return
    carrier = _carrier_for(order.address["emirate"])
    salt = handover.fresh_salt() if order.retailer.asks_code else ""
    delivery = Delivery.objects.create(order=order, carrier=carrier, status=DELIVERY.start, salt=salt)
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


def _locked(delivery: Delivery, name: str, by: Actor) -> Delivery:
    """The locked row of a delivery that may make this move now; the caller decides what else has to be right."""
    row: Delivery = delivery.locked()
    DELIVERY.allow(name, row.status, row.roles_of(by))
    return row


@atomically
def assign(delivery: Delivery, by: Actor, *, driver: User | None, carrier: Carrier | None = None) -> Delivery:
    """The dispatcher gives it to one of the carrier's drivers; staff may also give it to another carrier."""
    row = _locked(delivery, "assign", by)
    before = row.carrier_id
    moves = by.role == Role.STAFF
    if driver is None and not (moves and carrier):
        raise Invalid.field("driver", _("Please choose a driver."))
    if moves:
        row.carrier = carrier or _carrier_of(driver)
    _refuse_idle(row.carrier, driver)
    row.driver = driver
    row.save(update_fields=["carrier", "driver"])
    DELIVERY.step(row, "assign", by, carrier=row.carrier_id, driver=driver.name if driver else None)
    if row.carrier_id != before:
        events.record(row, "delivery.hand_on", by, data={"from": before, "to": row.carrier_id})
    return row


def _carrier_of(driver: User | None) -> Carrier | None:
    """Whom a driver drives for."""
    found: Carrier | None = Carrier.objects.filter(pk=driver.business_id).first() if driver else None
    return found


def _refuse_idle(carrier: Carrier | None, driver: User | None) -> None:
    """New work goes to an active carrier and an active driver of it; looked up now, under lock."""
    if carrier is None or carrier.status != BusinessStatus.ACTIVE:
        raise Invalid.field("carrier", _("This carrier gets no new deliveries."))
    if driver is None:
        return
    theirs = User.objects.filter(role=Role.DRIVER, is_active=True, membership__business_id=carrier.pk)
    if not theirs.select_for_update(no_key=True, of=("self",)).filter(pk=driver.pk).exists():
        raise Invalid.field("driver", _("Please choose a driver."))


@atomically
def take(delivery: Delivery, by: Actor, *, note: str = "") -> Delivery:
    """A driver takes a delivery of the carrier that nobody has yet; of two at once the first one has it."""
    row: Delivery = delivery.locked()
    DELIVERY.allow("take", row.status, delivery.roles_of(by))
    if row.driver_id not in (None, by.pk):
        raise WrongMoment(_("Somebody else was faster: it is taken."))
    DELIVERY.step(row, "take", by, note=note)
    Delivery.objects.filter(pk=row.pk).update(driver=by.pk)
    return row


@atomically
def pick_up(delivery: Delivery, by: Actor, *, note: str = "", **facts: str) -> Delivery:
    """The driver has the goods; the stock leaves the book. `facts` go into the history."""
    row = _locked(delivery, "pick_up", by)
    if row.driver_id != by.pk:
        raise WrongMoment(_("Please take this delivery first."))
    DELIVERY.step(row, "pick_up", by, note=note, **facts)
    orders.pick_up(row.order, by)
    return row


@atomically
def out_for_delivery(delivery: Delivery, by: Actor, *, note: str = "", **facts: str) -> Delivery:
    """The driver is on the way to the shop."""
    row = _locked(delivery, "out_for_delivery", by)
    DELIVERY.step(row, "out_for_delivery", by, note=note, **facts)
    orders.carry(row.order, "out_for_delivery", by)
    return row


def deliver(
    delivery: Delivery,
    by: Actor,
    *,
    code: str = "",
    note: str = "",
    cash: Decimal | None = None,
    photo: Checked | None = None,
) -> Delivery:
    """The shop has the goods and says so by its code; photo, note and cash are kept as proof.

    Raises `Invalid` for a missing or wrong code or amount, `WrongMoment` (`locked`) after too many wrong codes.
    """
    with proof.kept(delivery, photo) as name:
        return hand_over(delivery, by, code=code, note=note, cash=cash, photo=name)


def hand_over(
    delivery: Delivery,
    by: Actor,
    *,
    code: str = "",
    note: str = "",
    cash: Decimal | None = None,
    photo: str = "",
    **facts: str,
) -> Delivery:
    """`deliver` with a photo that is kept already; a wrong code is refused after the transaction and stays counted."""
    row, wrong = _try_code(delivery, by, code, cash, note=note, photo=photo, facts=facts)
    if wrong:
        raise wrong
    return row


@atomically
def _try_code(
    delivery: Delivery,
    by: Actor,
    code: str,
    cash: Decimal | None,
    *,
    note: str,
    photo: str,
    facts: dict[str, str],
) -> tuple[Delivery, Refusal | None]:
    """The row, delivered; or with one try less, and the refusal to raise when that is written down."""
    row = _locked(delivery, "deliver", by)
    _refuse_incomplete(row, code, cash)
    wrong = _wrong_code(row, code, by)
    if wrong is None:
        told = {"cash": str(row.cash_due)} if row.cash_due else {}
        DELIVERY.step(row, "deliver", by, note=note, **told, **facts)
        shown = {"note": note, "photo": photo, "cash": row.cash_due}
        Delivery.objects.filter(pk=row.pk).update(**shown)
        orders.carry(row.order, "deliver", by, note=note)
    return row, wrong


def _refuse_incomplete(row: Delivery, code: str, cash: Decimal | None) -> None:
    """What can be seen without looking at the code, so that nothing here tells whether it was right."""
    errors: dict[str, list[str]] = {}
    if row.is_locked:
        raise WrongMoment(
            _("The code was wrong too often. Ask your dispatcher to unlock this delivery."), code="locked"
        )
    if row.asks_code and not code:
        errors["code"] = [_("Please ask the shop for its code.")]
    if (cash or 0) != (row.cash_due or 0):
        errors["cash"] = [_("Exactly AED %(amount)s must be collected.") % {"amount": row.cash_due or "0.00"}]
    if errors:
        raise Invalid(next(iter(errors.values()))[0], errors=errors)


def _wrong_code(row: Delivery, code: str, by: Actor) -> Refusal | None:
    """None when no code is asked for or it is right; otherwise one try less, and the refusal to raise."""
    if not row.asks_code or handover.fits(row.pk, row.salt, code):
        return None
    row.tries += 1
    row.save(update_fields=["tries"])
    if row.is_locked:
        events.record(row, "delivery.lock", by)
        return Invalid.field("code", _("Wrong again: only your dispatcher can unlock this delivery now."))
    left = handover.TRIES - row.tries
    sentence = ngettext(
        "This is not the shop's code. %(left)d try is left.",
        "This is not the shop's code. %(left)d tries are left.",
        left,
    )
    return Invalid.field("code", sentence % {"left": left})


@move("unlock")
def unlock(delivery: Delivery, by: Actor, *, note: str = "") -> None:
    """After too many wrong codes the dispatcher or staff, having asked what is going on, allow a few more."""
    if not delivery.is_locked:
        raise WrongMoment(_("This delivery is not locked."))
    Delivery.objects.filter(pk=delivery.pk).update(tries=0)


@atomically
def fail(delivery: Delivery, by: Actor, *, reason: str = "", note: str = "", **facts: str) -> Delivery:
    """The goods could not be handed over; the order waits for a fresh delivery.

    `reason` is one of `Failure`, or a free text, which counts as another reason.
    """
    row = _locked(delivery, "fail", by)
    failure, why = _why(reason, note)
    DELIVERY.step(row, "fail", by, note=why, failure=failure, **facts)
    Delivery.objects.filter(pk=row.pk).update(failure=failure, note=why)
    orders.carry(row.order, "return", by, note=why)
    return row


def _why(reason: str, note: str) -> tuple[str, str]:
    """The reason for the table, and in words for the history, whose language is English. Raises `Invalid`."""
    known = reason in Failure.values
    if known and reason != Failure.OTHER:
        with override("en"):
            return reason, f"{Failure(reason).label} {note}".strip()[:500]
    text = note if known else f"{reason} {note}".strip()
    if not text:
        raise Invalid.field("reason", _("Please say why it could not be delivered."))
    return Failure.OTHER, text[:500]


VERBS: dict[str, Callable[..., Delivery]] = {
    "take": take,
    "pick_up": pick_up,
    "out_for_delivery": out_for_delivery,
}
DESK_VERBS: dict[str, Callable[..., Delivery]] = {"unlock": unlock, "fail": fail}
