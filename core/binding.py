"""Statements whose values are bound by the server, which is what lets psycopg prepare those that come often.

What is prepared belongs to a connection, so behind PgBouncer nothing is (`DATABASE_POOLED`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper


def cursor(using: str = DEFAULT_DB_ALIAS) -> CursorWrapper:
    """A cursor that binds `$1` on the server: what it executes often is prepared by psycopg."""
    connection: Any = connections[using]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        made: CursorWrapper = connection._prepare_cursor(psycopg.RawCursor(connection.connection))
    return made


@lru_cache(2000)
def numbered(text: str) -> str:
    """A statement with `%s` as one with `$1`, `$2`, …"""
    parts = text.split("%s")
    marked = (f"${number}{part}" for number, part in enumerate(parts[1:], 1))
    return "".join([parts[0], *marked]).replace("%%", "%")
