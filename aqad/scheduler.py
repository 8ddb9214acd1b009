"""The scheduler: `celery -A aqad beat`."""

from __future__ import annotations

import structlog
from celery.beat import PersistentScheduler
from django.db import DatabaseError, connection

from core import sweepers

log = structlog.get_logger("aqad.scheduler")


class Scheduler(PersistentScheduler):  # type: ignore[misc]
    """Knows from the database when each job last came to its end, so what became due while none ran is sent at once.

    Celery's own file is written every three minutes, and does not outlive a container: a scheduler that is started
    anew more often than a job is due would never send it.
    """

    def setup_schedule(self) -> None:
        """The table of the settings, each job with its last time."""
        super().setup_schedule()
        try:
            ends = {job.job: job.succeeded_at for job in sweepers.all_of_them()}
        except DatabaseError as problem:
            log.warning("begins without knowing what was done", why=str(problem))
            return
        finally:
            connection.close()
        for entry in self.schedule.values():
            entry.last_run_at = min(entry.last_run_at, ends.get(entry.task) or entry.last_run_at)
