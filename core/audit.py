"""The audit: what must always be true, asked of the database at one moment.

An invariant lists the ways it could be broken; each is a query that answers who breaks it, by readable id, and says how
to break it on purpose, so that the self-test can demand that the query sees it. `aqad/invariants.py` composes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from core import events
from core.access import SYSTEM
from core.models import Audit
from core.moments import Moment, share, snapshot

SHOWN = 20
BESIDE = 1  # sessions that look beside the first: two processors halve the time


@dataclass(frozen=True)
class Part:
    """One way to break an invariant: `broken` finds who did (SQL with one column `who`, or Python).

    `breaks` are statements for the self-test, each of which must be found.
    """

    why: str
    broken: str | Callable[[], Iterable[str]]
    breaks: tuple[str | Callable[[], Any], ...]


@dataclass(frozen=True)
class Invariant:
    """What must always be true. `counted` says of how many things; `outside` ones look beyond the database."""

    id: str
    sentence: str
    counted: str | Callable[[], int]
    parts: tuple[Part, ...]
    outside: bool = False


class Offender(NamedTuple):
    """Who breaks it, by readable id, and in which way."""

    who: str
    why: str


@dataclass(frozen=True)
class Finding:
    """What a look at one invariant found. `offenders` are the first twenty; `seconds` is how long it took."""

    invariant: Invariant
    checked: int
    broken: int
    offenders: tuple[Offender, ...]
    seconds: float

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.invariant.id,
            "name": self.invariant.sentence,
            "checked": self.checked,
            "broken": self.broken,
            "offenders": list(dict.fromkeys(offender.who for offender in self.offenders)),
            "seconds": round(self.seconds, 3),
        }


@dataclass
class Report:
    """All findings of one run."""

    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every invariant holds."""
        return not any(finding.broken for finding in self.findings)

    @property
    def broken(self) -> dict[str, dict[str, Any]]:
        """What does not hold, by the invariant's id."""
        return {found.invariant.id: found.plain() for found in self.findings if found.broken}

    def plain(self) -> dict[str, Any]:
        """For programs."""
        checks = [finding.plain() for finding in self.findings]
        return {"ok": self.ok, "checks": checks, "seconds": round(self.seconds, 3)}


@cache
def invariants() -> Sequence[Invariant]:
    """All of them, in order of their numbers."""
    found: Sequence[Invariant] = import_string(settings.INVARIANTS)
    return found


def audit(*, files: bool = False, tell: Callable[[Finding], Any] = lambda finding: None) -> Report:
    """Look at every invariant in one snapshot, which writers neither see nor wait for, then at the files if asked.

    Sessions share the work, unless only the caller's transaction sees what they should. `tell` hears of each finding as
    it comes, in the session's thread.
    """
    report, began, alone = Report(), time.monotonic(), connection.in_atomic_block
    queue = iter(_inside())
    with snapshot(), ThreadPoolExecutor() as pool:
        others = [] if alone else [pool.submit(beside, share(), queue, tell) for _ in range(BESIDE)]
        found = _look_at(queue, tell) + [finding for other in others for finding in other.result()]
    report.findings = sorted(found, key=lambda finding: invariants().index(finding.invariant))
    report.findings += _look_at((row for row in invariants() if row.outside and files), tell)
    report.seconds = time.monotonic() - began
    return report


def watch() -> Audit | None:
    """Look as the scheduler does: never beside another such look (then None), and staff hear when it changes."""
    report, began = Report(), time.monotonic()
    with snapshot():
        if not _value("SELECT pg_try_advisory_xact_lock(hashtext('core.audit'))::int"):
            return None
        report.findings = _look_at(_inside(), lambda finding: None)
    report.seconds = time.monotonic() - began
    return keep(report)


def keep(report: Report) -> Audit:
    """Write down how a look ended. What is broken is news when it is not what was broken before."""
    with transaction.atomic():
        before = Audit.objects.order_by("-pk").first()
        row = Audit.objects.create(ok=report.ok, seconds=round(report.seconds, 3), broken=report.broken)
        known = set(before.broken) if before else set()
        if known != set(report.broken):
            name = "audit.whole" if report.ok else "audit.broken"
            events.record(row, name, SYSTEM, note=", ".join(report.broken))
    return row


def _inside() -> list[Invariant]:
    return [invariant for invariant in invariants() if not invariant.outside]


def _look_at(some: Iterable[Invariant], tell: Callable[[Finding], Any]) -> list[Finding]:
    found = []
    for invariant in some:
        found.append(look(invariant))
        tell(found[-1])
    return found


def beside(moment: Moment, queue: Iterable[Invariant], tell: Callable[[Finding], Any]) -> list[Finding]:
    """The same moment as another session looks at; whatever the two have not looked at yet."""
    try:
        with snapshot(moment):
            return _look_at(queue, tell)
    finally:
        connection.close()


def look(invariant: Invariant) -> Finding:
    """Count what there is, and who breaks it."""
    began = time.monotonic()
    checked = _value(invariant.counted) if isinstance(invariant.counted, str) else invariant.counted()
    broken, offenders = 0, []
    for part in invariant.parts:
        count, first = found_by(part)
        broken += count
        offenders += [Offender(who, part.why) for who in first]
    return Finding(invariant, checked, broken, tuple(offenders[:SHOWN]), time.monotonic() - began)


def found_by(part: Part) -> tuple[int, list[str]]:
    """How many break it in this way, and the first of them."""
    if not isinstance(part.broken, str):
        found = list(part.broken())
        return len(found), found[:SHOWN]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH offenders AS MATERIALIZED ({part.broken})
                SELECT (SELECT count(*) FROM offenders),
                       ARRAY(SELECT who FROM offenders ORDER BY length(who), who LIMIT {SHOWN})"""
        )
        count, first = cursor.fetchone()
    return count, first


def _value(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def waiting(handler: str) -> str:
    """The subjects for which this handler of the outbox has still to run."""
    return f"""(SELECT event.subject FROM core_reaction reaction JOIN core_event event ON event.id = reaction.event_id
               WHERE reaction.handler = '{handler}' AND reaction.done_at IS NULL AND NOT reaction.dead)"""
