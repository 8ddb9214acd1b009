"""`manage.py reconcile`: our book against the gateway's, now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import override

from core.errors import WrongMoment
from payments.books import Break, Reconciliation
from payments.gateways import GATEWAYS
from payments.gateways.base import GatewayUnsure
from payments.reconciling import BEGINNING, IN_FLIGHT, reconcile, still_open

COLUMNS = ("id", "kind", "reference", "ours", "theirs", "first_seen")
AWAY = 2


class Command(BaseCommand):
    """Compare, settle what we missed, list what differs. Exit code 1 with open differences, 2 without an answer."""

    help = (
        "Compare our captures and refunds with the gateway's book, settle what we missed and list what differs. "
        "Exit code 1: differences are open. 2: the gateway gave no whole answer, nothing was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The window, the gateway, the form of the answer."""
        window = parser.add_mutually_exclusive_group()
        window.add_argument("--since", type=_moment, help="ISO date or time; default: since the last time")
        window.add_argument("--all", action="store_true", help="from the beginning")
        parser.add_argument("--gateway", default=settings.PAYMENT_GATEWAY, choices=sorted(GATEWAYS))
        parser.add_argument(
            "--patience",
            type=int,
            default=int(IN_FLIGHT.total_seconds()),
            help="facts younger than so many seconds are left to the workers",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        since = BEGINNING if options["all"] else options["since"]
        name, patience = options["gateway"], timedelta(seconds=options["patience"])
        try:
            run = reconcile(name, since=since, patience=patience)
        except GatewayUnsure as unsure:
            sentence = f"The gateway {name} gave no whole answer ({unsure}); nothing was changed."
            raise CommandError(sentence, returncode=AWAY) from unsure
        except WrongMoment as busy:
            raise CommandError(str(busy.message), returncode=AWAY) from busy
        with override("en"):
            breaks = [_row(each) for each in still_open(name)]
        told = _counts(run) | {"open": len(breaks)}
        self.stdout.write(json.dumps(told | {"breaks": breaks}) if options["json"] else _page(told, breaks))
        if breaks:
            raise CommandError(f"Differences that are open: {len(breaks)}")


def _moment(text: str) -> datetime:
    """A date or a time, ours where it names no zone. Raises `ValueError`."""
    day = parse_date(text) if len(text) == len("2026-11-23") else None
    moment = datetime.combine(day, time()) if day else parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _counts(run: Reconciliation) -> dict[str, Any]:
    return {
        "gateway": run.gateway,
        "since": run.since.isoformat(),
        "entries": run.entries,
        "healed": run.healed,
        "found": run.found,
        "resolved": run.resolved,
    }


def _row(found: Break) -> dict[str, str]:
    return {
        "id": found.code,
        "kind": found.kind,
        "what": str(found.get_kind_display()),  # type: ignore[attr-defined]
        "reference": found.reference,
        "ref": found.ref,
        "ours": found.ours,
        "theirs": found.theirs,
        "first_seen": found.first_seen.isoformat(timespec="seconds"),
        "last_seen": found.last_seen.isoformat(timespec="seconds"),
    }


def _page(told: dict[str, Any], breaks: Sequence[dict[str, str]]) -> str:
    """Counts, and the differences as a table; or the good news."""
    lines = [
        f"Book of {told['gateway']} since {told['since']}: {told['entries']} entries",
        f"Facts we had missed: {told['healed']}",
        f"Differences found: {told['found']}, gone: {told['resolved']}, open: {told['open']}",
    ]
    return "\n".join([*lines, *(_table(breaks) if breaks else ["The two books are equal."])])


def _table(breaks: Sequence[dict[str, str]]) -> list[str]:
    rows = [COLUMNS, *(tuple(found[name] for name in COLUMNS) for found in breaks)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
