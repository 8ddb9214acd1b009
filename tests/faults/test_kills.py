"""Processes that die at any instruction: nothing that was acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import random
import time
from typing import Any

from tests.faults.checks import all_well
from tests.faults.lab import Lab
from tests.faults.load import Customers


def test_random_kills_under_load(lab: Lab, size: Any, patience: Any, reached: Any, progress: Any) -> None:
    """G7: single processes and whole services of web, worker and scheduler, by SIGKILL."""
    dice, kills = random.Random(7), lab.kills
    customers = Customers(lab, seed=7, count=6)
    form = size("G7")
    seconds = round(patience.left(form.seconds))
    with customers.at_work() as ledger:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(dice.uniform(*form.pause))
            if dice.random() < 0.3:
                lab.kill(dice.choice(["web", "worker", "scheduler"]))
            else:
                lab.kill_one(dice)
            progress(
                f"{end - time.monotonic():.0f} s left, {lab.kills - kills} kills, {len(ledger.bought)} orders"
            )
    took = all_well(lab, ledger)
    reached(
        "G7", f"{seconds} s, {lab.kills - kills} kills, {len(ledger.bought)} orders, {len(ledger.paid)} paid,"
        f" {len(ledger.moved)} moves: 0 lost, 0 broken, quiet after {took:.0f} s",
    )  # fmt: skip
