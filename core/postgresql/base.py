"""A connection that has just worked is not asked whether it still works, and keeps what it has prepared.

Django asks before the first statement of each request (`CONN_HEALTH_CHECKS`): a whole trip to the database, which under
load comes a few milliseconds after the last good answer. psycopg forgets at each ROLLBACK what was prepared, in case
a table was made anew or a statement has failed. A refusal of ours is neither, and a crowd before an empty shelf would
have every question planned anew.
"""

from __future__ import annotations

import time
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg._preparing import PrepareManager
from psycopg.pq import TransactionStatus

TRUSTED = 0.25  # seconds after which it is asked: no restart or failover is over by then


class Kept(PrepareManager):
    """What is prepared, `kept` through the end of a transaction in which the database found nothing wrong.

    The class is psycopg's own affair; a test says when it changes.
    """

    kept = False

    def clear(self) -> bool:
        """Forget all, unless it is kept."""
        return False if self.kept else super().clear()


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
        """A connection whose prepared statements can be kept."""
        connection = super().get_new_connection(conn_params)
        prepared = Kept()
        prepared.prepare_threshold = connection.prepare_threshold
        connection._prepared = prepared
        return connection

    def rollback(self) -> None:
        """Nothing is forgotten where it was not the database that refused."""
        if self.connection is None:
            return super().rollback()
        prepared, status = self.connection._prepared, self.connection.info.transaction_status
        prepared.kept = status == TransactionStatus.INTRANS
        try:
            super().rollback()
        finally:
            prepared.kept = False

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
