"""PostgreSQL stopped where it stands, and full: 503 while it is away, nothing half done, at work again soon after."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

from tests.faults.checks import all_well
from tests.faults.lab import Lab
from tests.faults.load import Customers, Ledger

ALLOWED = {0, 200, 201, 302, 303, 400, 404, 409, 429, 503}


def until_ordered(ledger: Ledger, seconds: float) -> float:
    """How long until somebody's order is acknowledged again."""
    began, before = time.monotonic(), len(ledger.bought)
    while len(ledger.bought) == before:
        assert time.monotonic() < began + seconds, "nobody could order any more"
        time.sleep(0.05)
    return time.monotonic() - began


def test_immediate_stops_in_mid_load(lab: Lab, size: Any, patience: Any, reached: Any, progress: Any) -> None:
    """G8."""
    dice, slowest, stops, wanted = random.Random(8), 0.0, 0, size("G8").stops
    customers = Customers(lab, seed=8, count=8)
    with customers.at_work() as ledger:
        while stops < wanted and (patience or not stops):
            time.sleep(dice.uniform(0.5, 2))
            lab.stop_postgres()
            time.sleep(dice.uniform(0.3, 2.5))
            lab.start_postgres()
            slowest = max(slowest, until_ordered(ledger, 30))
            stops += 1
            progress(f"stop {stops} of {wanted}, {len(ledger.bought)} orders")
    all_well(lab, ledger)
    assert set(ledger.diary.statuses) <= ALLOWED, ledger.diary.statuses
    assert slowest <= 10
    reached(
        "G8", f"{stops} stops, {len(ledger.bought)} orders, {ledger.diary.statuses[503]} × 503,"
        f" no other 5xx, 0 lost; ordering again after at most {slowest:.1f} s",
    )  # fmt: skip


FULL = """
CREATE FUNCTION lab_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER lab_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION lab_full();
"""


def test_a_full_disk_under_the_database(lab: Lab, reached: Any) -> None:
    """G11: writes are refused with 503 at whichever table the space ends, leaving no row; then it goes on by itself."""
    customers, dice, met = Customers(lab, seed=11, count=1), random.Random(11), Counter[int]()
    shop = lab.world["people"]["retailer"][0]
    body = {
        "items": [{"product": lab.world["goods"][0]["id"], "quantity": 1}],
        "address": shop["address"],
        "payment_method": "card",
    }
    count = "SELECT (SELECT count(*) FROM orders_checkout), (SELECT count(*) FROM core_answer)"
    before = lab.rows(count)
    for number, table in enumerate(("core_answer", "orders_order", "payments_payment", "catalog_movement")):
        lab.rows(FULL.format(table=table))
        try:
            met[customers.web("retailer").once("POST", "/orders", body, key=f"full-{number}").status] += 1
        finally:
            lab.rows("DROP FUNCTION lab_full CASCADE")
    assert met == {503: 4}
    assert lab.rows(count) == before
    assert customers.order(0, dice)
    all_well(lab, customers.ledger)
    reached("G11", "database full at 4 tables: 4 × 503, no row left, ordering again at once")
