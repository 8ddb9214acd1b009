"""Verbs about orders. Lock order: checkout, its orders by key, and stock last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from catalog import stock
from catalog.stock import Take
from core import metrics
from core.access import SYSTEM, Actor, System
from core.errors import Invalid, WrongMoment
from core.events import following
from core.lifecycle import move
from core.making import new, tell
from core.models import Event
from core.prepared import Question
from core.rows import Numbers
from core.slots import Slot
from core.transactions import atomically
from orders.lifecycle import ORDER, OrderStatus
from orders.models import Checkout, Hold, Line, Order, PaymentMethod
from orders.pricing import Priced, Wish, price
from retailers.models import Address

CHECKOUT: Question[Checkout] = Question(
    lambda: Checkout.objects.filter(pk=Slot("pk")).select_for_update(no_key=True)
)
ORDERS_OF: Question[Order] = Question(
    lambda: Order.objects.filter(checkout=Slot("checkout")).select_for_update(no_key=True).order_by("pk")
)
PLACED = metrics.counter("orders_placed", "Orders that buyers placed.", "method")


@dataclass(frozen=True)
class Placed:
    """An order as it is written, with its lines and the first line of its history."""

    order: Order
    lines: list[Line]
    begun: Event

    def rows(self, by: Actor) -> list[Any]:
        """All that is written of it."""
        ledger = stock.holding(_takes(self.lines), by)
        return [self.order, *self.lines, *ledger, *following(self.begun, self.order)]


def agreed(
    wishes: Iterable[Wish], expected_total: Decimal | None = None, goods: Sequence[Any] | None = None
) -> list[Priced]:
    """What each vendor is asked for, at today's prices.

    Raises `Invalid` for a wrong wish, `WrongMoment` (`total_changed`) when prices are no longer as expected, and
    `OutOfStock` for what is plainly not there, so that a crowd before an empty shelf writes nothing.
    """
    groups = price(wishes, goods)
    total = _total(groups)
    if expected_total is not None and expected_total != total:
        sentence = _("Prices have changed: the total is now AED %(total)s.") % {"total": total}
        raise WrongMoment(sentence, code="total_changed", facts={"total": str(total)})
    for product, quantity in (each for group in groups for each in group.short):
        stock.refuse(product, quantity, product.free)
    return groups


def needed(groups: Sequence[Priced]) -> dict[type[Model], int]:
    """How many keys the rows of `draft` need."""
    lines = sum(len(group.lines) for group in groups)
    return {Checkout: 1, Order: len(groups), Line: lines, Event: len(groups)}


def draft(
    groups: Sequence[Priced], numbers: Numbers, *, address: Address, method: str, by: Actor, note: str = ""
) -> tuple[Checkout, list[Placed]]:
    """A checkout and its orders, one per vendor, for the caller to write in one transaction, which `hold` must end."""
    checkout = new(
        Checkout,
        id=numbers.take(Checkout),
        retailer_id=by.business_id,
        method=method,
        total=_total(groups),
        address=address.copied(),
        note=note,
        reserved_until=numbers.now + timedelta(minutes=settings.HOLD_MINUTES),
        created_at=numbers.now,
    )
    transaction.on_commit(lambda: metrics.child(PLACED, method).inc(len(groups)))
    return checkout, [_drafted(checkout, group, by, numbers) for group in groups]


def _drafted(checkout: Checkout, group: Priced, by: Actor, numbers: Numbers) -> Placed:
    """One vendor's order. Pay on delivery starts as placed, at the moment of its checkout."""
    on_delivery = checkout.method == PaymentMethod.CASH_ON_DELIVERY
    order = new(
        Order,
        id=numbers.take(Order),
        checkout=checkout,
        retailer_id=checkout.retailer_id,
        vendor=group.vendor,
        status=OrderStatus.PLACED if on_delivery else ORDER.start,
        created_at=numbers.now,
        placed_at=numbers.now if on_delivery else None,
        subtotal=group.subtotal,
        vat=group.vat,
        total=group.total,
    )
    for line in group.lines:
        tell(line, id=numbers.take(Line), order=order)
    begun = ORDER.first(order, by, name="place" if on_delivery else "create", total=str(order.total))
    tell(begun, id=numbers.take(Event), at=numbers.now)
    return Placed(order, group.lines, begun)


