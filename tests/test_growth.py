"""What looks for open rows reads those alone, however many have ended: its plan names the index that has no others.

Beside forty rows that are looked for stand ten thousand others. Without its index each question reads them too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
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
    "notification_unread": f"""
        INSERT INTO accounts_notification (id, user_id, event_id, title, url, read_at)
        SELECT gen_random_uuid(), (SELECT id FROM accounts_user WHERE name = 'Fatima'), n, '', '',
               CASE WHEN {ENDED} THEN now() END""",
    "delivery_delivered": f"""
        INSERT INTO logistics_delivery (order_id, carrier_id, driver_id, salt, tries, failure, note, photo,
                                        delivered_at, status, version)
        SELECT n, (SELECT business_id FROM logistics_carrier), (SELECT id FROM accounts_user WHERE name = 'Bilal'), '',
               0, '', '', '', now() - CASE WHEN {ENDED} THEN interval '1 year' ELSE interval '0' END, 'delivered', 1""",
}  # fmt: skip


def sees(person: User, page: str) -> None:
    """Somebody opens a page."""
    browser = Client()
    browser.force_login(person, backend="accounts.backends.EmailBackend")
    assert browser.get(page).status_code == 200


ASKED: dict[str, tuple[str, Callable[[Cast], Any]]] = {
    "reaction_waiting": ("core_reaction", lambda cast: events.claim()),
    "callback_waiting": ("payments_callback", lambda cast: callbacks._claim()),
    "payment_to_end": ("payments_payment", lambda cast: asking.release_holds()),
    "answer_by_age": ("core_answer", lambda cast: tidying.tidy()),
    "notification_unread": ("accounts_notification", lambda cast: sees(cast.fatima, "/cart/")),
    "delivery_delivered": ("logistics_delivery", lambda cast: sees(cast.deepa, "/carrier/")),
}

TABLES = sorted({"orders_checkout"} | {table for table, _ in ASKED.values()})


@pytest.fixture(params=ROWS)
def index(request: pytest.FixtureRequest, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an index, with rows in its table."""
    monkeypatch.setattr(asking, "_release", lambda payment: False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"{ROWS[request.param]} FROM generate_series(1, {MANY + OPEN}) n")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    return str(request.param)


def plans(cast: Cast, table: str, ask: Callable[[Cast], Any]) -> list[str]:
    """How PostgreSQL goes about each question about this table."""
    with CaptureQueriesContext(connection) as asked:
        ask(cast)
    questions = [
        one["sql"] for one in asked if one["sql"].startswith("SELECT") and f'FROM "{table}"' in one["sql"]
    ]
    return [explained(question) for question in questions]


def explained(question: str) -> str:
    """Its plan, line by line."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {question}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_only_what_is_looked_for_is_read(index: str, cast: Cast) -> None:
    assert any(index in plan for plan in plans(cast, *ASKED[index]))


def test_without_its_index_others_are_read(index: str, cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    told = plans(cast, *ASKED[index])
    assert any("Filter:" in plan for plan in told)
    assert not any(index in plan for plan in told)
