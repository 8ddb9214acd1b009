"""Reconciling: our book of captures and refunds beside the gateway's, both ways, difference by difference.

Where we only missed a fact, the gateway is asked about that very payment and its answer is settled like any other; the
list alone never makes anything true. What differs then is kept as a `Break`, until it is gone or staff close it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog
from django.db import connection, transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.access import SYSTEM, Actor
from core.errors import Invalid, WrongMoment
from core.lifecycle import move
from core.models import Event
from orders.models import PaymentMethod
from payments import actions
from payments.books import BookLine, Break, BreakKind, Entered, Reconciliation
from payments.gateways import gateway
from payments.gateways.base import GatewayRefused, GatewayUnsure
from payments.lifecycle import BREAK, BreakStatus, PaymentStatus, RefundStatus
from payments.matching import Match, differences, line_of, matched, missed, ours_of_payment, ours_of_refund
from payments.models import Payment, Refund
from payments.settling import settle

log = structlog.get_logger("aqad.reconciling")

K = BreakKind
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
IN_FLIGHT = timedelta(minutes=5)  # callbacks, the poller and the outbox are still at work on younger facts
CLOCKS = timedelta(minutes=5)  # a gateway's clock may be behind ours
OVERLAP = timedelta(
    days=1
)  # the gateway's page stays open that long: a payment of yesterday is captured today
BATCH = 500
DONE_FIRST = Case(When(status=RefundStatus.DONE, then=0), When(status=RefundStatus.FAILED, then=2), default=1)
MOST_SILENCES = 5


def reconcile(name: str, *, since: datetime | None = None, patience: timedelta = IN_FLIGHT) -> Reconciliation:
    """Compare the books from `since` on (default: the last time, and a day before it). Facts younger than `patience`
    are left to the workers.

    Raises `GatewayUnsure` when their book can't be read to its end: then nothing has changed. Raises `WrongMoment`
    while another comparison with this gateway is under way.
    """
    with _alone(name):
        run = _begin(name, since or _last_time(name))
        try:
            _read(run)
            _compare(run, run.started_at - patience)
        except BaseException:
            run.delete()
            raise
        run.lines.all().delete()
    return run


@move("close")
def close(row: Break, by: Actor, *, note: str) -> None:
    """Staff know why the books differ here. Raises `Invalid` without a note."""
    if not note:
        raise Invalid.field("note", _("Please say why."))
    row.note = note
    row.save(update_fields=["note"])


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One at a time for each gateway; the lock is the session's, for the network is between its transactions."""
    key = [f"payments.reconcile.{name}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        if not cursor.fetchone()[0]:
            raise WrongMoment(_("The books are being compared already."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _last_time(name: str) -> datetime:
    done = Reconciliation.objects.filter(gateway=name, finished_at__isnull=False)
    last = done.order_by("-started_at").first()
    return last.started_at - OVERLAP if last else BEGINNING


def _begin(name: str, since: datetime) -> Reconciliation:
    """A new run, without what a killed one may have left."""
    Reconciliation.objects.filter(gateway=name, finished_at=None).delete()
    run = Reconciliation.objects.create(gateway=name, since=since)
    run.refresh_from_db()
    return run


def _read(run: Reconciliation) -> None:
    """Their whole book into our lines, before anything is judged."""
    lines = (line_of(entry, run) for entry in gateway(run.gateway).book(run.since - CLOCKS))
    while batch := list(islice(lines, BATCH)):
        BookLine.objects.bulk_create(batch)
        run.entries += len(batch)


def _compare(run: Reconciliation, before: datetime) -> None:
    _name_refunds(run)
    _line_by_line(run, before)
    for kind in (Entered.CAPTURE, Entered.REFUND):
        _twice(run, kind, before)
    _more_back_than_taken(run, before)
    _missing(run, before)
    _resolve(run, before)
    with transaction.atomic():
        run.finished_at = timezone.now()
        run.save()
        if run.found:
            events.record(run, "reconciliation.differ", SYSTEM, data={"found": run.found})


def _name_refunds(run: Reconciliation) -> None:
    """A gateway that tells only the payment of a refund: find the refund by its amount, each once."""
    nameless = run.lines.filter(kind=Entered.REFUND, reference__startswith=Payment.PREFIX)
    for line in nameless.order_by("pk").iterator():
        taken = Exists(_lines_of(run, Entered.REFUND, Refund.PREFIX))
        mine = Refund.objects.filter(
            payment__in=Payment.objects.coded(line.reference), amount=line.amount
        ).exclude(taken)
        if found := mine.order_by(DONE_FIRST, "pk").first():
            BookLine.objects.filter(pk=line.pk).update(reference=found.code)


def _lines_of(run: Reconciliation, kind: Entered, prefix: str) -> QuerySet[BookLine]:
    """Inside a query over our rows: the lines that name the row."""
    return BookLine.objects.filter(run=run, kind=kind, reference=_code(prefix))


def _code(prefix: str) -> Concat:
    """The readable id of the row outside, in SQL."""
    return Concat(Value(prefix), OuterRef("pk"), output_field=CharField())


def _line_by_line(run: Reconciliation, before: datetime) -> None:
    lines = run.lines.filter(Q(at__lte=before) | Q(kind=Entered.UNREADABLE)).select_related("run")
    rows, silences = lines.order_by("pk").iterator(BATCH), 0
    while batch := list(islice(rows, BATCH)):
        for match in matched(batch):
            if silences < MOST_SILENCES and missed(match):
                heard = _ask(run, match)
                silences = 0 if heard else silences + 1
        for match in matched(batch):
            for kind in differences(match):
                line = match.line
                _note(run, kind, line.reference, line.ref, match.ours, match.theirs, line.at)


def _ask(run: Reconciliation, match: Match) -> bool:
    """Hear it from the gateway itself, and make that true the usual way. Returns whether it answered."""
    payment, refund = match.payment, match.refund
    if payment is None:
        return True
    try:
        if refund:
            actions.give_back(refund)
        else:
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
        theirs = f"{row['times']} × , {row['money']}"
        _note(run, found, row["reference"], "", "1 ×", theirs, row["first"])


def _more_back_than_taken(run: Reconciliation, before: datetime) -> None:
    """Sessions of which more went back than came; what came before this window stands in our book."""
    lines = run.lines.filter(kind=Entered.REFUND, at__lte=before).exclude(ref="")
    there = BookLine.objects.filter(run=run, kind=Entered.CAPTURE, ref=OuterRef("ref")).values("ref")
    here = Payment.objects.filter(gateway=run.gateway, gateway_ref=OuterRef("ref"), captured__gt=0)
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
        _note(run, kind, row["reference"], row["ref"], "", theirs, row["first"])


def _missing(run: Reconciliation, before: datetime) -> None:
    """What stands in our book since before theirs was read, and not in theirs."""
    paid = Payment.objects.filter(
        ~Exists(_lines_of(run, Entered.CAPTURE, Payment.PREFIX)), _known_before(before, "payment.capture", "PAY"),
        gateway=run.gateway, method=PaymentMethod.CARD, status=PaymentStatus.CAPTURED, created_at__gte=run.since,
    )  # fmt: skip
    for payment in paid.order_by("pk").iterator(BATCH):
        ours = ours_of_payment(payment)
        _note(run, K.CAPTURE_MISSING, payment.code, payment.gateway_ref, ours, "", payment.created_at)
    back = Refund.objects.filter(
        ~Exists(_lines_of(run, Entered.REFUND, Refund.PREFIX)), _known_before(before, "refund.done", "RF"),
        payment__gateway=run.gateway, status=RefundStatus.DONE, created_at__gte=run.since,
    )  # fmt: skip
    for refund in back.select_related("payment").order_by("pk").iterator(BATCH):
        ours, ref = ours_of_refund(refund), refund.payment.gateway_ref
        _note(run, K.REFUND_MISSING, refund.code, ref, ours, "", refund.created_at)


def _known_before(before: datetime, name: str, prefix: str) -> Exists:
    return Exists(Event.objects.filter(subject=_code(prefix), name=name, at__lte=before))


def _note(
    run: Reconciliation, kind: K, reference: str, ref: str, ours: str, theirs: str, at: datetime
) -> None:
    """Keep a difference: a new one is found, a known one is seen again, one that staff closed stays closed."""
    same = Break.objects.filter(gateway=run.gateway, kind=kind, reference=reference, ref=ref)
    with transaction.atomic():
        last = same.select_for_update(no_key=True).order_by("-pk").first()
        if last and (last.status == BreakStatus.OPEN or _settled_by_staff(last, ours, theirs)):
            fact_at = Least(F("fact_at"), Value(at))
            same.filter(pk=last.pk).update(
                ours=ours, theirs=theirs, fact_at=fact_at, last_seen=run.started_at
            )
            return
        made = Break.objects.create(
            gateway=run.gateway, kind=kind, reference=reference, ref=ref, ours=ours, theirs=theirs, fact_at=at,
            last_seen=run.started_at, status=BREAK.start,
        )  # fmt: skip
        BREAK.begin(made, SYSTEM, name="find", kind=kind, reference=reference, ours=ours, theirs=theirs)
    run.found += 1


def _settled_by_staff(last: Break, ours: str, theirs: str) -> bool:
    return last.status == BreakStatus.CLOSED and (last.ours, last.theirs) == (ours, theirs)


def _resolve(run: Reconciliation, before: datetime) -> None:
    """What this run looked at and did not see any more."""
    gone = Break.objects.filter(
        gateway=run.gateway, status=BreakStatus.OPEN, last_seen__lt=run.started_at,
        fact_at__gte=run.since, fact_at__lte=before,
    )  # fmt: skip
    for found in gone.order_by("pk").iterator(BATCH):
        with transaction.atomic():
            row = found.locked()
            if row.status == BreakStatus.OPEN:
                BREAK.step(row, "resolve", SYSTEM)
                run.resolved += 1


def still_open(name: str) -> Iterable[Break]:
    """The differences with this gateway that nobody has closed."""
    return Break.objects.filter(gateway=name, status=BreakStatus.OPEN).order_by("pk")
