# ruff: noqa: E501, S608
"""A past of any size for benchmarks: orders that were paid and delivered, with all that the market would have written.

Every order is a card order of two lines, with its history, outbox, inboxes and ledger. A vendor and a shop have about
`EACH` orders whatever the whole is, as in a market that grows by more businesses.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from local import children
from local.postgres import Postgres
from local.testing import FIXED
from local.valkey import Valkey

PRODUCTS = 40  # of each vendor
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
    SELECT n, n, '{carrier}', '{driver}', '', 0, '', '', '', {then}, {then},
           'delivered', 5 FROM generate_series(1, {count}) n;
"""
EVENTS = """
INSERT INTO story (name, subject, seq, before, after, actor_id, actor, note, data, request_id, at)
    SELECT '{noun}.' || step.name, '{prefix}' || n, step.seq, step.before, step.after, NULL, 'x', '', '{{}}', '',
           {then} + step.seq * interval '1 minute'
    FROM generate_series(1, {count}) n, (VALUES {steps}) step (name, seq, before, after);
"""
IN_TURN = """
UPDATE core_event SET at = now() - interval '61 days';
INSERT INTO core_event (name, subject, seq, before, after, actor_id, actor, note, data, request_id, at)
    SELECT * FROM story ORDER BY at;
DROP TABLE story;
"""
STORY = """
CREATE TEMP TABLE story AS
    SELECT name, subject, seq, before, after, actor_id, actor, note, data, request_id, at FROM core_event LIMIT 0;
"""
OUTBOX = """
INSERT INTO core_reaction (event_id, handler, due_at, attempts, done_at, dead, problem)
    SELECT event.id, follows.handler, now(), 1, now(), false, ''
    FROM core_event event JOIN (VALUES {follows}) follows (name, handler) ON follows.name = event.name
    WHERE NOT EXISTS (SELECT FROM core_reaction WHERE event_id = event.id) ORDER BY event.id;
INSERT INTO accounts_notification (id, user_id, event_id, title, url, created_at)
    SELECT gen_random_uuid(), person.id, reaction.event_id, 'x', '', event.at
    FROM core_reaction reaction JOIN core_event event ON event.id = reaction.event_id
    JOIN orders_order bought ON bought.id = substr(event.subject, 4)::bigint
    JOIN accounts_membership place ON place.business_id IN (bought.vendor_id, bought.retailer_id)
    JOIN accounts_user person ON person.id = place.user_id
    WHERE reaction.handler = 'accounts.inbox.tell' AND event.name LIKE 'order.%' ORDER BY event.id;
SELECT setval(pg_get_serial_sequence(name, 'id'), {count} + 2000)
    FROM unnest(ARRAY['orders_checkout', 'orders_order', 'payments_payment', 'logistics_delivery']) name;
SELECT setval(pg_get_serial_sequence('orders_line', 'id'), 2 * {count} + 2000);
ANALYZE;
"""


PARTIES = {
    "accounts_business": ("id = '{code}'", {"id": "'{letter}' || ({number} + n)"}),
    "{profile}": ("business_id = '{code}'", {"business_id": "'{letter}' || ({number} + n)"}),
    "accounts_user": ("id = '{person}'", {"id": "md5('{code}' || n)::uuid", "email": "lower('{letter}') || n || '@past.example'"}),
    "accounts_membership": (
        "user_id = '{person}'",
        {"id": "{number}::bigint * 10000000 + n", "user_id": "md5('{code}' || n)::uuid", "business_id": "'{letter}' || ({number} + n)"},
    ),
}  # fmt: skip


