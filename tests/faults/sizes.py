"""How much each goal is tried: a little in `make test`, at full length in `make faults`. The one place that says so.

`AQAD_FAULTS=long` asks for the long forms, `AQAD_GOALS=G1,G7` for those goals alone, and `AQAD_MINUTES=10` ends the
rounds of each form after that time; what it reached by then is what it tells.
"""

from __future__ import annotations

import os
import re
import time
from types import SimpleNamespace
from typing import Any

LONG = os.environ.get("AQAD_FAULTS", "") == "long"
GOALS = set(filter(None, os.environ.get("AQAD_GOALS", "").split(",")))
SECONDS = 60 * float(os.environ.get("AQAD_MINUTES") or "inf")

SHORT_FORMS: dict[str, dict[str, Any]] = {
    "G1": {"buyers": 60, "units": 20, "rounds": 1},
    "G2": {"orders": 64, "parallel": 16},
    "G3": {"keys": 10, "twins": 8},
    "G4": {"payments": 15, "told": 300},
    "G5": {"mutants": 400},
    "G6": {"pairs": False},
    "G7": {"seconds": 10, "pause": (0.5, 2.0)},
    "G8": {"stops": 1},
    "G9": {"usual": 3, "away": 5, "flushes": 4},
    "G10": {"seconds": 6},
    "G12": {"minutes": [10]},
    "G13": {"restarts": 2, "visitors": 4, "shots": 6},
    "G25": {"payments": 60},
    "G26": {"before": 4, "after": 2},
    "failover": {"before": 3, "after": 2},
}
LONG_FORMS: dict[str, dict[str, Any]] = {
    "G1": {"buyers": 500, "units": 100, "rounds": 50},
    "G2": {"orders": 10_000, "parallel": 64},
    "G3": {"keys": 500, "twins": 20},
    "G4": {"payments": 3_334, "told": 6_000},
    "G5": {"mutants": 10_000},
    "G6": {"pairs": True},
    "G7": {"seconds": 3_600, "pause": (1.5, 5.7)},
    "G8": {"stops": 30},
    "G9": {"usual": 30, "away": 300, "flushes": 30},
    "G10": {"seconds": 120},
    "G12": {"minutes": [10, -10]},
    "G13": {"restarts": 20, "visitors": 6, "shots": 20},
    "G25": {"payments": 1_000},
    "G26": {"before": 60, "after": 30},
    "failover": {"before": 60, "after": 60},
}


def of(goal: str) -> Any:
    """The sizes of this goal, by name."""
    return SimpleNamespace(**(LONG_FORMS if LONG else SHORT_FORMS)[goal])


def goals_of(text: str | None) -> set[str]:
    """The goals that a test's first line names."""
    return set(re.findall(r"\bG\d+\b", (text or "").partition("\n")[0]))


class Patience:
    """Whether there is time for another round."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def __bool__(self) -> bool:
        return time.monotonic() - self.began < SECONDS

    def left(self, wanted: float) -> float:
        """So many seconds, or those that are left."""
        return min(wanted, self.began + SECONDS - time.monotonic())
