"""Hosts whose clocks are wrong: holds end by the database's clock, neither early nor late, and nothing is lost."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from tests.faults import sizes
from tests.faults.checks import all_well, waiting
from tests.faults.lab import Lab
from tests.faults.load import Bought, Customers
from tests.faults.test_storms import signed_in
from tests.faults.web import CARD

MARGIN = 60.0
EXPIRE = "UPDATE orders_checkout SET reserved_until = now() + interval '%s seconds' WHERE id = %s"


def hold_for(lab: Lab, one: Bought, seconds: float) -> None:
    """Move the deadline of an order that near, by the database's clock."""
    lab.rows(EXPIRE % (seconds, int(one.checkout.removeprefix("CHK"))))


def ended_after(lab: Lab, one: Bought, seconds: float) -> float:
    """How long until it is no longer awaiting payment."""
    began, query = time.monotonic(), "SELECT status FROM orders_order WHERE id = %s"
    while lab.rows(query, int(one.code.removeprefix("ORD"))) == [("awaiting_payment",)]:
        assert time.monotonic() < began + seconds, "it never ended"
        time.sleep(0.1)
    return time.monotonic() - began


def ordered(customers: Customers, number: int) -> Bought:
    """One order by card."""
    dice = random.Random(number)
    return customers.order(number, dice, payment_method="card", items=[
        {"product": customers.lab.world["goods"][number]["id"], "quantity": 1}
    ])[0]  # fmt: skip


@pytest.mark.parametrize("minutes", sizes.of("G12").minutes)
def test_holds_end_by_the_clock_of_the_database(lab: Lab, reached: Any, minutes: int) -> None:
    """G12: ten minutes fast or (in the long form) slow, and right again; the bank, which refuses such hosts, waits."""
    customers = signed_in(lab, 120 + minutes, 3)
    never_opened, opened, paid = (ordered(customers, number) for number in range(3))
    customers.web("retailer", 1).open_page(str(opened.link))
    page = customers.web("retailer", 2).open_page(str(paid.link))
    lab.set_clock(60 * minutes)
    time.sleep(1.5)
    hold_for(lab, never_opened, 4)
    early = ended_or_waits(lab, never_opened, 3)
    assert not early, "it ended before its time"
    customers.pay(paid, CARD)
    assert page
    lab.set_clock(0)
    hold_for(lab, opened, 2)
    late = max(ended_after(lab, never_opened, MARGIN + 4), ended_after(lab, opened, MARGIN + 2))
    took = all_well(lab, customers.ledger)
    status = lab.rows("SELECT status FROM orders_order WHERE id = %s", int(paid.code.removeprefix("ORD")))
    assert status == [("placed",)]
    assert not waiting(lab)
    reached(
        "G12", f"clocks {minutes:+d} min and back: 0 ended early, at most {late:.0f} s late, a payment made meanwhile"
        f" is settled ({took:.0f} s)",
    )  # fmt: skip


def ended_or_waits(lab: Lab, one: Bought, seconds: float) -> bool:
    """Whether it ends within so many seconds."""
    try:
        ended_after(lab, one, seconds)
    except AssertionError:
        return False
    return True
