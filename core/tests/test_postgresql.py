"""The database is asked whether it is there after a pause, not before each request, and what is prepared is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import binding
from core.errors import Refusal
from core.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the database was asked whether it is there, by a connection that is asked at all."""
    times: list[str] = []
    usable: Callable[[], bool] = connection.is_usable
    monkeypatch.setattr(connection, "is_usable", lambda: times.append("asked") or usable())  # type: ignore[func-returns-value]
    connection.ensure_connection()
    monkeypatch.setattr(connection, "health_check_enabled", True)
    connection.close_if_unusable_or_obsolete()
    monkeypatch.setattr(connection, "_worked_at", float("-inf"))
    return times


def requested(sql: str = "SELECT 1") -> Any:
    """A statement as a request makes it: what came before is over, and so is this."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()
    finally:
        connection.close_if_unusable_or_obsolete()


def cut() -> None:
    """The server ends the connection; we are not told."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.close()


def test_right_after_good_work_it_is_not_asked(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "TRUSTED", 60)
    for _ in range(3):
        assert requested() == (1,)
    assert len(asked) == 1


def test_after_a_pause_it_is_asked_and_a_cut_is_not_noticed(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert requested() == (1,)
    monkeypatch.setattr(base, "TRUSTED", 0)
    cut()
    assert requested() == (1,)
    assert len(asked) == 2


def test_a_cut_within_the_moment_costs_one_answer_and_no_more(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TRUSTED", 60)
    assert requested() == (1,)
    cut()
    with pytest.raises(DatabaseError):
        requested()
    assert requested() == (1,)


def test_after_what_went_wrong_it_is_asked_at_once(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "TRUSTED", 60)
    with pytest.raises(DatabaseError):
        requested("SELECT nothing")
    assert len(asked) == 2
    assert requested() == (1,)


def prepared_after_a_rollback(*, because_of: str = "SELECT 1") -> int:
    """A statement asked often enough to be prepared, then a transaction that is rolled back; what is left of it."""
    for _ in range(8):
        with binding.cursor() as cursor:
            cursor.execute("SELECT $1::int + 4711", [1])
    with suppress(Refusal, DatabaseError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(because_of)
        raise Refusal("no")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%4711'")
        return int(cursor.fetchone()[0])


@pytest.fixture
def fresh() -> Iterator[None]:
    """A connection of its own, so that what is prepared here is known here."""
    connection.close()
    yield
    connection.close()


def test_what_is_prepared_outlives_a_refusal(fresh: None) -> None:
    assert prepared_after_a_rollback() == 1


def test_otherwise_a_refusal_would_forget_it(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(base.Kept, "clear")
    assert prepared_after_a_rollback() == 0


def test_after_an_error_of_the_database_it_is_prepared_anew(fresh: None) -> None:
    assert prepared_after_a_rollback(because_of="SELECT nothing") == 0


def test_what_was_sent_by_its_name_has_its_text_in_the_log(fresh: None) -> None:
    with CaptureQueriesContext(connection) as sent:
        for _ in range(8):
            with binding.cursor() as cursor:
                cursor.execute("SELECT $1::int", [1])
    assert {each["sql"] for each in sent} == {"SELECT $1::int"}
