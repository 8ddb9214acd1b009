# ruff: noqa: E501
"""A past of any size for benchmarks: orders that were paid and delivered, with all that the market would have written.

Every order is a card order of two lines, with its history, outbox, inboxes and ledger. A vendor and a shop have about
`EACH` orders whatever the whole is, as in a market that grows by more businesses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from benchmarks.crowd import DRIVERS, PRODUCTS, more_drivers, more_goods, more_parties, number_of
from benchmarks.haste import asleep, hurried, tell

EACH = 1000  # orders of a vendor, and of a shop
PLENTY = 10_000_000

HISTORIES = {
    "ORD": ("order", ["create awaiting_payment", "pay placed", "accept processing", "ready ready",
                      "pick_up picked_up", "out_for_delivery out_for_delivery", "deliver delivered"]),
    "PAY": ("payment", ["create created", "open pending", "capture captured"]),
    "DEL": ("delivery", ["create assigned", "assign assigned", "pick_up picked_up",
                         "out_for_delivery out_for_delivery", "deliver delivered"]),
}  # fmt: skip

ROWS = """
INSERT INTO orders_checkout (id, retailer_id, method, currency, total, address, note, reserved_until, created_at)
    SELECT n, {retailer}, 'card', 'AED', 21, '{{}}', '', {then}, {then}
    FROM generate_series(1, {count}) n;
INSERT INTO orders_order (id, checkout_id, retailer_id, vendor_id, currency, subtotal, vat, total, created_at,
                          placed_at, delivered_at, status, version)
    SELECT n, n, {retailer}, {vendor}, 'AED', 20, 1, 21, {then}, {then},
           {then}, 'delivered', 7 FROM generate_series(1, {count}) n;
INSERT INTO orders_line (id, order_id, product_id, name, name_ar, unit, quantity, unit_price, vat_category, net, vat,
                         total, hold)
    SELECT 2 * n + half, n, {first} + n % {parties} * {products} + (n / {parties} + 7 * half) % {products}, 'x', '', 'XCT', 2, 5, 'S', 10, 0.50, 10.50,
           'consumed'
    FROM generate_series(1, {count}) n, generate_series(0, 1) half;
INSERT INTO catalog_movement (product_id, kind, on_hand, reserved, line, reason, actor, at)
    SELECT product_id, 'hold', 0, 2, id, '', 'x', now() - interval '1 day' FROM orders_line;
INSERT INTO catalog_movement (product_id, kind, on_hand, reserved, line, reason, actor, at)
    SELECT product_id, 'consume', -2, -2, id, '', 'x', now() - interval '1 hour' FROM orders_line;
UPDATE catalog_stock SET on_hand = on_hand - gone.quantity FROM (
    SELECT product_id, sum(quantity) AS quantity FROM orders_line GROUP BY product_id
) gone WHERE gone.product_id = catalog_stock.product_id;
INSERT INTO payments_payment (id, checkout_id, method, gateway, key, amount, currency, gateway_ref, gateway_url,
                              captured, captured_currency, refunding, settles, failure, created_at, status, version)
    SELECT n, n, 'card', 'sandbox', gen_random_uuid(), 21, 'AED', 'sess_' || n, '', 21, 'AED', 0, true, '',
           {then}, 'captured', 3 FROM generate_series(1, {count}) n;
INSERT INTO payments_allocation (payment_id, order_id, amount) SELECT n, n, 21 FROM generate_series(1, {count}) n;
INSERT INTO payments_callback (gateway, event_id, body, received_at, due_at, attempts, applied_at, parked, problem)
    SELECT 'sandbox', 'evt_' || n, 'x', now(), now(), 1, now(), false, '' FROM generate_series(1, {count}) n;
INSERT INTO logistics_delivery (id, order_id, carrier_id, driver_id, salt, tries, failure, note, photo, created_at,
                                delivered_at, status, version)
    SELECT n, n, '{carrier}', {driver}, '', 0, '', '', '', {then}, {then},
           'delivered', 5 FROM generate_series(1, {count}) n;
"""
EVENTS = """
INSERT INTO story (name, subject, seq, before, after, actor_id, actor, note, data, request_id, at)
    SELECT '{noun}.' || step.name, '{prefix}' || n, step.seq, step.before, step.after, NULL, 'x', '', '{{}}', '',
           {then} + step.seq * interval '1 minute'
    FROM generate_series(1, {count}) n, (VALUES {steps}) step (name, seq, before, after);
"""
STORY = """
CREATE TEMP TABLE story AS
    SELECT name, subject, seq, before, after, actor_id, actor, note, data, request_id, at FROM core_event LIMIT 0;
UPDATE core_event SET at = now() - interval '61 days';
CREATE TEMP TABLE earlier AS SELECT coalesce(max(id), 0) AS id FROM core_event;
"""
IN_TURN = """
INSERT INTO core_event (name, subject, seq, before, after, actor_id, actor, note, data, request_id, at)
    SELECT * FROM story ORDER BY at;
DROP TABLE story;
ANALYZE core_event, orders_order;
"""
OUTBOX = """
INSERT INTO core_reaction (event_id, handler, due_at, attempts, done_at, dead, problem)
    SELECT event.id, follows.handler, event.at, 1, event.at, false, ''
    FROM core_event event JOIN (VALUES {follows}) follows (name, handler) ON follows.name = event.name
    WHERE event.id > (SELECT id FROM earlier) ORDER BY event.id;
