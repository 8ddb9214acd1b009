"""Stock as it came and went: every movement is kept, deliveries to the warehouse are arranged so that it sufficed.

Orders say what was held, released, consumed and returned, and when. From that follows when each vendor had to restock;
the sums of all lines are the stock rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aqad.demo.chronicle import BATCH
from aqad.demo.goods import Good
from aqad.demo.rhythm import later
from aqad.demo.world import World
from catalog.models import Movement, MovementKind, Stock
from core.access import Actor
from orders.models import Line

RESTOCKED_EVERY = timedelta(days=12)
MISCOUNTED = 0.07
REASONS = ("Stock count", "Damaged in the warehouse", "Past its date")
SIGNS = {
    MovementKind.HOLD: (0, 1),
    MovementKind.RELEASE: (0, -1),
    MovementKind.CONSUME: (-1, -1),
    MovementKind.RETURN: (1, 0),
}


@dataclass
class Entry:
    """One line of the ledger to be, with the order line it belongs to."""

    at: datetime
    movement: Movement
    line: Line | None = None

    @property
    def free(self) -> int:
        """By how much it changes what can be ordered."""
        change: int = self.movement.on_hand - self.movement.reserved
        return change


@dataclass
class Ledger:
    """The movements of all products."""

    entries: list[Entry] = field(default_factory=list)

    def move(self, at: datetime, kind: MovementKind, lines: Sequence[Line], by: Actor) -> None:
        """The stock of these order lines moves."""
        on_hand, reserved = SIGNS[kind]
        for line in lines:
            moved = Movement(
                product=line.product, kind=kind, on_hand=on_hand * line.quantity,
                reserved=reserved * line.quantity, actor=by.label, at=at,
            )  # fmt: skip
            self.entries.append(Entry(at, moved, line))

    def restock(self, world: World, goods: list[Good]) -> None:
        """Receipts and corrections, so that there was always enough and that in the end the right number is left."""
        moved: dict[int, list[Entry]] = defaultdict(list)
        for entry in sorted(self.entries, key=lambda entry: entry.at):
            moved[id(entry.movement.product)].append(entry)
        openings = {}
        for good in goods:
            openings[good.product.pk] = self._supply(world, good, moved[id(good.product)])
        for happening in world.chronicle.happenings:
            if happening.event.name == "product.create":
                happening.event.data["quantity"] = openings[happening.thing.pk]

    def _supply(self, world: World, good: Good, moved: list[Entry]) -> int:
        """The receipts of one product; answers the first."""
        opened = good.product.created_at
        times = _restocking_times(world, good, moved)
        needed, received, first = _peaks(times, moved), 0, 0
        missing = world.rng.randint(1, 4) if good.target > 100 and world.rng.random() < MISCOUNTED else 0
        final = good.target - sum(entry.free for entry in moved)
        for number, (at, need) in enumerate(zip(times, needed, strict=True)):
            spare = round(good.target * world.rng.uniform(0.1, 0.5))
            last = number == len(times) - 1
            level = max(need, received, final + missing) if last else max(need + spare, received)
            level = min(level, max(final + missing, need, received))
            if level > received:
                self._receive(
                    world, good, at, level - received, "" if at == opened else "Delivery from the producer"
                )
            received = max(level, received)
            first = first if number else received
        if received > final:
            self._correct(world, good, moved, final - received)
        return first

    def _receive(self, world: World, good: Good, at: datetime, quantity: int, reason: str) -> None:
        self._write(at, good, MovementKind.RECEIVE, quantity, reason)
        if reason:
            head = good.seller.head
            world.chronicle.beside(at, good.product, "product.stock", head, reason, change=quantity)

    def _correct(self, world: World, good: Good, moved: list[Entry], change: int) -> None:
        """Counting found less than the book said."""
        last = moved[-1].at if moved else good.product.created_at
        at = max(last + timedelta(minutes=1), world.now - timedelta(hours=2))
        reason = world.rng.choice(REASONS)
        self._write(at, good, MovementKind.ADJUST, change, reason)
        world.chronicle.beside(at, good.product, "product.stock", good.seller.head, reason, change=change)

    def _write(self, at: datetime, good: Good, kind: MovementKind, change: int, reason: str) -> None:
        label = good.seller.head.label
        entry = Movement(product=good.product, kind=kind, on_hand=change, reason=reason, actor=label, at=at)
        self.entries.append(Entry(at, entry))

    def write(self, goods: list[Good]) -> None:
        """All movements in order of time, and the stock rows as their sums."""
        sums: dict[int, list[int]] = {good.product.pk: [0, 0] for good in goods}
        self.entries.sort(key=lambda entry: entry.at)
        for entry in self.entries:
            movement = entry.movement
            movement.product_id = movement.product.pk
            movement.line = entry.line.pk if entry.line else None
            sums[movement.product_id][0] += movement.on_hand
            sums[movement.product_id][1] += movement.reserved
        Movement.objects.bulk_create([entry.movement for entry in self.entries], batch_size=BATCH)
        Stock.objects.bulk_create(
            Stock(product_id=pk, on_hand=on_hand, reserved=reserved)
            for pk, (on_hand, reserved) in sums.items()
        )


def _restocking_times(world: World, good: Good, moved: list[Entry]) -> list[datetime]:
    """The opening, then about every twelve days while there is any trade."""
    times = [good.product.created_at]
    while moved and times[-1] + RESTOCKED_EVERY < moved[-1].at:
        times.append(later(times[-1] + RESTOCKED_EVERY, world.rng.uniform(0, 600), world.rng))
    return [times[0], *(at for at in times[1:] if at < moved[-1].at)]


def _peaks(times: list[datetime], moved: list[Entry]) -> list[int]:
    """How much must have come in by each of these times to serve every order until the next."""
    found, taken = [0] * len(times), 0
    for entry in moved:
        taken -= entry.free
        period = max(number for number, at in enumerate(times) if at <= entry.at)
        found[period] = max(found[period], taken)
    return found
