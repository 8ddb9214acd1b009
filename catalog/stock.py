"""Stock: the only place that changes a stock row, each time with its line in the ledger.

A hold is a guarded UPDATE ("add where enough is free") in order of product, so two orders never wait for each other
in a circle and none is promised what another took. Callers lock stock last; nothing is read before it is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from catalog.models import Movement, MovementKind, Product, Stock
from core import binding, metrics, recent
from core.access import Actor
from core.errors import OutOfStock, WrongMoment
from core.making import new

REFUSED = metrics.counter("stock_refusals", "Orders and corrections refused for want of stock.", "kind")
MOVED = _lazy("Stock has moved meanwhile: %(now)d are on hand, %(seen)d were when the file was made.")


class Take(NamedTuple):
    """A quantity of a product for an order line, in units of the product."""

    product_id: int
    quantity: int
    line: int


def holding(takes: Iterable[Take], by: Actor) -> list[Movement]:
    """The ledger's lines of what `reserve` reserves, for the caller to write before it, in the same transaction."""
    return _moves(_sorted(takes), MovementKind.HOLD, by, on_hand=0, reserved=1)


def reserve(takes: Iterable[Take]) -> None:
    """Reserve all or raise `OutOfStock`, which rolls back the caller's transaction and with it every hold."""
    for take in _sorted(takes):
        if not _reserve(take):
            product = Product.objects.select_related("stock").get(pk=take.product_id)
            refuse(product, take.quantity, product.available)


def hold(takes: Iterable[Take], by: Actor) -> None:
    """Both: reserve all, or raise `OutOfStock`."""
    wanted = list(takes)
    Movement.objects.bulk_create(holding(wanted, by))
    reserve(wanted)


def release(takes: Iterable[Take], by: Actor) -> None:
    """Give back what was held."""
    _change(takes, MovementKind.RELEASE, by, on_hand=0, reserved=-1)


def consume(takes: Iterable[Take], by: Actor) -> None:
    """What was held has left the warehouse."""
    _change(takes, MovementKind.CONSUME, by, on_hand=-1, reserved=-1)


def put_back(takes: Iterable[Take], by: Actor) -> None:
    """What had left the warehouse is there again."""
    _change(takes, MovementKind.RETURN, by, on_hand=1, reserved=0)


def open_account(product: Product, quantity: int, by: Actor) -> None:
    """The stock row of a new product, with its first receipt."""
    Stock.objects.create(product=product, on_hand=quantity)
    if quantity:
        kind = MovementKind.RECEIVE
        Movement.objects.create(product=product, kind=kind, on_hand=quantity, actor=by.label)


def adjust(product: Product, change: int, reason: str, by: Actor) -> None:
    """Receive (+) or correct (-); never below what is promised to buyers: raises `OutOfStock`."""
    kind = MovementKind.RECEIVE if change > 0 else MovementKind.ADJUST
    Movement.objects.create(product=product, kind=kind, on_hand=change, reason=reason, actor=by.label)
    free = Stock.objects.filter(pk=product.pk, on_hand__gte=F("reserved") - change)
    if not free.update(on_hand=F("on_hand") + change):
        _refuse_correction(product, -change)
    Product.objects.filter(pk=product.pk).update(updated_at=Now())


def count(product: Product, seen: int, counted: int, reason: str, by: Actor) -> None:
    """Set what is on hand to what was counted, if it is still as `seen`; raises `WrongMoment` or `OutOfStock`."""
    kind = MovementKind.RECEIVE if counted > seen else MovementKind.ADJUST
    Movement.objects.create(product=product, kind=kind, on_hand=counted - seen, reason=reason, actor=by.label)
    same = Stock.objects.filter(pk=product.pk, on_hand=seen, reserved__lte=counted)
    if not same.update(on_hand=counted):
        _refuse_count(product, seen, counted)
    Product.objects.filter(pk=product.pk).update(updated_at=Now())


def _refuse_count(product: Product, seen: int, counted: int) -> None:
    now = Stock.objects.get(pk=product.pk).on_hand
    if now != seen:
        raise WrongMoment(MOVED % {"now": now, "seen": seen})
    _refuse_correction(product, seen - counted)


# The guard: one statement that checks and adds, on the row that everybody waits for.
RESERVE = (
    "UPDATE catalog_stock SET reserved = reserved + $2 WHERE product_id = $1 AND on_hand >= reserved + $2"
)


def _reserve(take: Take) -> bool:
    with binding.cursor() as cursor:
        cursor.execute(RESERVE, [take.product_id, take.quantity])
        return bool(cursor.rowcount)


def refuse(product: Product, quantity: int, free: int) -> NoReturn:
    """Raises `OutOfStock`, saying what is there."""
    metrics.count(REFUSED, "order")
    recent.note("stock", product=product.code, asked=quantity, available=free)
    raise OutOfStock(product.code, product.title, quantity, free)


def _refuse_correction(product: Product, less: int) -> None:
    """To the vendor, whose own goods they are."""
    metrics.count(REFUSED, "correction")
    row = Stock.objects.get(pk=product.pk)
    told = _("Only %(free)d can be taken out: %(reserved)d of %(on_hand)d are reserved for orders.")
    told %= {"free": row.available, "reserved": row.reserved, "on_hand": row.on_hand}
    raise OutOfStock(product.code, product.title, less, row.available, sentence=told)


def _change(takes: Iterable[Take], kind: MovementKind, by: Actor, *, on_hand: int, reserved: int) -> None:
    moved = _sorted(takes)
    Movement.objects.bulk_create(_moves(moved, kind, by, on_hand=on_hand, reserved=reserved))
    for take in moved:
        Stock.objects.filter(pk=take.product_id).update(
            on_hand=F("on_hand") + on_hand * take.quantity,
            reserved=F("reserved") + reserved * take.quantity,
        )


def _sorted(takes: Iterable[Take]) -> list[Take]:
    return sorted(takes)


def _moves(
    takes: Iterable[Take], kind: MovementKind, by: Actor, *, on_hand: int, reserved: int
) -> list[Movement]:
    return [
        new(
            Movement,
            product_id=take.product_id,
            kind=kind,
            on_hand=on_hand * take.quantity,
            reserved=reserved * take.quantity,
            line=take.line,
            actor=by.label,
        )
        for take in takes
    ]
