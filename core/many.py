"""One move made on many things: each by its own verb and in its own transaction, and told of by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django_stubs_ext import StrOrPromise

from core.access import Actor
from core.codes import CodedQuerySet
from core.errors import NotThere, Refusal

MOST = 100
NAMED = 10


@dataclass
class Report:
    """What became of each of many: the codes that moved, and of the others each with its sentence."""

    moved: list[str] = field(default_factory=list)
    refused: list[tuple[str, StrOrPromise]] = field(default_factory=list)


def wanted(codes: Iterable[str]) -> list[str]:
    """Each code once, in the order given, at most `MOST`."""
    return list(dict.fromkeys(code.upper() for code in codes))[:MOST]


def chosen(codes: Iterable[str], rows: CodedQuerySet) -> dict[str, Any]:
    """Those of these codes that are among the rows, in the order given; all others are simply not there."""
    found: dict[str, Any] = {row.code: row for row in rows.named(wanted(codes))}
    return {code: found[code] for code in wanted(codes) if code in found}


def carry_out(verb: Callable[..., Any], codes: Iterable[str], rows: CodedQuerySet, by: Actor) -> Report:
    """One verb on each of these codes among the rows."""
    report, mine = Report(), chosen(codes, rows)
    for code in wanted(codes):
        try:
            if code not in mine:
                raise NotThere
            verb(mine[code], by)
        except Refusal as refusal:
            report.refused.append((code, refusal.message))
        else:
            report.moved.append(code)
    return report


def tell(request: HttpRequest, report: Report, done: str) -> None:
    """Say what was done with which, and of each that was refused why."""
    if report.moved:
        more = "…" if len(report.moved) > NAMED else ""
        messages.success(request, f"{done} · {', '.join(report.moved[:NAMED])}{more}")
    for code, sentence in report.refused:
        messages.error(request, f"{code}: {sentence}")
