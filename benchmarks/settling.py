"""`python -m benchmarks.settling [PAYMENTS]`: how many callbacks one worker settles in a second, with nothing beside.

Each payment is spoken of three times, in any order: pending, captured, failed. So half of them are paid, and half fail
first and are given back. Beside it, in the same run: three statements of the ORM in a transaction, for each callback.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ground import servers

FACTS = ("pending", "captured", "failed")


def owed(count: int) -> list[Any]:
    """So many card payments at the bank, each for an order of one line."""
    from orders.pricing import Wish
    from payments.actions import _opened, checking_out
    from payments.gateways.base import Session
    from tests.cast import Cast
    from tests.factories import ProductFactory

    cast, made = Cast(), []
    shelves = [ProductFactory.create(vendor=cast.ahmed_foods, quantity=100 * count) for _ in range(50)]
    for number in range(count):
        wishes = [Wish(shelves[number % 50].code, 20)]
        with checking_out(wishes, address=cast.deira, method="card", by=cast.fatima) as bought:
            made += bought.payments
    return [_opened(one, Session(f"sess_{one.pk}", "https://bank.example/")) for one in made]


def told(payments: list[Any]) -> None:
    """Keep what the bank says of them."""
    from payments.models import Callback

    facts = [(payment, fact) for payment in payments for fact in FACTS]
    random.Random(4).shuffle(facts)  # noqa: S311
    for number, (payment, fact) in enumerate(facts):
        body = {
            "event_id": f"evt_{payment.pk}_{fact}", "fact": fact, "merchant": "aqad", "reference": payment.code,
            "session": f"sess_{payment.pk}", "amount": str(payment.amount), "currency": "AED", "failure": None,
        }  # fmt: skip
        Callback.objects.create(
            gateway="sandbox",
            event_id=body["event_id"],
            body=json.dumps(body).encode(),
            request_id=f"r{number}",
        )


def three() -> int:
    """The least a callback could cost with the ORM: read it, change its payment, mark it."""
    from django.db import transaction
    from django.utils import timezone

    from payments.models import Callback, Payment

    keys = list(Callback.objects.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            one = Callback.objects.get(pk=key)
            code = json.loads(bytes(one.body))["reference"]
            Payment.objects.coded(code).update(asked_at=timezone.now())
            Callback.objects.filter(pk=key).update(problem="")
    return len(keys)


def measured(name: str, work: Callable[[], int]) -> float:
    """Prints callbacks a second, and Python's share of each; answers the seconds of one."""
    began, spent = time.monotonic(), time.process_time()
    done = work()
    each, own = (time.monotonic() - began) / done, (time.process_time() - spent) / done
    print(f"{name:<24} {1 / each:6.0f} a second, {each * 1000:5.2f} ms each, {own * 1000:5.2f} ms of Python")
    return each


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 700
    with servers():
        from payments.callbacks import apply_due

        told(owed(count))
        least = measured("three statements", three)
        print(f"ratio {measured('settled', apply_due) / least:.1f}")


if __name__ == "__main__":
    main()