def start(folder: Path, at_the_end: ExitStack) -> None:
    """A PostgreSQL of its own with the market's tables, a Valkey, and Django on them."""
    server = Postgres(folder / "postgres", folder / "postgres.log", durable=True)
    server.prepare()
    child = server.start()
    at_the_end.callback(children.stop, [child])
    server.wait(child)
    server.create("aqad")
    here = {
        "AQAD_DEMO": "true",
        "AQAD_VAR": str(folder),
        "DATABASE_URL": server.url("aqad"),
        "LOG_LEVEL": "ERROR",
    }
    valkey = Valkey(folder / "valkey", folder / "valkey.log", os.environ)
    memory = valkey.start()
    at_the_end.callback(children.stop, [memory])
    valkey.wait(memory)
    os.environ |= FIXED | here | {"REDIS_URL": valkey.url(), "RATELIMIT_ENABLE": "false"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def build(count: int) -> Any:
    """So many orders; answers the people of the first vendor, the first shop and the carrier."""
    from django.db import connection

    from aqad.reactions import REACTIONS
    from tests.cast import Cast
    from tests.factories import ProductFactory

    cast, began, parties = Cast(), time.monotonic(), max(1, count // EACH)
    goods = [ProductFactory.create(vendor=cast.ahmed_foods, quantity=PLENTY) for _ in range(PRODUCTS)]
    names: dict[str, Any] = {
        "then": "now() - interval '1 day' - (n % 59) * interval '1 day'",
        "count": count, "products": PRODUCTS, "first": goods[0].pk, "parties": parties,
        "retailer": f"'R' || ({_number(cast.fresh_mart)} + n / 7 % {parties})",
        "vendor": f"'V' || ({_number(cast.ahmed_foods)} + n % {parties})",
        "carrier": cast.fasttrack.pk, "driver": cast.bilal.pk,
    }  # fmt: skip
    follows = ", ".join(
        f"('{name}', '{handler}')" for name, handlers in REACTIONS.items() for handler in handlers
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0")
        for business, person in ((cast.ahmed_foods, cast.ahmed), (cast.fresh_mart, cast.fatima)):
            _more_parties(cursor, business, person, parties)
        _more_goods(cursor, goods[0].pk, _number(cast.ahmed_foods), parties)
        cursor.execute(ROWS.format(**names))
        cursor.execute(STORY)
        for prefix, (noun, steps) in HISTORIES.items():
            cursor.execute(EVENTS.format(**names, noun=noun, prefix=prefix, steps=_steps(steps)))
        cursor.execute(IN_TURN)
        cursor.execute(OUTBOX.format(**names, follows=follows))
        cursor.execute("SET session_replication_role = origin; RESET statement_timeout")
    connection.close()
    print(f"Built {count:,} orders of {parties:,} vendors in {time.monotonic() - began:.0f} s", flush=True)
    return cast


def _number(business: Any) -> int:
    return int(business.pk[1:])


def _more_parties(cursor: Any, business: Any, person: Any, parties: int) -> None:
    """Businesses like this one, each with a person like this one."""
    facts = {
        "code": business.pk, "letter": business.pk[0], "number": _number(business), "person": person.pk,
        "profile": business._meta.db_table,
    }  # fmt: skip
    for table, (which, changed) in PARTIES.items():
        told = {column: value.format(**facts) for column, value in changed.items()}
        _copy(
            cursor, table.format(**facts), which.format(**facts), f"generate_series(1, {parties - 1}) n", told
        )


def _more_goods(cursor: Any, first: int, vendor: int, parties: int) -> None:
    """The first vendor's goods, for every other vendor too."""
    series = f"generate_series(1, {parties - 1}) n"
    which, beyond = f"{{}} BETWEEN {first} AND {first + PRODUCTS - 1}", f"row.{{}} + n * {PRODUCTS}"
    goods = {"id": beyond.format("id"), "vendor_id": f"'V' || ({vendor} + n)"}
    _copy(cursor, "catalog_product", which.format("id"), series, goods)
    key = "product_id"
    _copy(cursor, "catalog_stock", which.format(key), series, {key: beyond.format(key)})
    ledger = {key: beyond.format(key), "id": f"row.id + n * {PRODUCTS} * 10"}
    _copy(cursor, "catalog_movement", which.format(key), series, ledger)
    for table in ("catalog_product", "catalog_movement"):
        highest = first + 1000 + parties * PRODUCTS * 10
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, highest])


def _copy(cursor: Any, table: str, which: str, series: str, changed: dict[str, str]) -> None:
    """The rows of a table again and again, with other values in some columns."""
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")
    columns = [column.name for column in cursor.description]
    values = [changed.get(name, f"row.{name}") for name in columns]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(values)} FROM {table} row, {series} WHERE row.{which}"
    )


def _steps(steps: list[str]) -> str:
    rows, before = [], ""
    for seq, step in enumerate(steps, 1):
        name, after = step.split()
        rows.append(f"('{name}', {seq}, '{before}', '{after}')")
        before = after
    return ", ".join(rows)
