"""A bank on a bad day, and a process that dies between two steps of paying, both at once: every cell of the table ends
right. Each payment is made, and given back again, so both ways are tried."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.faults.checks import all_well, later, settle_down
from tests.faults.lab import Lab
from tests.faults.load import Bought, Customers
from tests.faults.tripwires import POINTS
from tests.faults.web import CARD

BEHAVIOURS = [
    *itertools.product(["session", "refund"], ["hang", "drop", "error", "garbage", "decline"]),
    *itertools.product(["query"], ["hang", "drop", "error", "garbage"]),
    *itertools.product(["callback"], ["hang", "drop", "error", "garbage", "decline", "silent"]),
    ("callback", "wrong_amount"),
    ("callback", "wrong_currency"),
]
ENDED = ("failed", "expired", "cancelled", "rejected")


@dataclass
class Cell:
    """One payment: the bank's bad day, and where a process dies on the way."""

    number: int
    on: str
    do: str
    point: str
    order: Bought | None = None


def table(size: Any) -> list[Cell]:
    """Every pair in the long form; in the short one each behaviour and each point at least once."""
    points, dice = [*POINTS], random.Random(6)
    if size("G6").pairs:
        pairs = list(itertools.product(BEHAVIOURS, points))
    else:
        dice.shuffle(points)
        pairs = list(zip(BEHAVIOURS, itertools.cycle(points), strict=False))
    return [Cell(number, on, do, point) for number, ((on, do), point) in enumerate(pairs)]


def pay_once(lab: Lab, customers: Customers, cell: Cell) -> None:
    """Order, arm, pay with a good card."""
    dice, shop = random.Random(cell.number), cell.number % lab.shops
    if cell.point == "ordered":
        lab.arm("ordered", str(cell.number), "*")
    cell.order = one = customers.order(shop, dice, payment_method="card")[0]
    codes = [each.code for each in customers.ledger.bought if each.checkout == one.checkout]
    if cell.point != "ordered":
        lab.arm(cell.point, str(cell.number), " ".join([one.payment, *codes]))
    lab.control("behaviour", {"reference": one.payment, "on": cell.on, "do": cell.do, "times": 1})
    customers.pay(one, CARD)
    if (cell.on, cell.do) == ("callback", "decline"):
        customers.ledger.paid.discard(one.payment)


def status(customers: Customers, one: Bought) -> str:
    """What its buyer sees."""
    return str(customers.web("retailer", one.shop).sure("GET", f"/orders/{one.code}").data["status"])


def decided(lab: Lab, customers: Customers, cell: Cell, seconds: float = 60) -> None:
    """Waits until the order is no longer awaiting payment; one that was rightly paid for must go on."""
    one, end = cell.order, time.monotonic() + seconds
    assert one
    while (found := status(customers, one)) == "awaiting_payment":
        assert time.monotonic() < end, f"{cell} is never decided"
        time.sleep(0.5)
    rightly = one.payment in customers.ledger.paid and not cell.do.startswith("wrong")
    assert (found == "placed") == rightly, (cell, found)


def run(lab: Lab, customers: Customers, cells: list[Cell]) -> None:
    """All of them, a few at a time, while the clock of deadlines runs faster."""
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda cell: pay_once(lab, customers, cell), cells))
        waiting = [hands.submit(decided, lab, customers, cell) for cell in cells]
        while not all(each.done() for each in waiting):
            later(lab, 5)
            time.sleep(0.5)
        for each in waiting:
            each.result()


def give_back(lab: Lab, customers: Customers, cells: list[Cell]) -> None:
    """Every buyer changes their mind; where the bank declined to pay back, staff ask again."""
    for order in customers.ledger.bought:
        if status(customers, order) not in ENDED:
            assert customers.move(customers.web("retailer", order.shop), order, "cancel")
    settle_down(lab)
    declined = lab.rows(
        """SELECT p.id, p.captured - p.refunding, r.id FROM payments_refund r
           JOIN payments_payment p ON p.id = r.payment_id WHERE r.status = 'failed' AND p.captured > p.refunding"""
    )
    for payment, left, refund in declined:
        body = {"amount": str(left), "reason": "Declined before"}
        answer = customers.web("staff").sure(
            "POST", f"/payments/PAY{payment}/refunds", body, key=f"again-{refund}"
        )
        assert answer.status == 201, answer


def kept(lab: Lab, cells: list[Cell]) -> Counter[str]:
    """What is left at the bank of each payment: nothing; and at most one capture."""
    book: dict[str, list[Any]] = {}
    for entry in lab.control("book")["entries"]:
        book.setdefault(entry["session"], []).append(entry)
    refs = dict(lab.rows("SELECT 'PAY' || id, gateway_ref FROM payments_payment WHERE gateway_ref <> ''"))
    ends: Counter[str] = Counter()
    for cell in cells:
        entries = book.get(refs.get(cell.order.payment, ""), []) if cell.order else []
        kinds = Counter(entry["kind"] for entry in entries)
        sums = {kind: sum(Decimal(e["amount"]) for e in entries if e["kind"] == kind) for kind in kinds}
        assert kinds["capture"] <= 1, (cell, entries)
        assert sums.get("capture", 0) == sums.get("refund", 0), (cell, entries)
        ends["paid and given back" if kinds["capture"] else "never taken"] += 1
    return ends


@pytest.mark.usefixtures("lab")
def test_every_bad_day_with_every_death(
    lab: Lab, size: Any, patience: Any, reached: Any, progress: Any
) -> None:
    """G6."""
    cells, died, tried = table(size), 0, 0
    customers = Customers(lab, seed=6, count=0)
    ends: Counter[str] = Counter()
    for start in range(0, len(cells), 44):
        if tried and not patience:
            break
        batch = cells[start : start + 44]
        tried += len(batch)
        run(lab, customers, batch)
        give_back(lab, customers, batch)
        all_well(lab, customers.ledger, 120)
        ends += kept(lab, batch)
        died += len(batch) - lab.armed()
        progress(f"{start + len(batch)} of {len(cells)} cells")
        lab.disarm()
        lab.control("reset", {})
    reached(
        "G6", f"{len(BEHAVIOURS)} behaviours × {len(POINTS)} crash points: {tried} of {len(cells)} cells, {died} of"
        f" them with their crash; {dict(ends)}; 0 double charge, 0 double refund, 0 orphan money",
    )  # fmt: skip
