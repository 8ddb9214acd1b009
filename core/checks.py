"""What Django's own checks don't know of our servers: `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

WAITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@register(Tags.database)
def waits_end(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> list[Error]:
    """No statement may wait for ever; behind a pooler only the role can say so."""
    return [
        Error(
            f"{name} is 0 for the role of database {alias!r}.",
            hint=f"ALTER ROLE … SET {name} = …; see docs/scaling.md.",
            id="aqad.E001",
        )
        for alias in databases or ()
        for name in WAITS
        if _setting(alias, name) == "0"
    ]


def _setting(alias: str, name: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])
