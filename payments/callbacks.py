"""The callback inbox: kept as raw bytes first, settled by a worker afterwards."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import structlog
from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import BigIntegerField, F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, Now
from structlog.contextvars import get_contextvars

from core import binding, events, metrics
from core.access import Actor
from core.causes import because_of
from core.errors import TooLarge, Unauthorized
from core.models import Event
from core.prepared import Question
from core.slots import AmongThem, Slot
from core.turns import take_turns
from payments.gateways import gateway
from payments.gateways.base import BadSignature, GatewayUnsure, printable
from payments.models import Callback, Payment
from payments.settling import settle

log = structlog.get_logger("aqad.callbacks")

LARGEST = 64 * 1024
HEARD = metrics.counter("callbacks", "Callbacks of gateways.", "gateway", "outcome")
LEASE = timedelta(seconds=20)  # so what a worker took that died is settled within a minute all the same
MOST_TRIES = 5
LONGEST_WAIT = timedelta(hours=24)
SPOKEN_OF: Question[Payment] = Question(
    lambda: Payment.objects.filter(AmongThem("pk", Slot("keys", ArrayField(BigIntegerField())))).annotate(
        origin=Subquery(
            Event.objects.filter(
                subject=Concat(Value(Payment.PREFIX), Cast(OuterRef("pk"), TextField())), seq=1
            ).values("request_id")
        )
    )
)
APPLIED = "UPDATE payments_callback SET applied_at = statement_timestamp(), problem = '', reference = $1 WHERE id = $2"


class Told(NamedTuple):
    """A callback, and the payment it speaks of: with the request in which it began as `origin`."""

    callback: Callback
    payment: Any


def receive(name: str, headers: Mapping[str, str], body: bytes) -> None:
    """Keep a genuine callback; its copies are answered alike and kept once.

    Raises `Unauthorized` for a bad signature, `TooLarge` for more than 64 KiB.
    """
    if len(body) > LARGEST:
        raise TooLarge
    try:
        event_id = printable(gateway(name).event_id(headers, body))
    except BadSignature as bad:
        log.warning("callback refused", gateway=name, why=str(bad))
        metrics.count(HEARD, name, "refused")
        raise Unauthorized from bad
    request_id = get_contextvars().get("request_id", "")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_callback (gateway, event_id, body, request_id, received_at, due_at, attempts,
                                             parked, problem)
               VALUES (%s, %s, %s, %s, statement_timestamp(), statement_timestamp(), 0, false, '')
               ON CONFLICT (gateway, event_id) DO NOTHING""",
            [name, event_id, body, request_id],
        )
        again = not cursor.rowcount
    metrics.count(HEARD, name, "copy" if again else "kept")
    log.info("callback kept", gateway=name, event_id=event_id, copy=again)


def apply_due(seconds: float = math.inf) -> int:
    """Settle the callbacks that are due, for so long at most; returns how many were applied. Safe beside itself."""
    return take_turns(seconds, lambda: _look(_claim()), _try, _let_go)


def _let_go(claimed: Sequence[Told]) -> None:
    """Due again at once: rows that are still this worker's."""
    for one, _ in claimed:
        Callback.objects.filter(pk=one.pk, attempts=one.attempts, applied_at=None).update(due_at=Now())


def again(callback: Callback, by: Actor) -> bool:
    """Staff let one be settled once more: a parked one, or one that is done, which then changes nothing."""
    with transaction.atomic():
        row = Callback.objects.filter(pk=callback.pk)
        row.update(applied_at=None, parked=False, attempts=0, due_at=Now(), problem="")
        events.record(callback, "callback.again", by, data={"problem": callback.problem})
    return True


def _claim(most: int = 20) -> list[Callback]:
    with transaction.atomic():
        due = Callback.objects.filter(applied_at=None, parked=False, due_at__lte=Now()).order_by("id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        Callback.objects.filter(pk__in=ids).update(due_at=Now() + LEASE, attempts=F("attempts") + 1)
    return list(Callback.objects.filter(pk__in=ids).order_by("id"))


def _look(claimed: Sequence[Callback]) -> list[Told]:
    """Each with the payment of its own gateway that it speaks of, as far as it makes sense and we know it."""
    keys = {one.pk: _key(one) for one in claimed}
    found = {(row.pk, row.gateway): row for row in SPOKEN_OF(keys=list(filter(None, keys.values())))}
    return [Told(one, found.get((keys[one.pk] or 0, one.gateway))) for one in claimed]


def _key(callback: Callback) -> int | None:
    try:
        notice = gateway(callback.gateway).read(bytes(callback.body))
    except Exception:  # whatever it is, it is found again and written down when this one is tried
        return None
    return Payment.objects.number(notice.payment) if notice else None


def _try(told: Told) -> bool:
    """Settle one and write down how that went."""
    outcome = _outcome(told)
    metrics.count(HEARD, told.callback.gateway, outcome)
    return outcome == "applied"


def _outcome(told: Told) -> str:
    callback = told.callback
    row = Callback.objects.filter(pk=callback.pk, applied_at=None)
    try:
        known = _apply(told)
    except (ValueError, GatewayUnsure) as nonsense:
        row.update(parked=True, problem=printable(nonsense, 2000))
        return "parked"
    except Exception as problem:
        log.exception("callback failed", callback=callback.pk)
        late = callback.attempts >= MOST_TRIES
        row.update(
            parked=late,
            problem=repr(problem)[:2000],
            reference=callback.reference,
            due_at=Now() + _pause(callback),
        )
        return "parked" if late else "failed"
    if not known:
        old = row.filter(received_at__lt=Now() - LONGEST_WAIT).exists()
        row.update(
            parked=old,
            problem="unknown payment",
            reference=callback.reference,
            due_at=Now() + _pause(callback),
        )
        return "parked" if old else "early"
    return "applied"


def _apply(told: Told) -> bool:
    """Settle what it says, if we use it, and mark it with that; False while we don't know the payment (it may be
    faster than our commit).
    """
    callback, payment = told
    notice = gateway(callback.gateway).read(bytes(callback.body))
    if notice is None:
        _mark(callback)
        return True
    callback.reference = printable(notice.payment, 100)
    if payment is None:
        return False
    began, request = payment.origin or "", callback.request_id
    with because_of(began, "callback", payment=payment.code, callback_request=request):
        settle(payment, notice.fact, partial(_mark, callback))
        log.info("callback applied", status=notice.fact.status)
    return True


def _mark(callback: Callback) -> None:
    with binding.cursor() as cursor:
        cursor.execute(APPLIED, [callback.reference, callback.pk])


def _pause(callback: Callback) -> timedelta:
    """1, 2, 4 … seconds, at most an hour."""
    return timedelta(seconds=min(2 ** min(callback.attempts, 12), 3600))
