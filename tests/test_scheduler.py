"""What became due while no scheduler ran is sent when one begins, whatever became of Celery's own file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from celery.beat import PersistentScheduler
from django.db import OperationalError
from django.utils import timezone

from aqad.celery import app
from aqad.scheduler import Scheduler
from core import sweepers
from core.models import Sweep

pytestmark = pytest.mark.django_db

TIDY = "core.tasks.tidy"  # every hour


def due(kind: type[PersistentScheduler], folder: Path) -> bool:
    """Whether a scheduler that begins now sends the tidying at once."""
    folder.mkdir(exist_ok=True)
    scheduler = kind(app, schedule_filename=str(folder / "schedule"))
    try:
        return bool(scheduler.schedule["tidy"].is_due().is_due)
    finally:
        scheduler.close()


def ended(ago: timedelta) -> None:
    Sweep.objects.create(job=TIDY, succeeded_at=timezone.now() - ago)


def test_what_is_overdue_is_sent_at_once_and_celery_alone_would_wait(tmp_path: Path) -> None:
    ended(timedelta(hours=2))
    assert due(Scheduler, tmp_path)
    assert not due(PersistentScheduler, tmp_path / "other")


def test_what_was_done_a_moment_ago_is_not(tmp_path: Path) -> None:
    ended(timedelta(minutes=59))
    assert not due(Scheduler, tmp_path)


def test_what_was_never_done_has_its_time(tmp_path: Path) -> None:
    assert not due(Scheduler, tmp_path)


def test_a_clock_that_is_ahead_keeps_nothing_back(tmp_path: Path) -> None:
    ended(timedelta(hours=-3))
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    assert scheduler.schedule["tidy"].last_run_at <= timezone.now()
    scheduler.close()


def test_it_begins_without_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(sweepers, "all_of_them", away)
    assert not due(Scheduler, tmp_path)


def test_every_job_has_a_last_time_of_its_own() -> None:
    """Two entries of one task would share it, and the rarer one might never be due."""
    jobs = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert len(jobs) == len(set(jobs))
