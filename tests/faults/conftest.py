"""One market for all forms, and the table of goals at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import sizes
from tests.faults.lab import Lab
from tests.faults.sizes import GOALS, LONG, Patience, goals_of


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of the laboratory stay together on one worker, so that it is built once and nobody fights over it; those
    that spoil it come last. Of goals asked for by name only these are tried.
    """
    for item in items:
        if {"lab", "spoilt"} & _uses(item):
            item.add_marker(pytest.mark.xdist_group("faults"))
    items.sort(key=lambda item: "spoilt" in _uses(item))
    if GOALS:
        others = [item for item in items if _here(item) and not GOALS & goals_of(_told(item))]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


def _uses(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _here(item: pytest.Item) -> bool:
    return item.path.parent == Path(__file__).parent


def _told(item: pytest.Item) -> str | None:
    return getattr(getattr(item, "function", None), "__doc__", None)


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
def spoilt(_ground: Ground) -> Iterator[Lab]:
    """The market for the last time: what is broken in it now can't be mended."""
    yield _ground.lab()
    _ground.leave()


@pytest.fixture
def size() -> Callable[[str], Any]:
    """How much of a goal is tried."""
    return sizes.of


@pytest.fixture
def patience() -> Patience:
    """Whether there is time for another round."""
    return Patience()


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
