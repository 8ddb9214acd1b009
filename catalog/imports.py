"""Verbs about files of products: sent and looked through, confirmed, and carried out row by row in a worker.

A row and the count of rows done are written in one transaction, so a worker that dies, or two that meet, do each row
once. Locks: the run, then the stock of the product, then the product.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog import actions, sheets
from catalog.importing import CHANGED, KINDS, NEW, UNCHANGED, WRONG, Judge, Verdict
from catalog.lifecycle import IMPORT, ImportStatus
from catalog.models import ImportRun
from catalog.sheets import Sheet
from core.access import SYSTEM, Actor
from core.errors import Invalid, Refusal, WrongMoment
from core.files import Checked
from core.lifecycle import move

log = structlog.get_logger("aqad.imports")

SAMPLE = 50
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=7)
SPELL = 10.0  # seconds a worker stays with one file before it looks round
REASON = "Import"


def check_in(checked: Checked, sheet: Sheet, name: str, by: Actor) -> ImportRun:
    """Keep a file and write down what it would do; nothing of it is done. The file is kept first, its row second."""
    verdicts = Judge(str(by.business_id), sheet.columns).look(sheet.rows)
    run = ImportRun(
        vendor_id=by.business_id,
        by_id=by.pk,
        status=IMPORT.start,
        name=name[:200],
        media_type=checked.media_type,
        rows=len(verdicts),
        found=_tally(verdict.kind for verdict in verdicts),
        sample=_sample(verdicts),
        errors=[_wrong(verdict) for verdict in verdicts if verdict.errors],
        seen={str(verdict.row.number): verdict.count[0] for verdict in verdicts if verdict.count},
    )
    checked.keep_in(run.file)
    with transaction.atomic():
        run.save(force_insert=True)
        IMPORT.begin(run, by, name="check", **run.found)
    return run


@move("begin")
def begin(run: ImportRun, by: Actor, *, note: str = "") -> None:
    """The vendor says yes: a worker begins within seconds."""
    if not run.worth:
        raise Invalid(_("This file changes nothing."))
    ImportRun.objects.filter(pk=run.pk).update(by=by.pk, made=_tally([]))


@move("drop")
def drop(run: ImportRun, by: Actor, *, note: str = "") -> None:
    """The vendor thinks better of it."""


def clear() -> int:
    """Drop files that nobody confirmed for a week, and take away what is kept of dropped ones. Says how many."""
    old = ImportRun.objects.filter(created_at__lt=Now() - KEPT)
    for run in old.filter(status=ImportStatus.CHECKED):
        with suppress(WrongMoment):  # confirmed at this moment
            drop(run, SYSTEM)
    gone = list(old.filter(status=ImportStatus.DROPPED).exclude(file=""))
    for run in gone:
        run.file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(file="")
    return len(gone)


def carry_on() -> bool:
    """Take a confirmed file that no worker holds and go on with it for a spell; False where there is none."""
    run = _claim()
    if run is None:
        return False
    with override(run.by.language):
        _go_through(run, until=time.monotonic() + SPELL)
    ImportRun.objects.filter(pk=run.pk).update(leased_until=Now())
    return True


def sheet_of(run: ImportRun) -> Sheet:
    """The rows of a kept file."""
    with run.file.open("rb") as file:
        return sheets.read(file.read(), run.media_type)


def _claim() -> ImportRun | None:
    """The one that waited longest, leased to this worker; one at a time, so that files never take up all workers."""
    if ImportRun.objects.filter(status=ImportStatus.RUNNING, leased_until__gt=Now()).exists():
        return None
    with transaction.atomic():
        waiting = ImportRun.objects.filter(status=ImportStatus.RUNNING).exclude(leased_until__gt=Now())
        longest = waiting.order_by(F("leased_until").asc(nulls_first=True), "pk")
        row: ImportRun | None = longest.select_for_update(skip_locked=True).first()
        if row is not None:
            ImportRun.objects.filter(pk=row.pk).update(leased_until=Now() + LEASE)
    return row


def _go_through(run: ImportRun, until: float) -> None:
    sheet = sheet_of(run)
    verdicts = Judge(run.vendor_id, sheet.columns, run.seen).look(sheet.rows)
    for place, verdict in enumerate(verdicts[run.done :], run.done):
        if time.monotonic() > until or not _do(run, place, verdict):
            return


def _do(run: ImportRun, place: int, verdict: Verdict) -> bool:
    """One row, once, with its place in the file; False when another worker is there already."""
    with transaction.atomic():
        row: ImportRun = run.locked()
        if row.status != ImportStatus.RUNNING or row.done != place:
            return False
        kind, wrong = _tried(verdict, run.by)
        row.made[kind] += 1
        row.done = place + 1
        if wrong and verdict.row.number not in {line["row"] for line in row.errors}:
            row.errors.append({"row": verdict.row.number, "errors": wrong})
        row.save(update_fields=["made", "done", "errors"])
        if row.done == row.rows:
            IMPORT.step(row, "finish", SYSTEM, **row.made)
    return True


def _tried(verdict: Verdict, by: Actor) -> tuple[str, dict[str, str]]:
    """What became of a row, and why not; a row that fails leaves nothing behind."""
    if verdict.kind not in (NEW, CHANGED):
        return verdict.kind, verdict.errors
    try:
        with transaction.atomic():
            _write(verdict, by)
    except Refusal as refusal:
        named = {name: str(lines[0]) for name, lines in refusal.errors.items()}
        return WRONG, named or {"": str(refusal.message)}
    except (DataError, IntegrityError) as odd:
        log.exception("row refused by the database", row=verdict.row.number, exc_info=odd)
        return WRONG, {"": _("This row can't be written.")}
    return verdict.kind, {}


def _write(verdict: Verdict, by: Actor) -> None:
    if verdict.product is None:
        actions.create(verdict.facts, verdict.quantity, by)
        return
    if verdict.count:
        actions.count_stock(verdict.product, *verdict.count, REASON, by)
    if verdict.facts:
        actions.edit(verdict.product, verdict.facts, by)
    if verdict.move:
        actions.VERBS[verdict.move](verdict.product, by)


def _tally(kinds: Any) -> dict[str, int]:
    return dict.fromkeys(KINDS, 0) | Counter(kinds)


def _wrong(verdict: Verdict) -> dict[str, Any]:
    return {"row": verdict.row.number, "errors": verdict.errors}


def _sample(verdicts: list[Verdict]) -> list[dict[str, Any]]:
    """The first rows of each kind that would write something or can't, for people to look at."""
    shown = [kind for kind in KINDS if kind != UNCHANGED]
    return [
        _told(verdict)
        for kind in shown
        for verdict in [each for each in verdicts if each.kind == kind][:SAMPLE]
    ]


def _told(verdict: Verdict) -> dict[str, Any]:
    cells, product = verdict.row.cells, verdict.product
    return {
        "row": verdict.row.number,
        "kind": verdict.kind,
        "code": product.code if product else "",
        "sku": cells.get("sku", ""),
        "name": cells.get("name", "") or (product.title if product else ""),
        "price": cells.get("price", ""),
        "quantity": cells.get("quantity", ""),
        "changes": [[name, *both] for name, both in verdict.changes.items()],
        "errors": [[name, cells.get(name, ""), line] for name, line in verdict.errors.items()],
    }


VERBS: dict[str, Callable[..., Any]] = {"begin": begin, "drop": drop}