"""
TOLD = """
CREATE TEMP TABLE told AS
    SELECT event.id AS event_id, event.at, person.id AS user_id, person.email, follows.handler
    FROM core_event event JOIN (VALUES {follows}) follows (name, handler) ON follows.name = event.name
    JOIN orders_order bought ON bought.id = substr(event.subject, 4)::bigint
    CROSS JOIN LATERAL (VALUES (bought.vendor_id), (bought.retailer_id)) party (id)
    JOIN accounts_membership place ON place.business_id = party.id
    JOIN accounts_user person ON person.id = place.user_id
    WHERE event.id > (SELECT id FROM earlier) AND event.name LIKE 'order.%' ORDER BY event.id;
INSERT INTO accounts_notification (id, user_id, event_id, title, url, created_at)
    SELECT gen_random_uuid(), user_id, event_id, 'x', '', at FROM told WHERE handler = 'accounts.inbox.tell';
INSERT INTO accounts_letter (event_id, email, tried_at, sent_at)
    SELECT event_id, email, at, at FROM told WHERE handler = 'accounts.letters.news';
DROP TABLE told;
"""
ANSWERS = """
INSERT INTO core_answer (id, owner, key, fingerprint, status, body, at)
    SELECT gen_random_uuid(), retailer_id, gen_random_uuid(), 'x', 201, repeat('x', 800), created_at
    FROM orders_order WHERE created_at > now() - interval '6 days';
INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT md5(id::text), '{session}', now() + interval '9 days' FROM accounts_user;
INSERT INTO accounts_signin (id, user_id, session_id, program, mark, device, network, began_at, seen_at)
    SELECT gen_random_uuid(), id, md5(id::text), false, '', 'x', '192.0.2.0/24', now(), now() FROM accounts_user;
SELECT setval(pg_get_serial_sequence(name, 'id'), {count} + 2000)
    FROM unnest(ARRAY['orders_checkout', 'orders_order', 'payments_payment', 'logistics_delivery']) name;
SELECT setval(pg_get_serial_sequence('orders_line', 'id'), 2 * {count} + 2000);
"""
LONG = (
    "orders_checkout", "orders_order", "orders_line", "catalog_movement", "payments_payment", "payments_allocation",
    "payments_callback", "logistics_delivery", "core_event", "core_reaction", "accounts_notification",
    "accounts_letter", "core_answer",
)  # fmt: skip
"""The tables that get longer with every order."""


def build(count: int) -> Any:
    """So many orders; answers the people of the first vendor, the first shop and the carrier."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection

    from aqad.reactions import REACTIONS
    from tests.cast import Cast
    from tests.factories import ProductFactory

    cast, began, parties = Cast(), time.monotonic(), max(1, count // EACH)
    goods = [ProductFactory.create(vendor=cast.ahmed_foods, quantity=PLENTY) for _ in range(PRODUCTS)]
    follows = ((name, handler) for name, handlers in REACTIONS.items() for handler in handlers)
    names: dict[str, Any] = {
        "then": "now() - interval '1 day' - (n % 59) * interval '1 day'",
        "count": count, "products": PRODUCTS, "first": goods[0].pk, "parties": parties,
        "retailer": f"'R' || ({number_of(cast.fresh_mart)} + n / 7 % {parties})",
        "vendor": f"'V' || ({number_of(cast.ahmed_foods)} + n % {parties})",
        "carrier": cast.fasttrack.pk, "driver": _one_of_the_drivers(cast.bilal.pk, cast.fasttrack.pk),
        "session": SessionStore().encode({}),
        "follows": ", ".join(f"('{name}', '{handler}')" for name, handler in follows),
    }  # fmt: skip
    with connection.cursor() as cursor, hurried(cursor):
        for business, person in ((cast.ahmed_foods, cast.ahmed), (cast.fresh_mart, cast.fatima)):
            more_parties(cursor, business, person, parties)
        more_drivers(cursor, cast.bilal.pk, cast.fasttrack.pk)
        more_goods(cursor, goods[0].pk, number_of(cast.ahmed_foods), parties)
        with asleep(cursor, LONG):
            for part, words in _parts():
                started = time.monotonic()
                cursor.execute(words.format(**names))
                tell(f"{part} in {time.monotonic() - started:.0f} s")
    connection.close()
    tell(f"built {count:,} orders of {parties:,} vendors in {time.monotonic() - began:.0f} s")
    return cast


def _parts() -> Iterator[tuple[str, str]]:
    yield "orders, money, deliveries", ROWS
    yield "a place for history", STORY
    for prefix, (noun, steps) in HISTORIES.items():
        facts = {"noun": noun, "prefix": prefix, "steps": _steps(steps)}
        yield f"history of each {noun}", _filled(EVENTS, facts)
    yield "history in turn", IN_TURN
    yield "outbox", OUTBOX
    yield "inboxes and letters", TOLD
    yield "answers, sessions", ANSWERS


def _filled(words: str, facts: dict[str, str]) -> str:
    """These names at once, the others later."""
    for name, value in facts.items():
        words = words.replace("{" + name + "}", value)
    return words


def _one_of_the_drivers(first: Any, carrier: str) -> str:
    """In SQL, in turn."""
    turn = f"n % {DRIVERS}"
    return f"CASE {turn} WHEN 0 THEN '{first}'::uuid ELSE md5('{carrier}' || {turn})::uuid END"


def _steps(steps: list[str]) -> str:
    rows, before = [], ""
    for seq, step in enumerate(steps, 1):
        name, after = step.split()
        rows.append(f"('{name}', {seq}, '{before}', '{after}')")
        before = after
    return ", ".join(rows)
