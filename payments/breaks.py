"""Breaks: the differences of two books, found once, seen again, gone by themselves or closed by staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from core.access import SYSTEM, Actor
from core.errors import Invalid
from core.lifecycle import move
from payments.books import Break, BreakKind, Reconciliation
from payments.lifecycle import BREAK, BreakStatus

BATCH = 500


@move("close")
def close(row: Break, by: Actor, *, note: str) -> None:
    """Staff know why the books differ here. Raises `Invalid` without a note."""
    if not note:
        raise Invalid.field("note", _("Please say why."))
    row.note = note
    row.save(update_fields=["note"])


def note(
    run: Reconciliation, kind: BreakKind, reference: str, ref: str, ours: str, theirs: str, at: datetime
) -> None:
    """Keep a difference: a new one is found, a known one is seen again, one that staff closed stays closed."""
    same = Break.objects.filter(gateway=run.gateway, kind=kind, reference=reference, ref=ref)
    with transaction.atomic():
        last = same.select_for_update(no_key=True).order_by("-pk").first()
        if last and (last.status == BreakStatus.OPEN or _settled_by_staff(last, ours, theirs)):
            fact_at = Least(F("fact_at"), Value(at))
            same.filter(pk=last.pk).update(
                ours=ours, theirs=theirs, fact_at=fact_at, last_seen=run.started_at
            )
            return
        made = Break.objects.create(
            gateway=run.gateway, kind=kind, reference=reference, ref=ref, ours=ours, theirs=theirs, fact_at=at,
            last_seen=run.started_at, status=BREAK.start,
        )  # fmt: skip
        BREAK.begin(made, SYSTEM, name="find", kind=kind, reference=reference, ours=ours, theirs=theirs)
    run.found += 1


def _settled_by_staff(last: Break, ours: str, theirs: str) -> bool:
    return last.status == BreakStatus.CLOSED and (last.ours, last.theirs) == (ours, theirs)


def resolve(run: Reconciliation, before: datetime) -> None:
    """What this run looked at and did not see any more."""
    gone = Break.objects.filter(
        gateway=run.gateway, status=BreakStatus.OPEN, last_seen__lt=run.started_at,
        fact_at__gte=run.since, fact_at__lte=before,
    )  # fmt: skip
    for found in gone.order_by("pk").iterator(BATCH):
        with transaction.atomic():
            row = found.locked()
            if row.status == BreakStatus.OPEN:
                BREAK.step(row, "resolve", SYSTEM)
                run.resolved += 1


def still_open(name: str) -> Iterable[Break]:
    """The differences with this gateway that nobody has closed."""
    return Break.objects.filter(gateway=name, status=BreakStatus.OPEN).order_by("pk")
