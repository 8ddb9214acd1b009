"""How long `manage.py audit` takes: `python -m benchmarks.audit [orders]`, on a PostgreSQL of its own.

Every order is a card order of two lines that was paid and delivered, with the whole history, outbox, inboxes and ledger
that the market would have written. Then the same orders are placed once with and once without the triggers' watch.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from local import children
from local.postgres import Postgres
from local.testing import FIXED

PRODUCTS = 400
TIMED_ORDERS = 300

HISTORIES = {
    "ORD": ("order", ["create awaiting_payment", "pay placed", "accept processing", "ready ready",
                      "pick_up picked_up", "out_for_delivery out_for_delivery", "deliver delivered"]),
    "PAY": ("payment", ["create created", "open pending", "capture captured"]),
    "DEL": ("delivery", ["create assigned", "assign assigned", "pick_up picked_up",
                         "out_for_delivery out_for_delivery", "deliver delivered"]),
}  # fmt: skip

ROWS = """
INSERT INTO orders_checkout (id, retailer_id, method, currency, total, address, note, reserved_until, created_at)
    SELECT n, '{retailer}', 'card', 'AED', 21, '{{}}', '', {then}, {then}
    FROM generate_series(1, {count}) n;
INSERT INTO orders_order (id, checkout_id, retailer_id, vendor_id, currency, subtotal, vat, total, created_at,
                          placed_at, delivered_at, status, version)
    SELECT n, n, '{retailer}', '{vendor}', 'AED', 20, 1, 21, {then}, {then},
           {then}, 'delivered', 7 FROM generate_series(1, {count}) n;
INSERT INTO orders_line (id, order_id, product_id, name, name_ar, unit, quantity, unit_price, vat_category, net, vat,
                         total, hold)
    SELECT 2 * n + half, n, {first} + (n + 7 * half) % {products}, 'x', '', 'XCT', 2, 5, 'S', 10, 0.50, 10.50,
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
    JOIN accounts_user person ON person.id IN ('{buyer}', '{seller}')
    WHERE reaction.handler = 'accounts.inbox.tell' AND event.name LIKE 'order.%' ORDER BY event.id;
SELECT setval(pg_get_serial_sequence(name, 'id'), {count} + 2000)
    FROM unnest(ARRAY['orders_checkout', 'orders_order', 'payments_payment', 'logistics_delivery']) name;
SELECT setval(pg_get_serial_sequence('orders_line', 'id'), 2 * {count} + 2000);
ANALYZE;
"""


def main(count: int) -> None:
    """Build, audit three times, and time orders with and without triggers."""
    with ExitStack() as at_the_end, tempfile.TemporaryDirectory() as folder:
        _start(Path(folder), at_the_end)
        _build(count)
        _audit(count)
        _order()
        _close()


def _start(folder: Path, at_the_end: ExitStack) -> None:
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
    os.environ |= FIXED | here | {"REDIS_URL": "redis://127.0.0.1:1/0", "RATELIMIT_ENABLE": "false"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _build(count: int) -> None:
    from django.db import connection

    from aqad.reactions import REACTIONS
    from tests.cast import Cast
    from tests.factories import ProductFactory

    cast, began = Cast(), time.monotonic()
    goods = [ProductFactory.create(vendor=cast.ahmed_foods, quantity=10_000_000) for _ in range(PRODUCTS)]
    names: dict[str, Any] = {
        "then": "now() - interval '1 day' - (n % 59) * interval '1 day'",
        "count": count, "products": PRODUCTS, "first": goods[0].pk, "retailer": cast.fresh_mart.pk,
        "vendor": cast.ahmed_foods.pk, "carrier": cast.fasttrack.pk, "driver": cast.bilal.pk, "buyer": cast.fatima.pk,
        "seller": cast.ahmed.pk,
    }  # fmt: skip
    follows = ", ".join(
        f"('{name}', '{handler}')" for name, handlers in REACTIONS.items() for handler in handlers
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0")
        cursor.execute(ROWS.format(**names))
        cursor.execute(STORY)
        for prefix, (noun, steps) in HISTORIES.items():
            cursor.execute(EVENTS.format(**names, noun=noun, prefix=prefix, steps=_steps(steps)))
        cursor.execute(IN_TURN)
        cursor.execute(OUTBOX.format(**names, follows=follows))
        cursor.execute("SET session_replication_role = origin")
    connection.close()
    print(f"Built {count} orders in {time.monotonic() - began:.0f} s")


def _steps(steps: list[str]) -> str:
    rows, before = [], ""
    for seq, step in enumerate(steps, 1):
        name, after = step.split()
        rows.append(f"('{name}', {seq}, '{before}', '{after}')")
        before = after
    return ", ".join(rows)


def _audit(count: int) -> None:
    from core import audit

    for _ in range(3):
        report = audit.audit()
        slow = sorted(report.findings, key=lambda found: -found.seconds)[:6]
        each = ", ".join(f"{found.invariant.id} {found.seconds:.2f}" for found in slow)
        print(f"Audit of {count} orders: {report.seconds:.2f} s, broken {list(report.broken)} ({each})")


def _order() -> None:
    """The order path, in turns with and without the triggers of sums, parties and histories."""
    from django.db import connection

    from accounts.models import User
    from catalog.models import Product
    from core.roles import Role
    from orders.pricing import Wish
    from payments import actions as payments
    from retailers.models import Address

    buyer = User.objects.get(role=Role.RETAILER)
    address, goods = Address.objects.get(), list(Product.objects.order_by("-pk")[:5])
    wishes = [Wish(product.code, 2) for product in goods]
    took: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for turn in range(TIMED_ORDERS * 2):
        way = "ENABLE" if turn // 50 % 2 else "DISABLE"
        if turn % 50 == 0:
            with connection.cursor() as cursor:
                for table, trigger in WATCHED:
                    cursor.execute(f"ALTER TABLE {table} {way} TRIGGER {trigger}")
        began = time.perf_counter()
        with payments.checking_out(wishes, address=address, method="card", by=buyer):
            pass
        took[way].append(time.perf_counter() - began)
    for way, times in took.items():
        middle = sorted(times)[len(times) // 2] * 1000
        print(
            f"An order of five lines, triggers {way.lower()}d: {middle:.2f} ms in the middle of {len(times)}"
        )


WATCHED = [
    ("core_event", "core_event_follows"),
    ("orders_order", "orders_order_told"), ("orders_order", "orders_order_adds_up"),
    ("orders_line", "orders_line_fits"), ("payments_payment", "payments_payment_told"),
    ("payments_payment", "payments_payment_adds_up"), ("payments_allocation", "payments_allocation_fits"),
]  # fmt: skip


def _close() -> None:
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
