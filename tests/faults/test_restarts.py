"""A deployment in mid-load: instances, workers and the scheduler are restarted, and nobody outside notices."""

from __future__ import annotations

import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checks import all_well
from tests.faults.fleet import Fleet, Visitors
from tests.faults.lab import Lab
from tests.faults.load import Ledger
from tests.upstreams import SHORT


@pytest.fixture
def fleet(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    """Two instances behind nginx, whose certificate everybody here trusts."""
    with (
        tempfile.TemporaryDirectory(prefix="aqad-", dir=SHORT) as folder,
        Fleet(lab, Path(folder)) as running,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(running.proxy.certificate))
        yield running


def noticed(ledger: Ledger) -> Counter[int]:
    """Answers that somebody outside could complain of: broken connections and 5xx of every kind, 503 too."""
    return Counter({status: n for status, n in ledger.diary.statuses.items() if status == 0 or status >= 500})


def test_rolling_restarts_under_load(lab: Lab, fleet: Fleet, size: Any, reached: Any, progress: Any) -> None:
    """G13: each instance in turn, then worker and scheduler."""
    rounds = size("G13").restarts
    visitors = Visitors(fleet, seed=13, count=size("G13").visitors)
    with visitors.at_work() as ledger:
        for number in range(rounds):
            path = fleet.sockets[number % len(fleet.sockets)]
            assert fleet.restart(path) == 0, fleet.instances[path].last_words()
            part = ("worker", "scheduler")[number % 2]
            worker = lab.children[part]
            worker.send(signal.SIGTERM)
            assert worker.process.wait(40) == 0
            progress(
                f"{number + 1} restarts, {sum(ledger.diary.statuses.values())} requests, {noticed(ledger)}"
            )
    assert noticed(ledger) == Counter()
    took = all_well(lab, ledger)
    asked = sum(ledger.diary.statuses.values())
    reached(
        "G13", f"{rounds} restarts of an instance, {rounds} of worker or scheduler, {asked} requests,"
        f" {len(ledger.bought)} orders: 0 failed, 0 × 503, 0 tasks lost, quiet after {took:.0f} s",
    )  # fmt: skip


def test_shot_instances_are_noticed(lab: Lab, fleet: Fleet, size: Any) -> None:
    """G13, negative control: without the drain somebody sees an error, and still nothing that was promised is lost."""
    visitors = Visitors(fleet, seed=14, count=6)
    with visitors.at_work() as ledger:
        for number in range(size("G13").shots):
            fleet.restart(fleet.sockets[number % 2], signal.SIGKILL)
            if noticed(ledger):
                break
    assert noticed(ledger)
    all_well(lab, ledger)
