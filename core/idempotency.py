"""An Idempotency-Key answers its twin with the same bytes.

The key is inserted in the same transaction as the work; a twin waits on the unique index and then reads the stored
answer. A refusal rolls everything back, the key included, so it is not stored. (Stripe's published contract.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from core import binding
from core.errors import Invalid, KeyReused
from core.models import Answer
from core.transactions import atomically

LONGEST = 255


def fingerprint(request: Any) -> str:
    """The canonical form of a request body; two bodies that differ only in spacing or order of keys are one."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def once(owner: str, key: str | None, request: Any, work: Callable[[], Any]) -> Any:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, a JSON value."""
    return json.loads(once_told(owner, key, request, lambda: nullcontext(work())))


def once_told(
    owner: str, key: str | None, request: Any, work: Callable[[], AbstractContextManager[Any]]
) -> str:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, as the same JSON text.

    `work` yields its answer, and what others wait for it touches on its way out, when the answer is stored. It
    changes rows alone: it may be done twice, the first time rolled back. Raises `Invalid` without a key and
    `KeyReused` when the key came with another request before.
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
def _answered(
    owner: str, key: str, mark: str, work: Callable[[], AbstractContextManager[Any]]
) -> tuple[str, str]:
    """What is answered to this key, now or before, and the mark of the request that is answered by it."""
    if not _claimed(owner, key, mark):
        stored = Answer.objects.get(owner=owner, key=key)
        return stored.body, stored.fingerprint
    with work() as made:
        body = json.dumps(made, cls=DjangoJSONEncoder)
        with binding.cursor() as cursor:
            cursor.execute(ANSWER, [owner, key, body])
    return body, mark


CLAIM = """
    INSERT INTO core_answer (id, owner, key, fingerprint, body, at)
    VALUES (gen_random_uuid(), $1, $2, $3, '', statement_timestamp())
    ON CONFLICT (owner, key) DO NOTHING
"""
ANSWER = "UPDATE core_answer SET status = 201, body = $3 WHERE owner = $1 AND key = $2"


def _claimed(owner: str, key: str, mark: str) -> bool:
    """Insert the key; False when it is there already. Waits for a twin that is still working."""
    with binding.cursor() as cursor:
        cursor.execute(CLAIM, [owner, key, mark])
        return bool(cursor.rowcount == 1)
