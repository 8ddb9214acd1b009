"""Migrating beside a market at work: short waits for locks, tried again; one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command
from django.db import OperationalError, connection

from core.management.commands import migrate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """Somebody else at the database."""
    with connection.get_new_connection(connection.get_connection_params()) as one:
        yield one


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses are counted, locks are asked for briefly."""
    taken: list[float] = []
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr("core.management.commands.migrate.time.sleep", taken.append)
    return taken


def busy(other: psycopg.Connection[Any]) -> None:
    other.execute("LOCK TABLE retailers_retailer IN ACCESS EXCLUSIVE MODE")


def change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's own command, reduced to one statement that needs a lock."""

    def touches(*args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("COMMENT ON TABLE retailers_retailer IS NULL")

    monkeypatch.setattr(Command, "handle", touches)


def test_a_busy_table_is_asked_for_again(
    other: psycopg.Connection[Any], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    busy(other)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            other.rollback()

    monkeypatch.setattr("core.management.commands.migrate.time.sleep", pause)
    told = StringIO()
    call_command("migrate", stderr=told)
    assert pauses == [2.0] * 3
    assert told.getvalue().count("A table is busy") == 3


def test_in_the_end_it_gives_up_and_holds_nothing(
    other: psycopg.Connection[Any], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    busy(other)
    with pytest.raises(OperationalError, match="lock timeout"):
        call_command("migrate", stderr=StringIO())
    assert len(pauses) == migrate.TRIES - 1
    other.rollback()
    assert other.execute("SELECT pg_try_advisory_lock(%s)", [migrate.ALONE]).fetchone() == (True,)


def test_two_migrate_one_after_the_other(other: psycopg.Connection[Any]) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", [migrate.ALONE])
    done = threading.Event()

    def migrates() -> None:
        call_command("migrate", verbosity=0)
        connection.close()
        done.set()

    thread = threading.Thread(target=migrates)
    thread.start()
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    end = time.monotonic() + 20
    while other.execute(waits).fetchone() == (0,):
        assert time.monotonic() < end
    assert not done.is_set()
    other.execute("SELECT pg_advisory_unlock(%s)", [migrate.ALONE])
    thread.join(60)
    assert done.is_set()


def test_an_unfinished_index_is_cleared_away() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX half_built ON retailers_retailer (business_id)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_built'::regclass")
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('half_built')")
        assert cursor.fetchone() == (None,)
