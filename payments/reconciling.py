"""Reconciling: our book of captures and refunds beside the gateway's, both ways, difference by difference.

Where we only missed a fact, the gateway is asked about that very payment and its answer is settled like any other; the
list alone never makes anything true. What differs then is kept as a `Break`, until it is gone or staff close it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import (
    Case,
    Count,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.access import SYSTEM
from core.errors import WrongMoment
from core.models import Event
from orders.models import PaymentMethod
from payments import actions
from payments.books import BookLine, BreakKind, Entered, Reconciliation
from payments.breaks import note, resolve
from payments.gateways import gateway
from payments.gateways.base import GatewayRefused, GatewayUnsure
from payments.lifecycle import PaymentStatus, RefundStatus
from payments.matching import Match, differences, line_of, matched, missed, ours_of_payment, ours_of_refund
from payments.models import Payment, Refund
from payments.settling import reopen, settle

log = structlog.get_logger("aqad.reconciling")

K = BreakKind
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
IN_FLIGHT = timedelta(minutes=5)  # callbacks, the poller and the outbox are still at work on younger facts
CLOCKS = timedelta(minutes=5)  # a gateway's clock may be behind ours
OVERLAP = timedelta(
    days=1
)  # the gateway's page stays open that long: a payment of yesterday is captured today
BATCH = 500
LEASE = timedelta(minutes=5)  # a run that was killed is in nobody's way for longer
DONE_FIRST = Case(When(status=RefundStatus.DONE, then=0), When(status=RefundStatus.FAILED, then=2), default=1)
MOST_SILENCES = 5


def reconcile(name: str, *, since: datetime | None = None, patience: timedelta = IN_FLIGHT) -> Reconciliation:
    """Compare the books from `since` on (default: the last time, and a day before it). Facts younger than `patience`
    are left to the workers.

    Raises `GatewayUnsure` when their book can't be read to its end: then nothing has changed. Raises `WrongMoment`
    while another comparison with this gateway is under way.
    """
    run = _begin(name, since or _last_time(name))
    try:
        _read(run)
        _compare(run, run.started_at - patience)
    except BaseException:
        run.delete()
        raise
    run.lines.all().delete()
    return run


def _last_time(name: str) -> datetime:
    done = Reconciliation.objects.filter(gateway=name, finished_at__isnull=False)
    last = done.order_by("-started_at").first()
    return last.started_at - OVERLAP if last else BEGINNING


def _begin(name: str, since: datetime) -> Reconciliation:
    """A new run, without what a killed one may have left; the schema allows one unfinished for each gateway."""
    Reconciliation.objects.filter(gateway=name, finished_at=None, seen_at__lt=Now() - LEASE).delete()
    try:
        with transaction.atomic():
            run = Reconciliation.objects.create(gateway=name, since=since)
    except IntegrityError as other:
        raise WrongMoment(_("The books are being compared already.")) from other
    run.refresh_from_db()
    return run


def _still_at_it(run: Reconciliation) -> None:
    """Renew the lease. Raises `WrongMoment` when another run has taken over."""
    if not Reconciliation.objects.filter(pk=run.pk).update(seen_at=Now()):
        raise WrongMoment(_("The books are being compared already."))


def _read(run: Reconciliation) -> None:
    """Their whole book into our lines, before anything is judged."""
    lines = (line_of(entry, run) for entry in gateway(run.gateway).book(run.since - CLOCKS))
    while batch := list(islice(lines, BATCH)):
        _still_at_it(run)
        BookLine.objects.bulk_create(batch)
        run.entries += len(batch)


def _compare(run: Reconciliation, before: datetime) -> None:
    _name_refunds(run)
    _line_by_line(run, before)
    for kind in (Entered.CAPTURE, Entered.REFUND):
        _twice(run, kind, before)
    _more_back_than_taken(run, before)
    _missing(run, before)
    resolve(run, before)
    with transaction.atomic():
        _still_at_it(run)
        run.finished_at = timezone.now()
        run.save()
        if run.found:
            events.record(run, "reconciliation.differ", SYSTEM, data={"found": run.found})


def _name_refunds(run: Reconciliation) -> None:
    """A gateway that tells only the payment of a refund: find the refund by its amount, each once."""
    nameless = run.lines.filter(kind=Entered.REFUND, reference__startswith=Payment.PREFIX)
    for line in nameless.order_by("pk").iterator():
        mine = Refund.objects.filter(payment__in=Payment.objects.coded(line.reference), amount=line.amount)
        codes = [refund.code for refund in mine.order_by(DONE_FIRST, "pk")]
        taken = set(
            run.lines.filter(kind=Entered.REFUND, reference__in=codes).values_list("reference", flat=True)
        )
        if free := [code for code in codes if code not in taken]:
            BookLine.objects.filter(pk=line.pk).update(reference=free[0])


def _line_by_line(run: Reconciliation, before: datetime) -> None:
    lines = run.lines.filter(Q(at__lte=before) | Q(kind=Entered.UNREADABLE)).select_related("run")
    rows, answers = lines.order_by("pk").iterator(BATCH), True
    while batch := list(islice(rows, BATCH)):
        _still_at_it(run)
        matches = matched(batch)
        if answers and any(map(missed, matches)):
            answers = _hear_of_what_we_missed(run, matches)
            matches = matched(batch)
        for match in matches:
            for kind in differences(match):
                line = match.line
                note(run, kind, line.reference, line.ref, match.ours, match.theirs, line.at)


def _hear_of_what_we_missed(run: Reconciliation, matches: Sequence[Match]) -> bool:
    """Ask about each fact we seem to lack. Returns False for a gateway that keeps silent: enough was asked."""
    silences = 0
    for match in filter(missed, matches):
        silences = 0 if _ask(run, match) else silences + 1
        if silences == MOST_SILENCES:
            return False
    return True


def _ask(run: Reconciliation, match: Match) -> bool:
    """Hear it from the gateway itself, and make that true the usual way. Returns whether it answered."""
    payment, refund = match.payment, match.refund
    if payment is None:
        return True
    _still_at_it(run)
    try:
        if refund and reopen(refund):
            actions.give_back(refund)
        elif refund is None:
            settle(payment, gateway(run.gateway).look(payment))
    except GatewayRefused:
        return True
    except GatewayUnsure as unsure:
        log.warning("gateway unsure", reference=match.line.reference, why=str(unsure))
        return False
    row = refund or payment
    row.refresh_from_db(fields=["status"])
    run.healed += row.status in (PaymentStatus.CAPTURED, RefundStatus.DONE)
    return True


def _twice(run: Reconciliation, kind: Entered, before: datetime) -> None:
    """One reference, several times money."""
    found, prefix = {
        Entered.CAPTURE: (K.CAPTURE_TWICE, Payment.PREFIX),
        Entered.REFUND: (K.REFUND_TWICE, Refund.PREFIX),
    }[kind]
    lines = run.lines.filter(kind=kind, at__lte=before, reference__startswith=prefix)
    several = lines.values("reference").annotate(times=Count("pk"), money=Sum("amount"), first=Min("at"))
    for row in several.filter(times__gt=1).order_by("reference").iterator():
        theirs = f"{row['times']} ×, {row['money']}"
        note(run, found, row["reference"], "", "1 ×", theirs, row["first"])


def _more_back_than_taken(run: Reconciliation, before: datetime) -> None:
    """Sessions of which more went back than came; what came before this window stands in our book."""
    lines = run.lines.filter(kind=Entered.REFUND, at__lte=before).exclude(ref="")
    there = BookLine.objects.filter(run=run, kind=Entered.CAPTURE, ref=OuterRef("ref")).values("ref")
    here = Payment.objects.filter(gateway=run.gateway, gateway_ref=OuterRef("ref"), captured__gt=0)
    here = here.exclude(gateway_ref="")  # which is what the index on it promises
    sessions = (
        lines.values("ref")
        .annotate(back=Sum("amount"), first=Min("at"), reference=Min("reference"))
        .annotate(
            took=Coalesce(Subquery(there.annotate(sum=Sum("amount")).values("sum")), here.values("captured"))
        )
    )
    for row in sessions.filter(Q(took=None) | Q(back__gt=F("took"))).order_by("ref").iterator():
        kind = K.REFUND_UNCAPTURED if row["took"] is None else K.REFUND_EXCESS
        theirs = f"{row['back']} of {row['took'] or 0} · {row['ref']}"[:300]
        note(run, kind, row["reference"], row["ref"], "", theirs, row["first"])


def _missing(run: Reconciliation, before: datetime) -> None:
    """What stands in our book since before theirs was read, and not in theirs."""
    paid = Payment.objects.filter(
        gateway=run.gateway,
        method=PaymentMethod.CARD,
        status=PaymentStatus.CAPTURED,
        created_at__gte=run.since,
    )
    for row in _unnamed(paid, run, Entered.CAPTURE, "payment.capture", before):
        note(run, K.CAPTURE_MISSING, row.code, row.gateway_ref, ours_of_payment(row), "", row.created_at)
    back = Refund.objects.select_related("payment").filter(
        payment__gateway=run.gateway, status=RefundStatus.DONE, created_at__gte=run.since
    )
    for row in _unnamed(back, run, Entered.REFUND, "refund.done", before):
        ref = row.payment.gateway_ref
        note(run, K.REFUND_MISSING, row.code, ref, ours_of_refund(row), "", row.created_at)


def _unnamed(
    rows: QuerySet[Any], run: Reconciliation, kind: Entered, fact: str, before: datetime
) -> Iterator[Any]:
    """Our rows that no line names, though the fact was known here before."""
    ordered = rows.order_by("pk").iterator(BATCH)
    while batch := {row.code: row for row in islice(ordered, BATCH)}:
        lines = run.lines.filter(kind=kind, reference__in=batch)
        left = set(batch) - set(lines.values_list("reference", flat=True))
        known = Event.objects.filter(subject__in=left, name=fact, at__lte=before)
        yield from (batch[code] for code in known.order_by("pk").values_list("subject", flat=True))
