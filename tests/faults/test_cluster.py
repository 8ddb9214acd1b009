"""Several machines: the pooler keeps no session, the standby is read but never too old, and may take over.

The control is an asynchronous standby that is behind: what was acknowledged meanwhile must be missed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.faults.checks import all_well, missing
from tests.faults.cluster import Cluster
from tests.faults.load import Customers
from tests.faults.sizes import LONG
from tests.faults.test_database_away import ALLOWED, until_ordered
from tests.faults.web import Web

pytestmark = pytest.mark.xdist_group("cluster")

PAGES = count(25)  # another size each time: nothing remembered fits


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Primary, standby, pooler, two webs, two workers; the replica may be a minute behind."""
    with Cluster(tmp_path_factory.mktemp("cluster"), shops=12, REPLICA_LAG="60") as cluster:
        yield cluster


def price(who: Web, code: str) -> str:
    """What the catalogue asks for it now."""
    rows = who.get(f"/products?page_size={next(PAGES)}").data
    return next(str(row["price"]) for row in rows if row["id"] == code)


def test_the_standby_is_read_and_never_behind_a_change(own: Cluster) -> None:
    goods = own.world["goods"][0]["id"]
    vendor, shop = Customers(own, seed=1, count=1).web("vendor"), Web(own)
    before = price(shop, goods)
    own.at_standby("SELECT pg_wal_replay_pause()")
    try:
        assert vendor.sure("PATCH", f"/products/{goods}", {"price": "77.70"}).status == 200
        assert price(vendor, goods) == price(shop, goods) == "77.70"
        with redis.Redis.from_url(own.valkey.url()) as client:
            client.flushall()  # the note of the change is lost with it
        assert price(shop, goods) == before
    finally:
        own.at_standby("SELECT pg_wal_replay_resume()")
    end = time.monotonic() + 10
    while price(shop, goods) != "77.70":
        assert time.monotonic() < end, "the standby never caught up"


def test_the_primary_dies_under_load(own: Cluster, size: Any, reached: Any) -> None:
    customers = Customers(own, seed=26, count=6)
    with customers.at_work() as ledger:
        until_ordered(ledger, 30)
        time.sleep(size("failover").before)
        own.lose_primary()
        own.promote()
        slowest = until_ordered(ledger, 30)
        time.sleep(size("failover").after)
    all_well(own, ledger)
    assert set(ledger.diary.statuses) <= ALLOWED, ledger.diary.statuses
    reached(
        "failover", f"{len(ledger.bought)} orders, 0 acknowledged lost, {ledger.diary.statuses[503]} × 503,"
        f" writes back {slowest:.1f} s after the primary died",
    )  # fmt: skip


if LONG:

    def test_an_asynchronous_standby_loses_what_was_acknowledged(tmp_path: Path, reached: Any) -> None:
        """The control: the same loss, with nobody waiting for the standby, is seen by the same check."""
        with Cluster(tmp_path / "control", shops=2, REPLICA_LAG="1") as cluster:
            customers, dice = Customers(cluster, seed=27, count=1), random.Random(27)
            kept = ordered(customers, dice, 5)
            cluster.cut_off()
            late = ordered(customers, dice, 20)
            cluster.lose_primary()
            cluster.promote()
            assert ordered(customers, dice, 1)
            lost = set(missing(cluster, customers.ledger)["orders"])
        assert late <= lost
        assert not kept & lost
        reached(
            "failover", f"control: {len(lost)} acknowledged lost with an asynchronous standby that was behind"
        )


def ordered(customers: Customers, dice: random.Random, wanted: int) -> set[str]:
    """So many acknowledged orders at least, one after the other."""
    codes: set[str] = set()
    while len(codes) < wanted:
        codes |= {one.code for one in customers.order(0, dice, payment_method="cash_on_delivery")}
    return codes
