"""Whether pages and sweepers cost the same when the market has grown: `python -m benchmarks.growth 10000 1000000`.

Two markets of these many past orders stand side by side, each on a PostgreSQL of its own, and are asked in turns. A
vendor and a shop have as many orders in both; what staff and sweepers look at has all of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import past

ROUNDS = 7
WAITING = 20  # orders that wait for the first vendor
NEAR = 1.5  # the goal: at most so many times the smaller market's time
Question = Callable[[], Any]


def main(sizes: list[int], rounds: int, out: Path | None) -> None:
    """Build both, ask in turns, print the table."""
    with ExitStack() as at_the_end:
        markets = [at_the_end.enter_context(_market(size)) for size in sizes]
        for market in markets:
            _line(market)
        told: list[list[dict[str, float]]] = [[] for _ in markets]
        for number in range(rounds):
            for market, answers in zip(markets, told, strict=True):
                answers.append(_asked(market))
            print(f"  round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    rows = _rows(told)
    _print(sizes, rows)
    if out:
        out.write_text(json.dumps({"sizes": sizes, "milliseconds": rows}, indent=1))


def _market(size: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.growth", "--one", str(size)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _asked(market: subprocess.Popen[str]) -> dict[str, float]:
    """One round: milliseconds of each question."""
    assert market.stdin
    print("ask", file=market.stdin, flush=True)
    answer: dict[str, float] = json.loads(_line(market))
    return answer


def _line(market: subprocess.Popen[str]) -> str:
    assert market.stdout
    line = market.stdout.readline()
    if not line:
        sys.exit("A market ended by itself.")
    if not line.startswith("{"):
        print(line, end="", file=sys.stderr, flush=True)
    return line


def _rows(told: list[list[dict[str, float]]]) -> dict[str, list[float]]:
    names = told[0][0]
    return {name: [median(answer[name] for answer in answers) for answers in told] for name in names}


def _print(sizes: list[int], rows: dict[str, list[float]]) -> None:
    print(f"{'':<44}" + "".join(f"{size:>14,}" for size in sizes) + f"{'times':>9}")
    for name, times in rows.items():
        ratio = times[-1] / times[0]
        mark = "" if ratio <= NEAR else "  above the goal"
        print(f"{name:<44}" + "".join(f"{each:>11.1f} ms" for each in times) + f"{ratio:>9.2f}{mark}")


def one(size: int) -> None:
    """A market that answers each line on its standard input with the times of all questions."""
    with ExitStack() as at_the_end, tempfile.TemporaryDirectory() as folder:
        past.start(Path(folder), at_the_end)
        cast = past.build(size)
        questions = _questions(cast, size)
        _timed(questions)
        for _ in sys.stdin:
            print(json.dumps(_timed(questions)), flush=True)
        _close()


def _timed(questions: dict[str, Question]) -> dict[str, float]:
    """Milliseconds of each, the better of two."""
    took = {}
    for name, question in questions.items():
        times = []
        for _ in range(2):
            began = time.perf_counter()
            question()
            times.append((time.perf_counter() - began) * 1000)
        took[name] = round(min(times), 2)
    return took


def _questions(cast: Any, size: int) -> dict[str, Question]:
    _some_orders_wait(cast)
    middle = size // 2 // (size // past.EACH or 1) * (size // past.EACH or 1)  # one of the first vendor's
    return _pages(cast, middle) | _sweeps()


def _some_orders_wait(cast: Any) -> None:
    """As any morning: some orders that the first vendor has not accepted yet, and one that is being ordered."""
    for _ in range(WAITING):
        _ordered(cast, "cash_on_delivery")


def _ordered(cast: Any, method: str) -> None:
    from catalog.models import Product
    from orders.pricing import Wish
    from payments import actions

    product = Product.objects.filter(vendor=cast.ahmed_foods).first()
    assert product
    with actions.checking_out([Wish(product.code, 1)], address=cast.deira, method=method, by=cast.fatima):
        pass


def _pages(cast: Any, middle: int) -> dict[str, Question]:
    """What people and programs open, past everything remembered."""
    from django.test import Client

    def page(person: Any, path: str) -> Question:
        client = Client()
        client.force_login(person, backend="accounts.backends.EmailBackend")
        return lambda: _good(client.get(path), path)

    wanted = [
        (cast.fatima, "/orders/"), (cast.fatima, "/notifications/"), (cast.fatima, "/catalog/"),
        (cast.ahmed, "/vendor/"), (cast.ahmed, "/vendor/orders/"), (cast.ahmed, "/vendor/orders/?status=delivered"),
        (cast.ahmed, "/vendor/products/"), (cast.ahmed, "/orders/ORD{middle}/"), (cast.bilal, "/driver/"),
        (cast.deepa, "/carrier/"), (cast.sara, "/admin/"), (cast.sara, "/admin/orders/order/"),
        (cast.sara, "/admin/orders/order/?q=ORD{middle}"), (cast.sara, "/admin/orders/order/{middle}/change/"),
        (cast.sara, "/admin/payments/payment/"), (cast.sara, "/admin/payments/callback/"),
        (cast.sara, "/admin/core/event/"), (cast.sara, "/admin/core/reaction/"),
    ]  # fmt: skip
    return {f"{person.name}: {path}": page(person, path.format(middle=middle)) for person, path in wanted} | {
        "an order is placed": lambda: _ordered(cast, "cash_on_delivery")
    }


def _good(answer: Any, path: str) -> None:
    assert answer.status_code == 200, (path, answer.status_code)


def _sweeps() -> dict[str, Question]:
    from core import events, tidying
    from payments import asking, callbacks

    return {
        "sweep: relay": events.relay,
        "sweep: callbacks": callbacks.apply_due,
        "sweep: ask the bank": asking.poll,
        "sweep: free unpaid stock": asking.release_holds,
        "sweep: tidy": tidying.tidy,
    }


def _close() -> None:
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 1_000_000])
    parser.add_argument("--one", type=int)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.one:
        one(given.one)
    else:
        main(given.sizes, given.rounds, given.out)
