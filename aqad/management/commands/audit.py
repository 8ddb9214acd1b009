"""`manage.py audit`: what must always be true, looked at in one moment of the database."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import audit, selftest
from core.audit import Finding, Report


class Command(BaseCommand):
    """Print every invariant; exit 1 when one is broken (or, in the self-test, not seen to break)."""

    help = (
        "Look at every invariant in one snapshot of the database; exit 1 when one is broken. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--files", action="store_true", help="compare files with rows too (I21)")
        parser.add_argument(
            "--selftest", action="store_true", help="break each on purpose, undone; demo only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["selftest"]:
            self._selftest(as_json=options["json"])
            return
        report = audit.audit(files=options["files"], tell=self._tell)
        self.stdout.write(json.dumps(report.plain()) if options["json"] else _table(report))
        if not report.ok:
            sys.exit(1)

    def _tell(self, finding: Finding) -> None:
        """A line of progress for who waits at a terminal."""
        if self.stderr.isatty():
            self.stderr.write(f"{finding.invariant.id} {finding.seconds:.2f} s", self.style.NOTICE)

    def _selftest(self, *, as_json: bool) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError("The self-test breaks things (and undoes it): only for AQAD_DEMO=true.")
        trials = []
        for trial in selftest.selftest():
            trials.append(trial)
            if not as_json:
                self.stdout.write(f"{'seen ' if trial.seen else 'BLIND'}  {trial.id:<4} {trial.why}")
        if as_json:
            found = [trial._asdict() for trial in trials]
            self.stdout.write(json.dumps({"ok": all(trial.seen for trial in trials), "trials": found}))
        if not all(trial.seen for trial in trials):
            sys.exit(1)


def _table(report: Report) -> str:
    lines = [f"{'':4} {'invariant':<100} {'checked':>9} {'broken':>7} {'s':>6}"]
    for found in report.findings:
        row = found.invariant
        lines.append(
            f"{row.id:<4} {row.sentence:<100} {found.checked:>9} {found.broken:>7} {found.seconds:>6.2f}"
        )
        lines += [f"       {offender.who}: {offender.why}" for offender in found.offenders]
    verdict = "All invariants hold" if report.ok else f"BROKEN: {', '.join(report.broken)}"
    return "\n".join([*lines, f"{verdict}. {report.seconds:.2f} s"])
