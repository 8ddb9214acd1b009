"""Valkey gone, emptied, or hung: orders go on, limits stay, and when it is back nothing is missing."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import redis

from core.limits import PAUSE
from tests.faults.checks import all_well
from tests.faults.lab import Lab
from tests.faults.load import Customers, Ledger
from tests.faults.test_database_away import ALLOWED
from tests.faults.test_storms import signed_in, wish
from tests.faults.web import Web


def percentile(seconds: list[float], share: float) -> float:
    """The answer time that so large a share stays within."""
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)]


def ordering(lab: Lab, seed: int, seconds: float) -> Ledger:
    """Customers at work for a while."""
    with Customers(lab, seed=seed, count=4).at_work() as ledger:
        time.sleep(seconds)
    return ledger


def succeeded(ledger: Ledger) -> float:
    """The share of requests that were not turned away for a part being away."""
    statuses = ledger.diary.statuses
    return 1 - (statuses[503] + statuses[0]) / statuses.total()


def test_stopped(lab: Lab, size: Any, patience: Any, reached: Any) -> None:
    """G9: everything that was in it is lost, and nobody can reach it."""
    form = size("G9")
    seconds = round(patience.left(form.away))
    usual = ordering(lab, 90, form.usual)
    lab.stop_valkey()
    try:
        away = ordering(lab, 91, seconds)
    finally:
        lab.start_valkey()
    took = all_well(lab, away)
    all_well(lab, usual)
    slow, normal = percentile(away.seconds, 0.95), percentile(usual.seconds, 0.95)
    assert succeeded(away) >= 0.999, away.diary.statuses
    assert slow <= max(2 * normal, 0.25)
    reached(
        "G9", f"Valkey stopped {seconds} s: {len(away.bought)} orders, {succeeded(away):.2%} answered,"
        f" p95 {slow * 1000:.0f} ms (normal {normal * 1000:.0f}), all done {took:.0f} s after",
    )  # fmt: skip


def test_emptied(lab: Lab, size: Any, reached: Any) -> None:
    """G9: FLUSHALL in the middle of everything, task messages and all."""
    times = size("G9").flushes
    with Customers(lab, seed=92, count=4).at_work() as ledger:
        for _ in range(times):
            time.sleep(0.7)
            flush(lab)
    took = all_well(lab, ledger)
    assert set(ledger.diary.statuses) <= ALLOWED - {503}, ledger.diary.statuses
    reached("G9", f"FLUSHALL × {times}: {len(ledger.bought)} orders, 0 broken, all done {took:.0f} s after")


def flush(lab: Lab) -> None:
    """Everything in Valkey is gone."""
    with redis.Redis.from_url(lab.valkey.url()) as client:
        client.flushall()


def test_hung(lab: Lab, size: Any, patience: Any, reached: Any) -> None:
    """G10: it takes connections and never answers."""
    seconds = round(patience.left(size("G10").seconds))
    lab.hang_valkey()
    try:
        hung = ordering(lab, 93, seconds)
    finally:
        lab.resume_valkey()
    awake = until_more(lab, relayed(lab), relay_wanted(lab))
    took = awake + all_well(lab, hung)
    slow = percentile(hung.seconds, 0.99)
    assert set(hung.diary.statuses) <= ALLOWED - {503}, hung.diary.statuses
    assert slow <= 1.5
    reached(
        "G10", f"Valkey hung {seconds} s: {len(hung.bought)} orders, order p99 {slow * 1000:.0f} ms;"
        f" workers awake {awake:.1f} s after it went on, all of it done after {took:.1f} s",
    )  # fmt: skip


def until_more(lab: Lab, than: int, wanted: int) -> float:
    """How long until more reactions are done than so many, or all that are wanted."""
    began = time.monotonic()
    while relayed(lab) <= than and relayed(lab) < wanted:
        assert time.monotonic() < began + 60, "no worker woke up"
        time.sleep(0.05)
    return time.monotonic() - began


def relayed(lab: Lab) -> int:
    """Reactions done."""
    return int(lab.rows("SELECT count(*) FROM core_reaction WHERE done_at IS NOT NULL")[0][0])


def relay_wanted(lab: Lab) -> int:
    """Reactions there are."""
    return int(lab.rows("SELECT count(*) FROM core_reaction")[0][0])


def wrong_password(lab: Lab, email: str) -> int:
    """One try to sign in."""
    return Web(lab).once("POST", "/auth/login", {"email": email, "password": "a guess"}).status


def test_limits_stay_without_it(lab: Lab, reached: Any) -> None:
    """G9, G10: passwords are guessed no faster while Valkey is away or hung; orders are neither refused nor slow."""
    victim, shops = lab.world["people"]["retailer"][5]["email"], signed_in(lab, 94, 4)
    lab.restart("web")
    lab.sabotage("limits_on")
    lab.stop_valkey()
    try:
        tries = Counter(wrong_password(lab, victim) for _ in range(25))
    finally:
        lab.start_valkey()
    assert tries[401] <= 10
    assert tries[401] + tries[429] == 25, tries
    time.sleep(PAUSE)
    lab.hang_valkey()
    try:
        answers = [
            shops.web("retailer", n % 4).once(
                "POST", "/orders", wish(lab, n % 4, lab.world["goods"][0]["id"], payment_method="cash_on_delivery"),
                key=f"hung-{n}",
            ) for n in range(40)
        ]  # fmt: skip
    finally:
        lab.resume_valkey()
        lab.repair()
        lab.restart("web")
    assert {answer.status for answer in answers} == {201}
    slow = percentile([answer.seconds for answer in answers], 0.99)
    assert slow <= 1.5
    all_well(lab, shops.ledger)
    reached(
        "G10", f"with limits on, Valkey hung: 40 orders, p99 {slow * 1000:.0f} ms; without it 25 guesses of a password:"
        f" {tries[401]} looked at, {tries[429]} × 429",
    )  # fmt: skip
