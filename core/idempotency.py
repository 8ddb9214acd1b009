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
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, KeyReused
from core.models import Answer

LONGEST = 255


def fingerprint(request: Any) -> str:
    """The canonical form of a request body; two bodies that differ only in spacing or order of keys are one."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def once(owner: str, key: str | None, request: Any, work: Callable[[], Any]) -> Any:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, a JSON value."""
    return json.loads(once_told(owner, key, request, work))


def once_told(owner: str, key: str | None, request: Any, work: Callable[[], Any]) -> str:
    """Do `work` for this key of this owner once; a repetition gets the stored answer, as the same JSON text.

    Raises `Invalid` without a key and `KeyReused` when the key came with another request before.
    """
    if not key or len(key) > LONGEST or "\x00" in key:
        raise Invalid(
            _("An Idempotency-Key header of 1 to 255 characters is required."), code="idempotency_key"
        )
    mark = fingerprint(request)
    with transaction.atomic():
        if _claimed(owner, key, mark):
            body = json.dumps(work(), cls=DjangoJSONEncoder)
            Answer.objects.filter(owner=owner, key=key).update(status=201, body=body)
            return body
        stored = Answer.objects.get(owner=owner, key=key)
    if stored.fingerprint != mark:
        raise KeyReused
    return stored.body


def _claimed(owner: str, key: str, mark: str) -> bool:
    """Insert the key; False when it is there already. Waits for a twin that is still working."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_answer (id, owner, key, fingerprint, body, at)
               VALUES (gen_random_uuid(), %s, %s, %s, '', statement_timestamp())
               ON CONFLICT (owner, key) DO NOTHING""",
            [owner, key, mark],
        )
        return bool(cursor.rowcount == 1)
