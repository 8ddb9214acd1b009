"""What workers ask of gateways: what became of a payment, and to close the page of one whose time is over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest, Least, Now

from core.access import SYSTEM
from core.causes import because_of, origin
from core.transactions import atomically
from core.turns import take_turns
from orders.models import Checkout, PaymentMethod
from payments.gateways import gateway
from payments.gateways.base import Fact, GatewayRefused, GatewayUnsure
from payments.lifecycle import OPEN, PAYMENT, PaymentStatus
from payments.models import Payment
from payments.settling import settle

log = structlog.get_logger("aqad.payments")

SOONEST, RAREST = timedelta(seconds=10), timedelta(hours=1)
WATCHED = timedelta(seconds=3)
LONGEST_HOLD = timedelta(hours=2)
MORE_TIME = timedelta(minutes=5)


def ask(payment: Payment) -> None:
    """Ask the gateway what became of it, and settle that. No answer leaves everything as it is."""
    with because_of(origin(payment), "ask", payment=payment.code):
        _ask(payment)


def _ask(payment: Payment) -> None:
    try:
        settle(payment, gateway(payment.gateway).look(payment))
    except GatewayUnsure as unsure:
        log.warning("gateway unsure", payment=payment.code, why=str(unsure))
        lose_sight(payment)
    except GatewayRefused:
        log.info("gateway never heard of it", payment=payment.code)


@atomically
def lose_sight(payment: Payment) -> None:
    """We can't know what the gateway did: the payment is unknown until it is known, and is asked about from now on."""
    row: Payment = payment.locked()
    if row.asked_at is None:
        Payment.objects.filter(pk=row.pk).update(asked_at=Now())
    if row.status in (PaymentStatus.CREATED, PaymentStatus.PENDING):
        PAYMENT.step(row, "lose", SYSTEM)


def poll(seconds: float = math.inf) -> int:
    """Ask about open payments that are due: at an age of 10, 20, 40 … seconds, then hourly. Returns how many."""
    return take_turns(seconds, _claim, _ask_one, _let_go)


def _ask_one(payment: Payment) -> bool:
    return _by_itself(_asked, payment)


def _asked(payment: Payment) -> bool:
    ask(payment)
    return True


def _let_go(claimed: Sequence[Payment]) -> None:
    """Due again at once: at a gateway that hangs a turn is over after a few of them."""
    for one in claimed:
        Payment.objects.filter(pk=one.pk, status__in=OPEN).update(asked_at=one.asked_at)


def _claim(most: int = 10) -> list[Payment]:
    """Take what is due; being asked about is remembered first, so a second worker takes others."""
    with transaction.atomic():
        due = list(_due().order_by("asked_at").select_for_update(skip_locked=True, no_key=True)[:most])
        Payment.objects.filter(pk__in=[payment.pk for payment in due]).update(asked_at=Now())
    return due


def _due() -> QuerySet[Payment]:
    age = Greatest(F("asked_at") - F("created_at"), Value(SOONEST))
    rested = Q(asked_at__lte=Now() - Least(age, Value(RAREST)))
    return Payment.objects.filter(
        rested, status__in=[PaymentStatus.PENDING, PaymentStatus.UNKNOWN], method=PaymentMethod.CARD
    )


def watched(payment: Payment) -> None:
    """Somebody looks at it and waits: the poller asks at its next turn, though not more often than every 3 s."""
    waiting = Payment.objects.filter(pk=payment.pk, status__in=OPEN, asked_at__lt=Now() - WATCHED)
    waiting.update(asked_at=F("created_at") - RAREST)


def release_holds(seconds: float = math.inf) -> int:
    """End unpaid checkouts whose time is over, asking the gateway before freeing the stock. Returns how many.

    Those that wait longest come first, so at a gateway that hangs each has its turn.
    """
    over = Payment.objects.filter(
        status__in=OPEN, method=PaymentMethod.CARD, checkout__reserved_until__lt=Now()
    ).select_related("checkout")
    ended, end = 0, time.monotonic() + seconds
    for payment in over.order_by("checkout__reserved_until", "pk")[:100]:
        if time.monotonic() >= end:
            break
        with because_of(origin(payment), "release", payment=payment.code):
            ended += _by_itself(_release, payment)
    return ended


def _by_itself(work: Callable[[Payment], bool], payment: Payment) -> bool:
    """What can't be done about one payment is written down, and is in no other's way."""
    try:
        return work(payment)
    except Exception:
        log.exception("payment left as it is", payment=payment.code)
        return False


def _release(payment: Payment) -> bool:
    """Close the page at the gateway, then settle what is true; without an answer wait a little, at most two hours."""
    fact = _closed(payment)
    if fact.status == "cancelled":
        fact = Fact("expired", ref=fact.ref)
    if fact.status == "pending":
        if _wait(payment.checkout):
            return False
        fact = Fact("expired")
    settle(payment, fact)
    return True


def _closed(payment: Payment) -> Fact:
    """What is true after closing it: expired where the gateway never heard of it, pending where it can't say."""
    try:
        return gateway(payment.gateway).cancel(payment)
    except GatewayRefused:
        return Fact("expired")
    except GatewayUnsure:
        return Fact("pending")


def _wait(checkout: Checkout) -> bool:
    """Hold on a little longer, unless it is too old by the database's clock; of two sweepers one moves the deadline."""
    young = Checkout.objects.filter(pk=checkout.pk, created_at__gt=Now() - LONGEST_HOLD)
    young.filter(reserved_until=checkout.reserved_until).update(
        reserved_until=F("reserved_until") + MORE_TIME
    )
    return young.exists()


def call_off(payment: Payment) -> None:
    """Close the page of a payment nobody is to make any more. Raises `GatewayUnsure`: ask again later."""
    try:
        fact = gateway(payment.gateway).cancel(payment)
    except GatewayRefused:
        fact = Fact("cancelled")
    settle(payment, fact)
