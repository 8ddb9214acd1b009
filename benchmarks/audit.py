"""How long `manage.py audit` takes: `python -m benchmarks.audit [orders]`, on a PostgreSQL of its own.

The past is that of `benchmarks.past`. Then the same orders are placed once with and once without the triggers' watch.
"""

from __future__ import annotations

import sys
import time

from benchmarks import ground, past

TIMED_ORDERS = 300


def main(count: int) -> None:
    """Build, audit three times, and time orders with and without triggers."""
    with ground.servers():
        past.build(count)
        _audit(count)
        _order()


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

    buyer = User.objects.filter(role=Role.RETAILER).first()
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
