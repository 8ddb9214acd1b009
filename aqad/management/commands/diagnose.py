"""`manage.py diagnose`: the three investigations, measured now, with findings in order of suspicion."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aqad.diagnosis import inventory, logins, slow_catalog
from aqad.diagnosis.grammar import Check, Report, investigate

NAMES = ("slow-catalog", "logins", "inventory")


class Command(BaseCommand):
    """Say what is wrong, what shows it and what to do next. Exit code 1 with findings, 0 without."""

    help = (
        "Investigate a slow catalogue, people who can't sign in, or stock that does not add up: everything is measured "
        "now, findings come in order of suspicion. Changes nothing. Exit code 1 with findings, 0 without."
    )
    requires_system_checks: tuple[str, ...] = ()  # one that fails must not keep us from looking

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=NAMES)
        parser.add_argument(
            "--product", default="", help="inventory: this product's whole trail, such as P1001"
        )
        parser.add_argument("--email", default="", help="logins: this person's case")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with _no_lines_of_our_own_requests():
            report = investigate(options["what"], _checks(options))
        self.stdout.write(
            json.dumps(report.plain(), ensure_ascii=False) if options["json"] else _page(report)
        )
        if not report.healthy:
            sys.exit(1)


@contextmanager
def _no_lines_of_our_own_requests() -> Iterator[None]:
    """Pages and products are asked for within this process; a person reads the report alone."""
    requests = logging.getLogger("aqad.request")
    before = requests.level
    requests.setLevel(logging.WARNING)
    try:
        yield
    finally:
        requests.setLevel(before)


def _checks(options: dict[str, Any]) -> list[Check]:
    what, product, email = options["what"], options["product"], options["email"]
    if (product and what != "inventory") or (email and what != "logins"):
        raise CommandError("--product belongs to inventory, --email to logins.")
    if what == "inventory":
        return inventory.checks(product.upper())
    return logins.checks(email) if what == "logins" else slow_catalog.checks()


def _page(report: Report) -> str:
    lines = [f"Measured ({report.name})"]
    for title, words in report.measured.items():
        lines += [f"  {title:<22} {each}" for each in words[:1]]
        lines += [f"  {'':<22} {each}" for each in words[1:]]
    if report.healthy:
        return "\n".join([*lines, "", f"Nothing suspicious found. {report.seconds:.1f} s"])
    lines += ["", "Findings, the most suspicious first"]
    for number, found in enumerate(report.findings, 1):
        lines += ["", f"{number}. {found.what}  [{found.suspicion}]"]
        lines += [f"     {each}" for each in found.evidence]
        lines.append(f"   → {found.next}")
    return "\n".join([*lines, "", f"{len(report.findings)} findings. {report.seconds:.1f} s"])
