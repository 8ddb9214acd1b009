"""`manage.py migrate`: Django's own, patient. It never makes the market wait for a table longer than two seconds."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable

from core.checks import WAITS

LOCK_TIMEOUT = "2s"
TRIES = 15
PAUSE = 2.0
"""Seconds between two tries, in which those who waited behind us get their turn."""
ALONE = 7_240_117
"""Key of the advisory lock under which one migrates at a time."""


class Command(migrate.Command):
    """A lock that is not to be had within two seconds is let go and asked for again."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        _prepare(connection)
        try:
            for left in reversed(range(TRIES)):
                if self._tried(left, *args, **options):
                    return
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ALONE])
                cursor.execute("; ".join(f"RESET {name}" for name in WAITS))

    def _tried(self, left: int, *args: Any, **options: Any) -> bool:
        """Whether all is migrated; what was done before a busy table stays done."""
        try:
            _drop_unfinished(connections[options["database"]])
            super().handle(*args, **options)
        except OperationalError as busy:
            if not left or not isinstance(busy.__cause__, LockNotAvailable):
                raise
            self.stderr.write(f"A table is busy; trying again in {PAUSE:.0f} s ({left} tries left).")
            time.sleep(PAUSE)
            return False
        return True


def _prepare(connection: BaseDatabaseWrapper) -> None:
    """Waits for whoever migrates already; then short waits for locks, but as much time for the work as it needs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0"
        )
        cursor.execute("SELECT pg_advisory_lock(%s)", [ALONE])
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def _drop_unfinished(connection: BaseDatabaseWrapper) -> None:
    """What is left of an index that was being built beside the market's work when its try ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
