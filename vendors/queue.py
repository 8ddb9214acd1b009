"""Who waits for staff to let them in, the one who waits longest first."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.lifecycle import BusinessStatus
from core.models import Event
from vendors.models import Vendor

PENDING = BusinessStatus.PENDING_APPROVAL


def since() -> Case:
    """When those who wait applied, the last time they did; null for the others."""
    applied = Event.objects.filter(subject=OuterRef("pk"), after=PENDING).order_by("-id").values("at")[:1]
    return Case(When(status=PENDING, then=Coalesce(Subquery(applied), "created_at")), default=Value(None))


def timed(vendors: QuerySet[Any]) -> Any:
    """With `waiting_since`."""
    found: QuerySet[Any] = vendors.annotate(waiting_since=since())
    return found


def waiting() -> list[Any]:
    """All who wait, in their order."""
    rows: QuerySet[Any] = Vendor.objects.filter(status=PENDING)
    return list(timed(rows).only("pk", "name", "status").order_by("waiting_since", "pk"))


def beside(pk: str) -> tuple[Vendor | None, Vendor | None, int, int]:
    """Who waits before and after this one, its place from 1 (0: it does not wait), and how many wait."""
    queue = waiting()
    place = next((at for at, row in enumerate(queue, 1) if row.pk == pk), 0)
    if not place:
        return None, queue[0] if queue else None, 0, len(queue)
    return (
        queue[place - 2] if place > 1 else None,
        queue[place] if place < len(queue) else None,
        place,
        len(queue),
    )
