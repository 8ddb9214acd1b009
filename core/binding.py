"""Statements whose values are bound by the server, which is what lets psycopg prepare those that come often.

What is prepared belongs to a connection, so behind PgBouncer nothing is (`DATABASE_POOLED`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

PLACES = re.compile("%%|%s")
"""Where SQL as Django has it holds a percent sign or the place of a value."""


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
    numbers = count(1)
    return PLACES.sub(lambda place: "%" if place[0] == "%%" else f"${next(numbers)}", text)
