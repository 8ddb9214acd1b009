"""What may be forgotten, and when: rows that only served a while go batch by batch, so that no statement takes long.

What is looked for has an index, or stands at the front of its table: a turn costs the same however old the market is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core.models import Answer, Audit, Reaction

ANSWERS_KEPT = timedelta(days=7)
AUDITS_KEPT = timedelta(days=30)
REACTIONS_KEPT = timedelta(days=100)  # the audit asks for those of 90 days
LOOKED_FOR, BATCH = 10_000, 1000
KINDS = 4


def tidy(seconds: float = math.inf) -> dict[str, int]:
    """Delete answers older than a week, audit runs older than a month, ended sessions, and what was done of the outbox
    100 days ago, for so long at most; says how many of each.
    """
    each = seconds / KINDS
    return {
        "answers": forget(Answer.objects.filter(at__lt=Now() - ANSWERS_KEPT).order_by("at"), each),
        "sessions": forget(Session.objects.filter(expire_date__lt=Now()).order_by("expire_date"), each),
        "audits": forget(Audit.objects.filter(at__lt=Now() - AUDITS_KEPT), each),
        "reactions": _forget_done(each),
    }


def forget(rows: QuerySet[Any], seconds: float = math.inf) -> int:
    """Delete these rows, a batch in each transaction, for so long at most; says how many."""
    gone, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and (keys := list(rows.values_list("pk", flat=True)[:LOOKED_FOR])):
        gone += sum(_deleted(rows, keys[start : start + BATCH]) for start in range(0, len(keys), BATCH))
    return gone


def _forget_done(seconds: float) -> int:
    """The oldest rows of the outbox are its first; where none of those is old enough, none is."""
    done, edge = Reaction.objects.exclude(done_at=None).order_by("pk"), timezone.now() - REACTIONS_KEPT
    gone, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        first = done.values_list("pk", "done_at")[:BATCH]
        old = [pk for pk, done_at in first if done_at and done_at < edge]
        if not old:
            break
        gone += _deleted(done, old)
    return gone


def _deleted(rows: QuerySet[Any], keys: Sequence[Any]) -> int:
    """How many of these went; one that has changed since it was looked for stays."""
    _all, kinds = rows.order_by().filter(pk__in=keys).delete()
    return kinds.get(rows.model._meta.label, 0)
