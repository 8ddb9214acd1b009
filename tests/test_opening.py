"""The demo's past at the bank: its books agree, its payments can be refunded, and starting again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from tests.stack import Stack
from tests.test_story_api import Program, until

HTTP = urllib3.PoolManager(retries=False, timeout=20)


@pytest.fixture(scope="module")
def fresh() -> Iterator[Stack]:
    """A market nobody has traded in yet."""
    with Stack("opening") as stack:
        yield stack


def book(stack: Stack) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = HTTP.request("GET", f"{stack.bank_url}/control/book").json()["entries"]
    return entries


def compared(stack: Stack) -> dict[str, Any]:
    """Everything, also the last minutes; fails with exit code 1 when something differs."""
    told: dict[str, Any] = json.loads(stack.manage("reconcile", "--all", "--patience", "0", "--json").stdout)
    return told


@pytest.mark.xdist_group("market")
def test_the_past_stands_in_both_books_once(fresh: Stack) -> None:
    told = compared(fresh)
    assert told["entries"] == len(book(fresh)) > 200
    assert (told["healed"], told["open"]) == (0, 0)
    assert {entry["kind"] for entry in book(fresh)} == {"capture", "refund"}
    assert "The two books are equal." in fresh.manage("reconcile").stdout


@pytest.mark.xdist_group("market")
def test_a_payment_of_the_past_is_refunded(fresh: Stack) -> None:
    staff = Program(fresh, "admin@aqad.example")
    given = {entry["reference"] for entry in book(fresh) if entry["kind"] == "refund"}
    paid = next(entry for entry in book(fresh) if entry["reference"] not in given)
    asked = {"amount": "1.00", "reason": "A dented carton."}
    refund = staff.post(f"/payments/{paid['reference']}/refunds", asked, **{"Idempotency-Key": "opening"})
    done = until(lambda: [e for e in book(fresh) if e["refund"] == refund["id"]])
    assert [(each["amount"], each["session"]) for each in done] == [("1.00", paid["session"])]
    shown = until(lambda: "done" in str(staff.get(f"/payments/{paid['reference']}")["refunds"]))
    assert shown
    assert compared(fresh)["open"] == 0


@pytest.mark.xdist_group("market")
def test_starting_again_adds_nothing(fresh: Stack) -> None:
    before = book(fresh)
    assert fresh.stop() == 0
    fresh.start()
    assert book(fresh) == before
    assert compared(fresh)["open"] == 0
