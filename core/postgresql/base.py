"""A connection that has just worked is not asked whether it still works.

Django asks before the first statement of each request (`CONN_HEALTH_CHECKS`): a whole trip to the database, which under
load comes a few milliseconds after the last good answer.
"""

from __future__ import annotations

import time

from django.db.backends.postgresql import base

TRUSTED = 0.25  # seconds after which it is asked: no restart or failover is over by then


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, with a memory of when it last worked."""

    _worked_at = float("-inf")

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
