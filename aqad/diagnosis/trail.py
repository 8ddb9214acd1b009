"""Everything that happened to the stock of one product: each movement with its order, its author and the sum so far."""

from __future__ import annotations

from collections.abc import Iterator

from aqad.diagnosis.grammar import Finding, Seen
from catalog.models import Movement, Product
from core.models import Event
from orders.models import Line

SHOWN = 200


def of(code: str) -> Iterator[Seen]:
    """The row, the ledger line by line, and what the audit log says besides."""
    product = Product.objects.select_related("stock").coded(code).first()
    if product is None:
        yield Finding(100, "There is no such product", (code,), "Codes look like P1001.")
        return
    row = product.stock
    yield f"{product.code} {product.name} of {product.vendor_id}, {product.status}"
    yield f"row: on hand {row.on_hand}, reserved {row.reserved}, available {row.available}"
    yield from _movements(product)
    yield from _news(product)


def _movements(product: Product) -> Iterator[Seen]:
    moved = list(Movement.objects.filter(product=product).order_by("pk"))
    numbers = [each.line for each in moved if each.line]
    lines = {line.pk: line for line in Line.objects.select_related("order").filter(pk__in=numbers)}
    on_hand = reserved = 0
    for place, each in enumerate(moved):
        on_hand, reserved = on_hand + each.on_hand, reserved + each.reserved
        if place >= len(moved) - SHOWN:
            yield f"{_told(each, lines)} → {on_hand}/{reserved}"
        if not 0 <= reserved <= on_hand:
            yield Finding(
                96, f"The ledger of {product.code} can't have been so",
                (f"{_told(each, lines)} → {on_hand}/{reserved}",),
                "A movement before it is missing or was changed: compare with a backup of catalog_movement.",
            )  # fmt: skip
    yield f"ledger: {len(moved)} movements, on hand {on_hand}, reserved {reserved}"
    row = product.stock
    if (row.on_hand, row.reserved) != (on_hand, reserved):
        yield Finding(
            99, f"Row and ledger of {product.code} differ",
            (f"the row says {row.on_hand}/{row.reserved}, its {len(moved)} movements add up to {on_hand}/{reserved}",
             f"last movement: {_told(moved[-1], lines) if moved else 'none'}"),
            "One of them was written past the market. Count the goods, then correct it by a movement with a reason.",
        )  # fmt: skip


def _told(each: Movement, lines: dict[int, Line]) -> str:
    line = lines.get(each.line or 0)
    order = f" {line.order.code} ({line.order.status}, line {line.hold})" if line else ""
    stray = f" line {each.line} (not there)" if each.line and not line else ""
    why = f": {each.reason}" if each.reason else ""
    moved = f"{each.kind} {each.on_hand:+d}/{each.reserved:+d}{order}{stray}"
    return f"{each.at:%Y-%m-%d %H:%M:%S} {moved} by {each.actor or 'nobody'}{why}"


def _news(product: Product) -> Iterator[Seen]:
    for event in Event.objects.filter(subject=product.code).order_by("-pk")[:20]:
        yield f"{event.at:%Y-%m-%d %H:%M:%S} {event.name} by {event.actor} {event.note} request_id={event.request_id}"
