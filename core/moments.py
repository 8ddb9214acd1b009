"""One moment of the whole database, looked at without hurry by one session or by several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

LONGEST = "10min"
# In SQL: the first event of the last seven days, looked up once. KEPT is of 90 days: the outbox forgets what is older.
WEEK = "current_setting('audit.week')::bigint"
KEPT = "current_setting('audit.kept')::bigint"


class Moment(NamedTuple):
    """A state of the database by its name, and where its week and its 90 days of events begin."""

    name: str
    week: str
    kept: str


def share() -> Moment:
    """What this transaction sees, for sessions beside it as long as it is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_export_snapshot(), current_setting('audit.week'), current_setting('audit.kept')"
        )
        return Moment(*cursor.fetchone())


@contextmanager
def snapshot(shared: Moment | None = None) -> Iterator[None]:
    """One moment of the whole database, read only. Within somebody's transaction it is what that one sees."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if shared:
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{shared.name}'")
        unhurried(shared)
        yield


def unhurried(shared: Moment | None = None) -> None:
    """For this transaction: time and memory for whole tables, and no plan that is only good for a few rows."""
    local = {
        "statement_timeout": LONGEST,
        "idle_in_transaction_session_timeout": LONGEST,
        "work_mem": "96MB",
        "jit": "off",
        "enable_nestloop": "off",
    }
    with connection.cursor() as cursor:
        for name, value in local.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
        week, kept = (shared.week, shared.kept) if shared else _since(cursor)
        cursor.execute(f"SET LOCAL audit.week = '{week}'; SET LOCAL audit.kept = '{kept}'")


def _since(cursor: CursorWrapper) -> tuple[int, int]:
    """The first events of the last seven and of the last ninety days."""
    cursor.execute(
        """SELECT coalesce(min(id + 0) FILTER (WHERE at > now() - interval '7 days'), 0), coalesce(min(id + 0), 0)
           FROM core_event WHERE at > now() - interval '90 days'"""
    )
    week, kept = cursor.fetchone()
    return week, kept
