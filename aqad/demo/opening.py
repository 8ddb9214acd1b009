"""The demo's past at the sandbox bank: an opening statement, handed over where the bank takes over what came before it.

Only what the demo wrote itself is in it, known by its session's name: what really went through the bank is never
told to it, or the two books could not disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice

import urllib3
from django.conf import settings
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Concat

from core.models import Event
from payments.models import Payment, Refund

SESSION, REFUND = "sess_demo_", "re_demo_"
BATCH = 100
PATIENT = urllib3.Retry(
    connect=6, read=0, redirect=0, backoff_factor=0.2
)  # the bank may be starting beside us


class NotTaken(Exception):
    """The bank did not take the statement over; the message says why."""


def hand_over() -> int:
    """Give the bank what it does not know yet; says how many entries were new. Raises `NotTaken`."""
    http = urllib3.PoolManager(timeout=10, retries=PATIENT)
    every, new = entries(), 0
    while some := list(islice(every, BATCH)):
        new += _post(http, some)
    return new


def _post(http: urllib3.PoolManager, some: list[dict[str, str]]) -> int:
    try:
        answer = http.request("POST", f"{settings.SANDBOX_BANK_URL}/control/opening", json={"entries": some})
        told = answer.json()
    except (urllib3.exceptions.HTTPError, ValueError) as silence:
        raise NotTaken(f"{settings.SANDBOX_BANK_URL} does not answer") from silence
    if answer.status >= 300:
        raise NotTaken(str(told.get("message", answer.status)))
    return int(told["new"])


def entries() -> Iterator[dict[str, str]]:
    """Captures first, then refunds, each at the time it has in its history."""
    paid = Payment.objects.filter(gateway_ref__startswith=SESSION, captured__gt=0).order_by("pk")
    for payment in paid.annotate(at=_time_of("payment.capture", "PAY")):
        yield _entry(payment, payment.captured, payment.at) | {"kind": "capture"}
    back = Refund.objects.filter(gateway_ref__startswith=REFUND).select_related("payment").order_by("pk")
    for refund in back.annotate(at=_time_of("refund.done", "RF")):
        yield _entry(refund.payment, refund.amount, refund.at) | {"kind": "refund", "refund": refund.code}


def _time_of(name: str, prefix: str) -> Subquery:
    subject = Concat(Value(prefix), OuterRef("pk"), output_field=CharField())
    return Subquery(Event.objects.filter(subject=subject, name=name).values("at")[:1])


def _entry(payment: Payment, amount: Decimal, at: datetime) -> dict[str, str]:
    return {
        "reference": payment.code,
        "session": payment.gateway_ref,
        "amount": str(amount),
        "currency": payment.captured_currency,
        "at": at.isoformat(),
    }
