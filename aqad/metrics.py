"""For machines that measure: what waits, and what went wrong, in the text format that Prometheus reads.

Only those who ask from inside get an answer: the numbers are nobody else's business.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from core.errors import NotThere
from core.limits import client_address
from core.models import Reaction
from orders.lifecycle import OrderStatus
from orders.models import Checkout
from payments.lifecycle import PaymentStatus, RefundStatus
from payments.models import Callback, Payment, Refund

TEXT = "text/plain; version=0.0.4; charset=utf-8"
WAITING: dict[str, tuple[str, Callable[[], QuerySet[Any]]]] = {
    "aqad_reactions_due": (
        "Reactions of the outbox whose time has come.",
        lambda: Reaction.objects.filter(done_at=None, dead=False, due_at__lte=Now()),
    ),
    "aqad_reactions_dead": (
        "Reactions given up after too many tries.",
        lambda: Reaction.objects.filter(dead=True),
    ),
    "aqad_callbacks_due": (
        "Callbacks of gateways that wait to be settled.",
        lambda: Callback.objects.filter(applied_at=None, parked=False),
    ),
    "aqad_callbacks_parked": (
        "Callbacks that nobody understood.",
        lambda: Callback.objects.filter(parked=True),
    ),
    "aqad_payments_unknown": (
        "Payments of which nobody knows what became of them.",
        lambda: Payment.objects.filter(status=PaymentStatus.UNKNOWN),
    ),
    "aqad_refunds_waiting": (
        "Refunds that have not come to an end.",
        lambda: Refund.objects.filter(status__in=[RefundStatus.PENDING, RefundStatus.UNKNOWN]),
    ),
    "aqad_checkouts_overdue": (
        "Unpaid checkouts whose stock should be free again.",
        lambda: Checkout.objects.filter(
            reserved_until__lt=Now(), orders__status=OrderStatus.AWAITING_PAYMENT
        ).distinct(),
    ),
}


def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers at this moment, counted in the database. 404 from outside."""
    if not _inside(client_address(request)):
        raise NotThere
    told = (_told(name, says, rows().count()) for name, (says, rows) in WAITING.items())
    return HttpResponse("".join(told), content_type=TEXT)


def _told(name: str, says: str, number: int) -> str:
    return f"# HELP {name} {says}\n# TYPE {name} gauge\n{name} {number}\n"


def _inside(address: str) -> bool:
    try:
        return ipaddress.ip_network(address).is_private
    except ValueError:
        return False