def _total(groups: Iterable[Priced]) -> Decimal:
    return sum((group.total for group in groups), Decimal(0))


def hold(placed: Sequence[Placed]) -> None:
    """Reserve the stock of a new checkout: the last statements of its transaction. Raises `OutOfStock`."""
    stock.reserve(_takes(line for each in placed for line in each.lines))


def lock(checkout_id: int) -> tuple[Checkout, list[Order]]:
    """A checkout and its orders, locked in that order until the end of the transaction."""
    [checkout] = CHECKOUT(pk=checkout_id)
    orders = ORDERS_OF(checkout=checkout_id)
    for order in orders:
        order.checkout = checkout
    return checkout, orders


def pay(orders: Sequence[Order]) -> None:
    """The money is there: the vendors may begin. The caller holds the locks."""
    for order in orders:
        ORDER.step(order, "pay", SYSTEM)


def fail(orders: Sequence[Order], why: str) -> None:
    """Paying failed: the orders end and their stock is free again. The caller holds the locks."""
    _end(orders, "fail", SYSTEM, why)


def expire(orders: Sequence[Order]) -> None:
    """Nobody paid in time. The caller holds the locks."""
    _end(orders, "expire", SYSTEM, "")


@atomically
def cancel(order: Order, by: Actor, *, note: str = "") -> Order:
    """The retailer or staff call it off; an unpaid checkout is called off as a whole."""
    _checkout, orders = lock(order.checkout_id)
    row = next(each for each in orders if each.pk == order.pk)
    unpaid = row.status == OrderStatus.AWAITING_PAYMENT
    _end(orders if unpaid else [row], "cancel", by, note)
    return row


@move("accept")
def accept(order: Order, by: Actor, *, note: str = "") -> None:
    """The vendor will deliver."""


@move("ready")
def ready(order: Order, by: Actor, *, note: str = "") -> None:
    """The goods stand at the gate; AQAD looks for a carrier."""


@move("reject")
def reject(order: Order, by: Actor, *, note: str = "") -> None:
    """The vendor can't deliver and says why; stock goes back, money follows."""
    if not note:
        raise Invalid.field("reason", _("Please tell the retailer why."))
    _give_back([order], by)


def pick_up(order: Order, by: Actor) -> None:
    """The goods have left the warehouse. The caller holds the lock on the order."""
    ORDER.step(order, "pick_up", System.behalf_of(by))
    held = order.lines.filter(hold=Hold.HELD)
    takes = _takes(held)
    held.update(hold=Hold.CONSUMED)
    stock.consume(takes, by)


def carry(order: Order, name: str, by: Actor, *, note: str = "") -> None:
    """The delivery went on: `out_for_delivery`, `deliver` or `return`. The caller holds the lock on the order."""
    ORDER.step(order, name, System.behalf_of(by), note=note)


def _end(orders: Sequence[Order], name: str, by: Actor, why: str) -> None:
    for order in orders:
        ORDER.step(order, name, by, note=why)
    _give_back(orders, by)


def _give_back(orders: Sequence[Order], by: Actor) -> None:
    """Free what was held, take back what had left, and remember which on each line."""
    lines = list(Line.objects.filter(order__in=orders))
    held = [line for line in lines if line.hold == Hold.HELD]
    gone = [line for line in lines if line.hold == Hold.CONSUMED]
    _mark(held, Hold.RELEASED)
    _mark(gone, Hold.RETURNED)
    stock.release(_takes(held), by)
    stock.put_back(_takes(gone), by)


def _mark(lines: Sequence[Line], hold: Hold) -> None:
    if lines:
        Line.objects.filter(pk__in=[line.pk for line in lines]).update(hold=hold)


def _takes(lines: Iterable[Line]) -> list[Take]:
    return [Take(line.product_id, line.quantity, line.pk) for line in lines]


VERBS = {"accept": accept, "reject": reject, "ready": ready, "cancel": cancel}
