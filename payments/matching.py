"""What a line of the gateway's book says beside our own row: nothing, or how the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from orders.models import PaymentMethod
from payments.books import BookLine, BreakKind, Entered, Reconciliation
from payments.gateways.base import Entry, printable
from payments.lifecycle import PaymentStatus, RefundStatus
from payments.models import Payment, Refund

K = BreakKind
OURS = re.compile(r"(?:PAY|RF)[1-9][0-9]{0,17}")
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST = Decimal(10) ** 12
TOMORROW = timedelta(days=1)


@dataclass
class Match:
    """A line with the rows it names here, where there are any."""

    line: BookLine
    payment: Payment | None
    refund: Refund | None

    @property
    def theirs(self) -> str:
        """Their book, for a person."""
        line = self.line
        if line.kind == Entered.UNREADABLE:
            return line.reference
        return f"{line.amount} {line.currency} · {line.ref}"[:300]

    @property
    def ours(self) -> str:
        """Our book, for a person; empty where we have nothing."""
        if self.refund:
            return ours_of_refund(self.refund)
        return ours_of_payment(self.payment) if self.payment else ""


def ours_of_payment(payment: Payment) -> str:
    """A payment as our book has it."""
    amount, currency = payment.amount, payment.currency
    if payment.status == PaymentStatus.CAPTURED:
        amount, currency = payment.captured, payment.captured_currency
    return f"{payment.status} {amount} {currency} · {payment.gateway_ref}"


def ours_of_refund(refund: Refund) -> str:
    """A refund as our book has it."""
    currency = refund.payment.captured_currency
    return f"{refund.code} {refund.status} {refund.amount} {currency} · {refund.payment.gateway_ref}"


def line_of(entry: Entry, run: Reconciliation) -> BookLine:
    """The entry as a line of this run; one that makes no sense becomes an unreadable one, which blocks nobody."""
    sound = _sound(entry)
    return BookLine(
        run=run,
        kind=entry.kind if sound else Entered.UNREADABLE,
        reference=printable(entry.reference if sound else entry.reference or entry, 100),
        ref=printable(entry.ref),
        amount=entry.amount if sound else Decimal(0),
        currency=entry.currency if sound else "",
        at=entry.at if sound else run.started_at,
    )


def _sound(entry: Entry) -> bool:
    return (
        entry.kind in (Entered.CAPTURE, Entered.REFUND)
        and bool(entry.reference)
        and entry.amount.is_finite()
        and 0 < entry.amount < LARGEST
        and entry.amount == round(entry.amount, 2)
        and CURRENCY.fullmatch(entry.currency) is not None
        and timezone.is_aware(entry.at)
        and entry.at < timezone.now() + TOMORROW
    )


def matched(lines: Sequence[BookLine]) -> list[Match]:
    """The lines with our rows beside them, read now."""
    refunds = Refund.objects.select_related("payment").in_bulk(_numbers(lines, Refund.PREFIX))
    payments = Payment.objects.in_bulk(_numbers(lines, Payment.PREFIX))
    return [_match(line, payments, refunds) for line in lines]


def _match(line: BookLine, payments: dict[int, Payment], refunds: dict[int, Refund]) -> Match:
    number = _number(line)
    if line.kind == Entered.REFUND and line.reference.startswith(Refund.PREFIX):
        refund = refunds.get(number)
        return Match(line, refund.payment if refund else None, refund)
    captured = line.kind == Entered.CAPTURE and line.reference.startswith(Payment.PREFIX)
    return Match(line, payments.get(number) if captured else None, None)


def _numbers(lines: Iterable[BookLine], prefix: str) -> list[int]:
    return [_number(line) for line in lines if line.reference.startswith(prefix)]


def _number(line: BookLine) -> int:
    return int(line.reference.lstrip("PAYRF")) if OURS.fullmatch(line.reference) else 0


def differences(match: Match) -> Iterator[K]:
    """How this line and our row differ; nothing where they agree."""
    if match.line.kind == Entered.UNREADABLE:
        yield K.UNREADABLE
    elif match.line.kind == Entered.CAPTURE:
        yield from _capture(match.line, match.payment)
    else:
        yield from _refund(match.line, match.refund)


def _capture(line: BookLine, payment: Payment | None) -> Iterator[K]:
    if payment is None:
        ours = OURS.fullmatch(line.reference) and line.reference.startswith(Payment.PREFIX)
        yield K.CAPTURE_UNKNOWN if ours else K.CAPTURE_FOREIGN
    elif payment.method != PaymentMethod.CARD:
        yield K.CAPTURE_OF_CASH
    elif payment.gateway != line.run.gateway:
        yield K.CAPTURE_ELSEWHERE
    elif another_session(line, payment):
        yield K.CAPTURE_SESSION
    elif payment.status != PaymentStatus.CAPTURED:
        yield K.CAPTURE_FAILED if payment.status == PaymentStatus.FAILED else K.CAPTURE_OPEN
    else:
        if line.amount != payment.captured:
            yield K.CAPTURE_AMOUNT
        if line.currency != payment.captured_currency:
            yield K.CAPTURE_CURRENCY


def _refund(line: BookLine, refund: Refund | None) -> Iterator[K]:
    if refund is None:
        yield K.REFUND_UNKNOWN if OURS.fullmatch(line.reference) else K.REFUND_FOREIGN
    elif refund.payment.gateway != line.run.gateway:
        yield K.REFUND_ELSEWHERE
    elif another_session(line, refund.payment):
        yield K.REFUND_SESSION
    elif refund.status != RefundStatus.DONE:
        yield K.REFUND_FAILED if refund.status == RefundStatus.FAILED else K.REFUND_OPEN
    else:
        if line.amount != refund.amount:
            yield K.REFUND_AMOUNT
        if line.currency != refund.payment.captured_currency:
            yield K.REFUND_CURRENCY


def another_session(line: BookLine, payment: Payment) -> bool:
    """Whether this money moved in another session than the one we know."""
    return bool(line.ref and payment.gateway_ref) and line.ref != payment.gateway_ref


def missed(match: Match) -> bool:
    """Whether we may simply not have heard yet: the same session, and our row is still without this fact."""
    if match.payment is None or another_session(match.line, match.payment):
        return False
    payment, refund = match.payment, match.refund
    if payment.gateway != match.line.run.gateway:
        return False
    if refund:
        return refund.status != RefundStatus.DONE and match.line.amount == refund.amount
    return payment.method == PaymentMethod.CARD and payment.status != PaymentStatus.CAPTURED
