"""An Idempotency-Key answers its twin with the same bytes.

The key is inserted in the same transaction as the work; a twin waits on the unique index and then reads the stored
answer. A refusal rolls everything back, the key included, so it is not stored. (Stripe's published contract.)
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, KeyReused
from core.models import Answer
from core.prepared import Beside, Question
from core.rows import Change
from core.slots import Slot, Sql
from core.transactions import atomically

LONGEST = 255


class Reply:
    """What will be answered to a key of this owner."""

    def __init__(self, owner: str, key: str) -> None:
        self._of, self.body = (owner, key), ""

    def __call__(self, made: Any) -> Change:
        """It is this: the change by which it is stored, for who works to carry out, by itself or with other rows."""
        self.body = json.dumps(made, cls=DjangoJSONEncoder)
        return Change(ANSWER, [self.body, *self._of])


def fingerprint(request: Any) -> str:
    """The canonical form of a request body; two bodies that differ only in spacing or order of keys are one."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def once(owner: str, key: str | None, request: Any, work: Callable[[], Any]) -> Any:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, a JSON value."""
    return json.loads(once_told(owner, key, request, lambda reply: reply(work()).carry_out()))


class Look(NamedTuple):
    """What work will ask, in the statement that takes the key (`asked_with_key`), and about whom."""

    questions: Beside
    about: dict[str, Any]


def once_told(
    owner: str, key: str | None, request: Any, work: Callable[..., None], look: Look | None = None
) -> str:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, as the same JSON text.

    `work` says its reply and stores it, and touches what others wait for afterwards; what was found by `look` comes
    after the reply. It changes rows alone: it may be done twice, the first time rolled back. Raises `Invalid` without
    a key and `KeyReused` when the key came with another request before.
    """
    if not key or len(key) > LONGEST or "\x00" in key:
        raise Invalid(
            _("An Idempotency-Key header of 1 to 255 characters is required."), code="idempotency_key"
        )
    mark = fingerprint(request)
    body, answered = _answered(owner, key, mark, work, look)
    if answered != mark:
        raise KeyReused
    return body


@atomically
def _answered(
    owner: str, key: str, mark: str, work: Callable[..., None], look: Look | None
) -> tuple[str, str]:
    """What is answered to this key, now or before, and the mark of the request that is answered by it."""
    claimed, found = _claimed(owner, key, mark, look)
    if not claimed:
        stored = Answer.objects.get(owner=owner, key=key)
        return stored.body, stored.fingerprint
    reply = Reply(owner, key)
    work(reply, *found)
    return reply.body, mark


CLAIM = Sql(
    """
    INSERT INTO core_answer (id, owner, key, fingerprint, body, at)
    VALUES (gen_random_uuid(), %s, %s, %s, '', statement_timestamp())
    ON CONFLICT (owner, key) DO NOTHING
    """,
    (Slot("owner"), Slot("idempotency_key"), Slot("mark")),
)
ANSWER = "UPDATE core_answer SET status = 201, body = %s WHERE owner = %s AND key = %s"


def asked_with_key(*questions: Question[Any]) -> Beside:
    """Questions for the statement that takes a key; each but the last has one row at most."""
    return Beside(CLAIM, *questions)


ALONE = asked_with_key()
WAITED = 0.05  # seconds after which a twin may have been waited for


def _claimed(owner: str, key: str, mark: str, look: Look | None) -> tuple[bool, list[Any]]:
    """Insert the key; False when it is there already. Waits for a twin that is still working, and looks anew then."""
    questions, about = look or (ALONE, {})
    began = time.monotonic()
    claimed, found = questions(owner=owner, idempotency_key=key, mark=mark, **about)
    if claimed and time.monotonic() - began > WAITED:
        found = questions.anew(**about)
    return bool(claimed), found
