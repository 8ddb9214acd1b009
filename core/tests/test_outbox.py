"""The outbox: a row belongs to the worker that claimed it last, whatever the others still believe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from accounts import inbox
from core import events
from core.models import Event, Reaction
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
def carried(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One reaction is due; what is carried out is written down instead."""
    done: list[str] = []
    cast.order(1)
    Reaction.objects.exclude(pk=Reaction.objects.order_by("pk")[0].pk).update(done_at=LONG_AGO)
    monkeypatch.setattr(events, "import_string", lambda name: lambda event: done.append(name))
    return done


def test_what_one_worker_holds_another_does_not_take(carried: list[str]) -> None:
    assert len(events.claim()) == 1
    assert events.claim() == []


def test_a_worker_that_was_busy_too_long_leaves_it_to_the_next(carried: list[str]) -> None:
    [slow] = events.claim()
    Reaction.objects.filter(pk=slow.pk).update(due_at=LONG_AGO)
    [quick] = events.claim()
    assert not events.carry_out(slow)
    assert events.carry_out(quick)
    assert len(carried) == 1


def test_done_by_the_next_it_is_not_done_again(carried: list[str]) -> None:
    [slow] = events.claim()
    Reaction.objects.filter(pk=slow.pk).update(due_at=LONG_AGO)
    assert events.relay() == 1
    assert not events.carry_out(slow)
    assert len(carried) == 1


def test_its_time_begins_anew_when_it_is_its_turn(
    carried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [mine] = events.claim()
    Reaction.objects.filter(pk=mine.pk).update(due_at=LONG_AGO)
    seen: list[Any] = []
    monkeypatch.setattr(events, "import_string", lambda name: lambda event: seen.extend(events.claim()))
    assert events.carry_out(mine)
    assert seen == []


@pytest.fixture
def durable(transactional_db: None) -> Iterator[None]:
    """A server as in production: a commit waits for the disk unless it says that it need not."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        yield
        cursor.execute("RESET synchronous_commit")


def waits_for_the_disk() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] == "on")


def test_a_workers_notes_wait_for_no_disk_and_what_it_does_waits(
    durable: None, carried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(events, "import_string", lambda name: lambda event: seen.append(waits_for_the_disk()))
    [mine] = events.claim()
    assert events.carry_out(mine)
    assert seen == [True]
    assert waits_for_the_disk()
    Reaction.objects.filter(pk=mine.pk).update(done_at=None)
    with transaction.atomic():
        assert events.carry_out(mine)
        assert not waits_for_the_disk()


def test_news_are_on_disk_a_moment_later(durable: None, cast: Cast) -> None:
    """The note that they were told, which comes after them, can't be there without them."""
    cast.order(1)
    event = Event.objects.get(name="order.create")
    with transaction.atomic():
        inbox.tell(event)
        assert not waits_for_the_disk()
    assert waits_for_the_disk()
