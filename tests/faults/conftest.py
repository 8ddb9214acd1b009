"""One market for all short forms, and the table of goals at the end. `AQAD_FAULTS=long` asks for the long forms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.lab import Lab

LONG = os.environ.get("AQAD_FAULTS", "") == "long"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the laboratory stay together on one worker, so that it is built once and nobody fights over it."""
    for item in items:
        if {"lab", "own"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("faults"))


class Ground:
    """Where the market of the short forms stands; a failed test leaves ruins, so the next one gets another."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self.folders = folders
        self.market: Lab | None = None

    def lab(self) -> Lab:
        """The one there is, or a new one."""
        if self.market is None:
            self.market = Lab(self.folders.mktemp("lab")).__enter__()
        return self.market

    def leave(self) -> None:
        """Stop it."""
        market, self.market = self.market, None
        if market:
            market.__exit__()


@pytest.fixture(scope="session")
def _ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory)
    yield ground
    ground.leave()


@pytest.fixture
def lab(_ground: Ground, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The market, whole: every guard back, no tripwire, right clocks, a bank in a good mood."""
    failed, market = request.session.testsfailed, _ground.lab()
    yield market
    if request.session.testsfailed > failed:
        _ground.leave()
        return
    market.disarm()
    market.repair()
    market.set_clock(0)
    market.control("reset", {})
    market.ready()


@pytest.fixture
def size() -> Callable[[Any, Any], Any]:
    """The short figure, or the long one."""
    return lambda short, long: long if LONG else short


@pytest.fixture
def progress() -> Callable[[str], None]:
    """A line now and then for who waits for a long form."""
    return lambda line: print(f"  {line}", flush=True) if LONG else None


@pytest.fixture
def reached(record_property: Any) -> Callable[[str, str], None]:
    """Tell the table at the end which figure of which goal this run reached."""

    def tell(goal: str, figure: str) -> None:
        record_property("goal", f"{goal}\t{figure}")

    return tell


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Goal and figure of every run that told them."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    rows = [
        (*value.split("\t"), report.outcome)
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "goal" and report.when == "call"
    ]
    if rows:
        terminalreporter.section("the fault laboratory")
        for goal, figure, outcome in sorted(rows):
            terminalreporter.write_line(f"{goal:<5} {outcome:<7} {figure}")
