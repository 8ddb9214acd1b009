"""News: what happened is written once, in the transaction that did it, together with what must follow.

`record` inserts the event and its reactions (the outbox); `relay` carries them out, at least once, in a worker.
`aqad/reactions.py` is the one map from event name to handlers.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from core import binding, logs, metrics
from core.causes import because_of
from core.making import new
from core.turns import take_turns
from core.words import sentence

if TYPE_CHECKING:
    from core.access import Actor
    from core.models import Event, Reaction

log = structlog.get_logger("aqad.events")
story = logging.getLogger("aqad.events")

LEASE = timedelta(seconds=60)
PAUSES = [timedelta(seconds=s) for s in (1, 5, 30, 300, 3600)]
DEAD_AFTER = 72
REACTED = metrics.counter("reactions", "Reactions tried.", "handler", "outcome")


@cache
def reactions() -> Mapping[str, Sequence[str]]:
    """Event name → dotted names of its handlers."""
    found: Mapping[str, Sequence[str]] = import_string(settings.REACTIONS)
    return found


class Facts(TypedDict, total=False):
    """What may be said of an event beside its name; `seq` numbers the moves of a lifecycle."""

    before: str
    after: str
    seq: int | None
    note: str
    data: dict[str, Any]


def record(subject: Any, name: str, by: Actor, **facts: Unpack[Facts]) -> Event:
    """Write an event and its reactions in the caller's transaction; the log line follows the commit."""
    event = told(subject, name, by, **facts)
    _write(event, reactions().get(name, ()))
    _logged(event, subject)
    return event


def told(subject: Any, name: str, by: Actor, **facts: Unpack[Facts]) -> Event:
    """An event that is not written yet."""
    from core.models import Event

    return new(
        Event,
        name=name,
        subject=subject.code,
        actor_id=by.pk,
        actor=by.label,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        **facts,
    )


def _logged(event: Event, subject: Any) -> None:
    line = sentence(event, str(type(subject).__name__))
    facts = {"event_name": event.name, "subject": event.subject}
    transaction.on_commit(lambda: logs.tell(story, line, {"event_id": event.pk, **facts}))


def following(event: Event, subject: Any) -> list[Event | Reaction]:
    """An event of `told` that has its key, and its reactions: for the caller to write in this transaction."""
    from core.models import Reaction

    _logged(event, subject)
    return [
        event,
        *(new(Reaction, event=event, handler=handler) for handler in reactions().get(event.name, ())),
    ]


# One round trip: every transaction of the market writes events, and orders write them under other people's eyes.
WRITE = binding.numbered("""
WITH told AS (
    INSERT INTO core_event (name, subject, seq, before, after, actor_id, actor, note, data, request_id, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, statement_timestamp())
    RETURNING id, at
), follows AS (
    INSERT INTO core_reaction (event_id, handler, due_at, attempts, dead, problem)
    SELECT told.id, handler, statement_timestamp(), 0, false, '' FROM told, unnest(%s::text[]) handler
)
SELECT id, at FROM told
""")
# What a worker notes of its own work waits for no disk: were the note lost with the server's power, the work would be
# done once more, which every handler bears. An effect was there before its note, and is never lost with it.
NOTE = """
WITH swift AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE core_reaction SET {} FROM swift WHERE id = %s AND attempts = %s AND done_at IS NULL
"""
MINE = binding.numbered(NOTE.format("due_at = statement_timestamp() + %s"))
DONE = binding.numbered(NOTE.format("done_at = statement_timestamp(), problem = ''"))
WRITTEN = ("name", "subject", "seq", "before", "after", "actor_id", "actor", "note", "data", "request_id")


def _write(event: Event, handlers: Sequence[str]) -> None:
    """The event and its reactions; it knows its key and time afterwards."""
    columns = [event._meta.get_field(name) for name in WRITTEN]
    values = [
        column.get_db_prep_save(getattr(event, column.attname), connection)  # type: ignore[union-attr]
        for column in columns
    ]
    with binding.cursor() as cursor:
        cursor.execute(WRITE, [*values, list(handlers)])
        event.pk, event.at = cursor.fetchone()
    event._state.adding, event._state.db = False, connection.alias


def latest(thing: Any) -> Event | None:
    """The last move in the history of a thing."""
    from core.models import Event

    return Event.objects.filter(subject=thing.code, seq__isnull=False).order_by("-seq").first()


def claim(most: int = 20) -> list[Reaction]:
    """Take due rows for this worker: skip what others hold, and lease them until `LEASE` from now."""
    from core.models import Reaction

    with transaction.atomic():
        due = Reaction.objects.filter(done_at=None, dead=False, due_at__lte=Now()).order_by("id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        Reaction.objects.filter(pk__in=ids).update(due_at=Now() + LEASE, attempts=F("attempts") + 1)
    return list(Reaction.objects.filter(pk__in=ids).select_related("event").order_by("id"))


def carry_out(reaction: Reaction) -> bool:
    """Run one claimed reaction outside of any transaction and write down how it went.

    The count of attempts tells whose it is: a worker whose lease ended while it was busy with others leaves it alone.
    """
    from core.models import Reaction

    row = Reaction.objects.filter(pk=reaction.pk, attempts=reaction.attempts, done_at=None)
    if not _noted(MINE, LEASE, reaction.pk, reaction.attempts):
        return False
    try:
        with because_of(reaction.event.request_id, reaction.handler, cause=reaction.event.name):
            import_string(reaction.handler)(reaction.event)
    except Exception as problem:
        pause = PAUSES[min(reaction.attempts, len(PAUSES)) - 1]
        dead = reaction.attempts >= DEAD_AFTER
        row.update(due_at=Now() + pause, problem=f"{type(problem).__name__}: {problem}"[:2000], dead=dead)
        log.exception(
            "reaction failed",
            handler=reaction.handler,
            event_id=reaction.event_id,
            dead=dead,
            request_id=reaction.event.request_id,
        )
        metrics.count(REACTED, reaction.handler, "dead" if dead else "failed")
        return False
    _noted(DONE, reaction.pk, reaction.attempts)
    metrics.count(REACTED, reaction.handler, "done")
    return True


def _noted(note: str, *values: Any) -> bool:
    with binding.cursor() as cursor:
        cursor.execute(note, values)
        return bool(cursor.rowcount)


def again(reaction: Reaction, by: Actor) -> bool:
    """Staff let one that failed be tried at once; one that is done stays done, and the answer is False."""
    from core.models import Reaction

    waiting = Reaction.objects.filter(pk=reaction.pk, done_at=None)
    with transaction.atomic():
        if not waiting.update(dead=False, attempts=0, due_at=Now()):
            return False
        record(
            reaction, "reaction.again", by, data={"handler": reaction.handler, "problem": reaction.problem}
        )
    return True


def relay(seconds: float = math.inf) -> int:
    """Carry out what is due, for so long at most; returns how many rows were done. Safe beside itself."""
    return take_turns(seconds, claim, carry_out, _let_go)


def _let_go(claimed: Sequence[Reaction]) -> None:
    """Due again at once: rows that are still this worker's."""
    from core.models import Reaction

    for one in claimed:
        Reaction.objects.filter(pk=one.pk, attempts=one.attempts, done_at=None).update(due_at=Now())
