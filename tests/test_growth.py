"""What looks for open rows reads those alone, however many have ended: its plan names the index that has no others.

Beside forty open rows stand ten thousand that ended. Without its index each question reads them too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import events, tidying
from payments import asking, callbacks
from tests.cast import Cast

pytestmark = pytest.mark.django_db

MANY, OPEN = 10_000, 40
ENDED = f"n <= {MANY}"
ROWS = {
    "reaction_waiting": f"""
        INSERT INTO core_reaction (event_id, handler, due_at, attempts, done_at, dead, problem)
        SELECT 1, 'x' || n, now(), 1, CASE WHEN {ENDED} THEN now() END, false, ''""",
    "callback_waiting": f"""
        INSERT INTO payments_callback (gateway, event_id, body, received_at, due_at, attempts, applied_at, parked,
                                       problem)
        SELECT 'sandbox', 'x' || n, 'x', now(), now(), 1, CASE WHEN {ENDED} THEN now() END, false, ''""",
    "payment_to_end": f"""
        WITH bought AS (
            INSERT INTO orders_checkout (id, retailer_id, method, currency, total, address, note, reserved_until)
            SELECT n, 'R2001', 'card', 'AED', 21, '{{}}', '', now() - interval '1 minute'
            FROM generate_series(1, {MANY + OPEN}) n
        ) INSERT INTO payments_payment (checkout_id, method, gateway, key, amount, currency, gateway_ref, gateway_url,
                                        captured, captured_currency, refunding, settles, failure, status, version)
        SELECT n, 'card', 'sandbox', gen_random_uuid(), 21, 'AED', '', '', 0, '', 0, false, '',
               CASE WHEN {ENDED} THEN 'failed' ELSE 'created' END, 1""",
    "answer_by_age": f"""
        INSERT INTO core_answer (id, owner, key, fingerprint, status, body, at)
        SELECT gen_random_uuid(), 'x', n, '', 201, '',
               now() - CASE WHEN {ENDED} THEN interval '0' ELSE interval '1 year' END""",
}  # fmt: skip
ASKED: dict[str, tuple[str, Callable[[], Any]]] = {
    "reaction_waiting": ("core_reaction", events.claim),
    "callback_waiting": ("payments_callback", callbacks._claim),
    "payment_to_end": ("payments_payment", asking.release_holds),
    "answer_by_age": ("core_answer", tidying.tidy),
}


@pytest.fixture(params=ROWS)
def index(request: pytest.FixtureRequest, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an index, with rows in its table."""
    monkeypatch.setattr(asking, "_release", lambda payment: False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"{ROWS[request.param]} FROM generate_series(1, {MANY + OPEN}) n")
        cursor.execute(
            "ANALYZE core_reaction, payments_callback, payments_payment, orders_checkout, core_answer"
        )
    return str(request.param)


def plan(table: str, ask: Callable[[], Any]) -> str:
    """How PostgreSQL goes about the first question about this table."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    question = next(
        one["sql"] for one in asked if one["sql"].startswith("SELECT") and f'FROM "{table}"' in one["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {question}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_only_what_is_open_is_read(index: str) -> None:
    assert index in plan(*ASKED[index])


def test_without_its_index_all_is_read(index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    told = plan(*ASKED[index])
    assert "Filter:" in told
    assert index not in told
