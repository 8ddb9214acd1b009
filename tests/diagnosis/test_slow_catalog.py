"""The product list has become slow: each cause is planted, found and named."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now

from aqad.diagnosis import database
from catalog import search
from catalog.models import Product
from core import recent, replicas
from core.models import Release, Sweep
from tests.cast import Cast
from tests.diagnosis.conftest import Ask, evidence, whats


def test_a_market_that_is_well(cast: Cast, ask: Ask) -> None:
    told = ask("slow-catalog")
    assert told["healthy"], told["findings"]
    assert any("newest" in line for line in told["measured"]["pages"])
    assert any("Valkey answers" in line for line in told["measured"]["cache"])
    assert told["measured"]["machine"]


def test_a_dropped_index(cast: Cast, ask: Ask) -> None:
    connection.cursor().execute("DROP INDEX product_by_price")
    [told] = evidence(ask("slow-catalog"), "Indexes are missing").splitlines()
    name, made = told.split(": ", 1)
    assert (name, "CONCURRENTLY" in made) == ("product_by_price", True)
    connection.cursor().execute(f"SET CONSTRAINTS ALL IMMEDIATE; {made.replace(' CONCURRENTLY', '')}")
    assert ask("slow-catalog")["healthy"]


def test_the_index_of_a_foreign_key(cast: Cast, ask: Ask) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
               WHERE indrelid = 'catalog_product'::regclass AND attname = 'brand_id'"""
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')
    assert "catalog_product.brand_id" in evidence(ask("slow-catalog"), "Indexes are missing")


def test_an_invalid_index(cast: Cast, ask: Ask) -> None:
    connection.cursor().execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'product_newest'::regclass"
    )
    assert "product_newest" in evidence(ask("slow-catalog"), "Indexes are invalid")


def test_statistics_that_are_gone(cast: Cast, ask: Ask) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO catalog_brand (name, name_ar, slug)
               SELECT 'Brand ' || n, '', 'brand-' || n FROM generate_series(1, 2500) n"""
        )
    assert any(
        each.startswith("The planner knows nothing of catalog_brand") for each in whats(ask("slow-catalog"))
    )
    connection.cursor().execute("ANALYZE catalog_brand")
    assert not any("planner" in each for each in whats(ask("slow-catalog")))


def test_one_query_for_every_row(cast: Cast, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    right = search.page_of

    def careless(*args: Any) -> Any:
        for _ in range(20):
            Product.objects.filter(pk=cast.pepsi.pk).exists()
        return right(*args)

    monkeypatch.setattr(search, "page_of", careless)
    assert any(each.startswith("A page (newest) asks") for each in whats(ask("slow-catalog")))


def test_a_cache_that_is_away(cast: Cast, ask: Ask, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {
        "ratelimit": settings.CACHES["ratelimit"] | {"LOCATION": "redis://127.0.0.1:9/0"}
    }
    assert whats(ask("slow-catalog"))[0].startswith("Valkey does not answer")


def test_a_database_that_is_away(cast: Cast, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> Any:
        raise OperationalError("connection refused")

    with monkeypatch.context() as gone:
        gone.setattr(connection, "cursor", away)
        told = ask("slow-catalog")
    assert whats(told)[0] == "The database does not answer"
    assert any(each.startswith("Could not look at: locks, long transactions, pages") for each in whats(told))
    assert told["measured"]["machine"]


def test_a_replica_that_is_away(cast: Cast, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> Any:
            raise OperationalError("no route to host")

    monkeypatch.setattr(replicas, "configured", lambda: True)
    monkeypatch.setattr(database, "databases", {replicas.REPLICA: Away()})
    assert evidence(ask("slow-catalog"), "The replica does not answer") == "no route to host"


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_somebody_holds(ask: Ask) -> None:
    Cast()
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=name) as other:
        other.execute("LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE")
        told = ask("slow-catalog")
        pid = other.info.backend_pid
    assert whats(told)[0] == "A lock is in the way"
    assert str(pid) in evidence(told, "A lock is in the way")
    assert any(each.startswith("The product list (any page) gets no answer") for each in whats(told))
    assert ask("slow-catalog")["healthy"]


def test_locks_of_another_database(cast: Cast, ask: Ask) -> None:
    """Those that wait there are somebody else's trouble."""
    with ExitStack() as connections, ThreadPoolExecutor(1) as pool:
        server = os.environ["DATABASE_URL"]
        first, second = (connections.enter_context(psycopg.connect(server, dbname="postgres")) for _ in "12")
        first.execute("SELECT pg_advisory_xact_lock(1)")
        waits = pool.submit(second.execute, "SELECT pg_advisory_xact_lock(1)")
        try:
            until_it_waits(second.info.backend_pid)
            assert ask("slow-catalog")["healthy"]
        finally:
            first.rollback()
            waits.result(30)


def until_it_waits(pid: int) -> None:
    """Until this backend stands in line for a lock."""
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [pid])
            if cursor.fetchone() == ("Lock",):
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("it never waited")


def test_requests_that_failed_lately(cast: Cast, ask: Ask) -> None:
    facts = {"route": "api/products", "method": "GET", "status": 500, "ms": 12.0, "sql": 3, "sql_ms": 2.0}
    recent.note("request", **(facts | {"route": "orders/", "status": 500}))
    assert ask("slow-catalog")["healthy"]
    recent.note("request", **facts)
    assert any("failed or were slow" in each for each in whats(ask("slow-catalog")))


def test_slow_statements_lately(cast: Cast, ask: Ask) -> None:
    for _ in range(3):
        recent.note("statement", route="api/products", ms=900.0, statement="SELECT pg_sleep(…)")
    assert "pg_sleep" in evidence(ask("slow-catalog"), "Statements are slow")


def test_jobs_that_have_stopped(cast: Cast, ask: Ask) -> None:
    Sweep.objects.create(
        job="core.tasks.relay", succeeded_at=Now() - timedelta(minutes=5), problem="OSError: no"
    )
    assert "core.tasks.relay: 5 min ago OSError: no" in evidence(ask("slow-catalog"), "Jobs have stopped")


def test_migrations_that_were_not_applied_and_what_changed_last(cast: Cast, ask: Ask) -> None:
    Release.objects.create(name="2026.11.3", key_mark="")
    connection.cursor().execute(
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'payments')"
    )
    told = ask("slow-catalog")
    assert "payments." in evidence(told, "The code expects migrations")
    assert any(line.startswith("last deployment: 2026.11.3") for line in told["measured"]["deployment"])
