"""The grammar of an investigation: checks that say what they measured, and findings in order of suspicion."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from core.statements import shape

LONGEST = "5s"
PATIENCE = "1s"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be, what shows it, and what to do next. `suspicion` is from 1 to 100."""

    suspicion: int
    what: str
    evidence: tuple[str, ...]
    next: str

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "suspicion": self.suspicion,
            "what": self.what,
            "evidence": list(self.evidence),
            "next": self.next,
        }


Seen = Finding | str
"""What a check says: a finding, or a measurement in words."""


@dataclass(frozen=True)
class Check:
    """One thing to look at. `apart`: not within a transaction, because it asks as a browser would."""

    title: str
    look: Callable[[], Iterable[Seen]]
    apart: bool = False


@dataclass
class Report:
    """What an investigation measured and found."""

    name: str
    measured: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "investigation": self.name,
            "healthy": self.healthy,
            "findings": [finding.plain() for finding in self.findings],
            "measured": self.measured,
            "seconds": round(self.seconds, 3),
        }


def investigate(name: str, checks: Iterable[Check]) -> Report:
    """Look at everything; what can't be looked at is a finding too, one for each reason."""
    report, began = Report(name), time.monotonic()
    shut: dict[str, list[str]] = {}
    for check in checks:
        seen: list[Seen] = []
        try:
            seen.extend(_seen(check))
        except Exception as problem:
            shut.setdefault(f"{type(problem).__name__}: {first_line(problem)}", []).append(check.title)
        report.measured[check.title] = [each for each in seen if isinstance(each, str)]
        report.findings += [each for each in seen if isinstance(each, Finding)]
    report.findings += [_shut(why, titles) for why, titles in shut.items()]
    report.findings.sort(key=lambda finding: -finding.suspicion)
    report.seconds = time.monotonic() - began
    return report


def _seen(check: Check) -> list[Seen]:
    if check.apart:
        return list(check.look())
    with reading():
        return list(check.look())


def _shut(why: str, titles: list[str]) -> Finding:
    what = f"Could not look at: {', '.join(titles)}"
    return Finding(60, what, (why,), "See to what this names, then ask again.")


@contextmanager
def reading() -> Iterator[None]:
    """A transaction that can change nothing, waits for no lock longer than a second, and leaves no setting behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST}'")
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        yield
        transaction.set_rollback(True)


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Straight from the database."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def first_line(problem: object) -> str:
    """An error's own words, without the values that follow them."""
    return (str(problem).splitlines() or [""])[0][:300]


def short(sql: str, most: int = 160) -> str:
    """A statement in one line, without values."""
    return " ".join(shape(sql).split())[:most]


def shares(counts: Mapping[str, float]) -> str:
    """`hit 90, miss 10`, the most first."""
    return ", ".join(
        f"{name} {number:.0f}" for name, number in sorted(counts.items(), key=lambda pair: -pair[1])
    )


def ago(seconds: float) -> str:
    """`12 s`, `3 min`, `5 h`, `2 days`."""
    for size, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
