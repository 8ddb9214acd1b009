"""An Idempotency-Key answers its twin with the same bytes.

The key is inserted in the same transaction as the work; a twin waits on the unique index and then reads the stored
answer. A refusal rolls everything back, the key included, so it is not stored. (Stripe's published contract.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from core import binding
from core.errors import Invalid, KeyReused
from core.models import Answer
from core.rows import Change
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


def once_told(owner: str, key: str | None, request: Any, work: Callable[[Reply], None]) -> str:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, as the same JSON text.

    `work` says its reply and stores it, and touches what others wait for afterwards. It changes rows alone: it may be
    done twice, the first time rolled back. Raises `Invalid` without a key and `KeyReused` when the key came with
    another request before.
    """
    if not key or len(key) > LONGEST or "\x00" in key:
        raise Invalid(
            _("An Idempotency-Key header of 1 to 255 characters is required."), code="idempotency_key"
        )
    mark = fingerprint(request)
    body, answered = _answered(owner, key, mark, work)
    if answered != mark:
        raise KeyReused
    return body


@atomically
def _answered(owner: str, key: str, mark: str, work: Callable[[Reply], None]) -> tuple[str, str]:
    """What is answered to this key, now or before, and the mark of the request that is answered by it."""
    if not _claimed(owner, key, mark):
        stored = Answer.objects.get(owner=owner, key=key)
        return stored.body, stored.fingerprint
    reply = Reply(owner, key)
    work(reply)
    return reply.body, mark


CLAIM = """
    INSERT INTO core_answer (id, owner, key, fingerprint, body, at)
    VALUES (gen_random_uuid(), $1, $2, $3, '', statement_timestamp())
    ON CONFLICT (owner, key) DO NOTHING
"""
ANSWER = "UPDATE core_answer SET status = 201, body = %s WHERE owner = %s AND key = %s"


def _claimed(owner: str, key: str, mark: str) -> bool:
    """Insert the key; False when it is there already. Waits for a twin that is still working."""
    with binding.cursor() as cursor:
        cursor.execute(CLAIM, [owner, key, mark])
        return bool(cursor.rowcount == 1)
