"""The vendor's orders as a queue: what waits, oldest first, and one move made on many."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from core import many
from core.access import Actor
from core.errors import NotThere
from orders.actions import VERBS
from orders.lifecycle import OrderStatus as S
from orders.models import PATIENCE, WAITING, Order

MOST = many.MOST
MANY = ("accept", "ready")
VIEWS: dict[str, tuple[StrOrPromise, tuple[str, ...]]] = {
    "": (_("To do"), WAITING),
    S.PLACED: (_("To accept"), (S.PLACED,)),
    S.PROCESSING: (_("To get ready"), (S.PROCESSING,)),
    S.READY: (_("Ready for pick-up"), (S.READY,)),
    "on_the_way": (_("On the way"), (S.PICKED_UP, S.OUT_FOR_DELIVERY)),
    S.DELIVERED: (_("Delivered"), (S.DELIVERED,)),
    "ended": (_("Cancelled or rejected"), (S.CANCELLED, S.REJECTED)),
    "all": (_("All"), ()),
}
OLDEST_FIRST = ("", S.PLACED, S.PROCESSING, S.READY)


def rows(user: Actor, view: str) -> QuerySet[Order]:
    """The orders of one view: what waits oldest first, everything else newest first."""
    seen = Order.objects.seen_by(user).select_related("retailer", "vendor").prefetch_related("lines")
    statuses = VIEWS[view][1]
    seen = seen.filter(status__in=statuses) if statuses else seen
    return seen.order_by("placed_at", "pk") if view in OLDEST_FIRST else seen.order_by("-pk")


def counted(counts: dict[str, int], view: str) -> int:
    """How many orders a view holds, from the counts by status."""
    statuses = VIEWS[view][1]
    return sum(n for status, n in counts.items() if not statuses or status in statuses)


def late(user: Actor) -> int:
    """How many wait longer than they should."""
    old = Order.objects.seen_by(user).filter(status__in=WAITING, placed_at__lt=Now() - PATIENCE)
    return int(old.count())


def chosen(codes: Iterable[str], user: Actor) -> dict[str, Order]:
    """Those of these codes that are this user's, in the order given; all others are simply not there."""
    return many.chosen(codes, Order.objects.seen_by(user))


def move_many(name: str, codes: Iterable[str], by: Actor) -> many.Report:
    """Make one move on each; `NotThere` for a move not made on many."""
    if name not in MANY:
        raise NotThere
    return many.carry_out(VERBS[name], codes, Order.objects.seen_by(by), by)
