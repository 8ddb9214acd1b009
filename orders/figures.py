"""What a vendor's numbers say, in a constant number of questions.

A sale is an order that was placed and not called off: its amount without VAT, on the day it was placed in Dubai.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import get_language

from core.access import Actor
from orders.lifecycle import ENDED_WITHOUT_GOODS
from orders.models import Line, Order

DAYS = 30
BEST = 8
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Day:
    """Orders and their net amount on a day, and the amount `DAYS` earlier."""

    day: date
    orders: int
    net: Decimal
    before: Decimal


@dataclass(frozen=True)
class Best:
    """What a product brought in, and in the days before."""

    code: str
    title: str
    units: int
    net: Decimal
    before: Decimal


@dataclass(frozen=True)
class Sales:
    """The last `DAYS` days, the oldest first, beside as many before."""

    days: list[Day]
    orders_before: int

    @property
    def net(self) -> Decimal:
        return sum((day.net for day in self.days), NOTHING)

    @property
    def net_before(self) -> Decimal:
        return sum((day.before for day in self.days), NOTHING)

    @property
    def orders(self) -> int:
        return sum(day.orders for day in self.days)

    @property
    def net_change(self) -> int | None:
        """In percent of the days before; None where there was nothing."""
        return _change(self.net, self.net_before)

    @property
    def orders_change(self) -> int | None:
        """In percent of the days before; None where there was nothing."""
        return _change(self.orders, self.orders_before)


def today() -> date:
    """The day it is in Dubai."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def sales(user: Actor, until: date) -> Sales:
    """The vendor's sales by day: one question about twice `DAYS` days, days without a sale included."""
    begin = until - timedelta(days=2 * DAYS - 1)
    place = timezone.get_default_timezone()
    found = {
        day: (orders, net)
        for day, orders, net in _sold(user, begin)
        .annotate(day=TruncDate("placed_at", tzinfo=place))
        .order_by()
        .values_list("day")
        .annotate(Count("pk"), Sum("subtotal"))
    }
    amounts = [found.get(begin + timedelta(days=place), (0, NOTHING)) for place in range(2 * DAYS)]
    earlier, later = amounts[:DAYS], amounts[DAYS:]
    first = until - timedelta(days=DAYS - 1)
    days = [
        Day(first + timedelta(days=place), orders, net, before)
        for place, ((orders, net), (_orders, before)) in enumerate(zip(later, earlier, strict=True))
    ]
    return Sales(days, sum(orders for orders, _net in earlier))


def best(user: Actor, until: date) -> list[Best]:
    """The products that brought in most in the last `DAYS` days: one question."""
    now = Q(order__placed_at__gte=_midnight(until - timedelta(days=DAYS - 1)))
    before = _sold(user, until - timedelta(days=2 * DAYS - 1))
    rows = (
        Line.objects.filter(order__in=before)
        .order_by()
        .values("product_id", "product__name", "product__name_ar")
        .annotate(
            units=Sum("quantity", filter=now), worth=Sum("net", filter=now), then=Sum("net", filter=~now)
        )
        .filter(worth__gt=0)
        .order_by("-worth", "product_id")[:BEST]
    )
    return [_best(row) for row in rows]


def counts(user: Actor) -> dict[str, int]:
    """Orders by status: one question."""
    rows = Order.objects.seen_by(user).order_by().values_list("status")
    return dict(rows.annotate(n=Count("pk")))


def _sold(user: Actor, since: date) -> Any:
    seen = Order.objects.seen_by(user).filter(placed_at__gte=_midnight(since))
    return seen.exclude(status__in=ENDED_WITHOUT_GOODS)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _best(row: Any) -> Best:
    arabic = get_language() == "ar" and row["product__name_ar"]
    title = row["product__name_ar"] if arabic else row["product__name"]
    return Best(f"P{row['product_id']}", title, row["units"], row["worth"], row["then"] or NOTHING)


def _change(now: Decimal | int, before: Decimal | int) -> int | None:
    return round(100 * (Decimal(now) - before) / before) if before else None
