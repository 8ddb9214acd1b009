"""How fast goods go, read from the ledger of stock, and which of them run low.

What is on sale runs low when less is free than two weeks of orders take, or than five of its smallest orders.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce, Now

from catalog.lifecycle import ProductStatus
from catalog.models import Movement, MovementKind, ProductQuerySet

WEEKS = 2
SMALLEST_ORDERS = 5
SEEN = timedelta(weeks=2 * WEEKS)
ORDERED = (MovementKind.HOLD, MovementKind.RELEASE, MovementKind.RETURN)


def paced(products: ProductQuerySet) -> ProductQuerySet:
    """With `free`, the units that can be ordered; `sold`, those ordered in four weeks and kept; `lasts`, in days."""
    lasts = When(sold__gt=0, then=F("free") * SEEN.days / F("sold"))
    found: ProductQuerySet = products.annotate(
        free=F("stock__on_hand") - F("stock__reserved"), sold=Coalesce(_ordered(), 0)
    ).annotate(lasts=Case(lasts, default=None, output_field=IntegerField()))
    return found


def running_low(products: ProductQuerySet) -> ProductQuerySet:
    """Those that run low, the soonest gone first."""
    short = Q(sold__gt=F("free") * 2) | Q(free__lt=F("min_quantity") * SMALLEST_ORDERS)
    found = paced(products.filter(status=ProductStatus.LISTED)).filter(short)
    return found.order_by(F("lasts").asc(nulls_last=True), "free", "pk")


def _ordered() -> Subquery:
    """Held, less what was given back or brought back."""
    moved = Movement.objects.filter(product=OuterRef("pk"), kind__in=ORDERED, at__gte=Now() - SEEN)
    net = Sum(F("reserved") - F("on_hand"))
    return Subquery(moved.order_by().values("product").annotate(net=net).values("net"))
