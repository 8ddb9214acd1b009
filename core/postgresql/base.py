"""A connection that has just worked is not asked whether it still works, and keeps what it has prepared.

Django asks before the first statement of each request (`CONN_HEALTH_CHECKS`): a whole trip to the database, which under
load comes a few milliseconds after the last good answer. psycopg forgets at each ROLLBACK what was prepared, so that a
crowd before an empty shelf, each refused, would have every question planned anew.
"""

from __future__ import annotations

import time
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg._preparing import PrepareManager

TRUSTED = 0.25  # seconds after which it is asked: no restart or failover is over by then


class Kept(PrepareManager):
    """What is prepared outlives a ROLLBACK, as it does in PostgreSQL, which plans anew by itself what has changed.

    psycopg forgets in case a table was made anew under the same name, of which other connections learn nothing either:
    migrations make none (`docs/decisions/0017`). The class is psycopg's own affair; a test says when it changes.
    """

    def clear(self) -> bool:
        return False


class DatabaseOperations(operations.DatabaseOperations):
    """As Django's, which has no text of a statement that was sent by its prepared name."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """For logs and tests."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, with a memory of when it last worked."""

    ops_class = DatabaseOperations
    _worked_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose prepared statements are kept."""
        connection = super().get_new_connection(conn_params)
        kept = Kept()
        kept.prepare_threshold = connection.prepare_threshold
        connection._prepared = kept
        return connection

    def close_if_unusable_or_obsolete(self) -> None:
        """At either end of a request: whatever used the connection in between did so without an error."""
        if self.health_check_done and not self.errors_occurred:
            self._worked_at = time.monotonic()
        super().close_if_unusable_or_obsolete()

    def close_if_health_check_failed(self) -> None:
        """Before the first statement of a request."""
        if time.monotonic() - self._worked_at < TRUSTED:
            self.health_check_done = True
        super().close_if_health_check_failed()
