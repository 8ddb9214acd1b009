"""The jobs that look after rows: when each last came to its end, kept in the database by the worker that did it.

They are those of the scheduler's table (`CELERY_BEAT_SCHEDULE`). One that answers False has not done its work.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.signals import task_failure, task_postrun, task_prerun, task_success
from django.conf import settings
from django.db import DatabaseError
from django.db.models.functions import Now
from django.utils import timezone

from core import metrics

log = structlog.get_logger("aqad.sweepers")

RAREST_WRITE = 5.0
"""Seconds: a job that runs every second need not write every second that it did."""
GRACE = timedelta(seconds=30)
DONE = metrics.counter("jobs", "Jobs of the scheduler.", "task", "outcome")
LASTED = metrics.histogram("job_seconds", "How long jobs took.", "task")

_began = threading.local()
_written: dict[str, float] = {}


@dataclass(frozen=True)
class Sweeper:
    """A job, how often it should run, and when it last came to its end; `problem` is why it failed since."""

    job: str
    period: timedelta
    succeeded_at: datetime | None
    problem: str = ""

    @property
    def age(self) -> float | None:
        """Seconds since its last success; None before the first."""
        return (timezone.now() - self.succeeded_at).total_seconds() if self.succeeded_at else None

    @property
    def late(self) -> bool:
        """Whether three of its turns have passed without a success."""
        return self.age is not None and self.age > (3 * self.period + GRACE).total_seconds()


def all_of_them() -> list[Sweeper]:
    """Every job with its last success, in the order of their names."""
    from core.models import Sweep

    known = {row.job: row for row in Sweep.objects.all()}
    return [
        Sweeper(job, period, row.succeeded_at if row else None, row.problem if row else "")
        for job, period in sorted(_periods().items())
        for row in [known.get(job)]
    ]


def _periods() -> dict[str, timedelta]:
    """The shortest period of each task."""
    found: dict[str, timedelta] = {}
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    for entry in schedule.values():
        period = timedelta(seconds=float(entry["schedule"]))
        found[entry["task"]] = min(period, found.get(entry["task"], period))
    return found


def listen() -> None:
    """Hear of every task of this worker."""
    task_prerun.connect(_begin, dispatch_uid="sweepers")
    task_success.connect(_succeed, dispatch_uid="sweepers")
    task_failure.connect(_fail, dispatch_uid="sweepers")
    task_postrun.connect(_end, dispatch_uid="sweepers")


def _begin(task: Any = None, **_: Any) -> None:
    _began.at = time.perf_counter()
    structlog.contextvars.bind_contextvars(job=task.name)


def _end(task: Any = None, **_: Any) -> None:
    metrics.child(LASTED, task.name).observe(time.perf_counter() - getattr(_began, "at", time.perf_counter()))
    structlog.contextvars.clear_contextvars()


def _succeed(sender: Any = None, result: Any = None, **_: Any) -> None:
    if result is not False:
        metrics.count(DONE, sender.name, "done")
        succeeded(sender.name)


def _fail(sender: Any = None, exception: Any = None, **_: Any) -> None:
    metrics.count(DONE, sender.name, "failed")
    _write(sender.name, {"failed_at": Now(), "problem": f"{type(exception).__name__}: {exception}"[:500]})
    _written.pop(sender.name, None)


def succeeded(job: str) -> None:
    """Write down that it came to its end now, unless this process did so a moment ago."""
    now = time.monotonic()
    if job in _periods() and now - _written.get(job, -RAREST_WRITE) >= RAREST_WRITE:
        _write(job, {"succeeded_at": Now(), "problem": ""})
        _written[job] = now


def _write(job: str, facts: dict[str, Any]) -> None:
    """A database that is away is told of by others."""
    from core.models import Sweep

    try:
        Sweep.objects.update_or_create(job=job, defaults=facts)
    except DatabaseError:
        log.warning("not written", job=job)
