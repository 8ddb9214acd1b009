"""Orders that are looked at: has anything about them changed, and can it still?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from core.pages import of_htmx
from orders.lifecycle import ENDED_WITHOUT_GOODS, OrderStatus
from orders.models import Order

ENDED = {OrderStatus.DELIVERED, *ENDED_WITHOUT_GOODS}
SETTLED = {"done", "failed"}


def mark(orders: Iterable[Order]) -> str:
    """A word for all that is shown of these orders' progress; none when nothing more can come of them."""
    facts = [_facts(order) for order in orders if _may_change(order)]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16] if facts else ""


def unchanged(request: HttpRequest, now: str) -> bool:
    """Whether a page that asks by itself has already shown this."""
    return bool(now) and bool(of_htmx(request)) and request.GET.get("seen") == now


def _may_change(order: Any) -> bool:
    return order.status not in ENDED or any(each.status not in SETTLED for each in order.refunds.all())


def _facts(order: Any) -> tuple[Any, ...]:
    payment = order.allocation.payment
    deliveries = [(each.pk, each.version, each.driver_id) for each in order.deliveries.all()]
    refunds = [(each.pk, each.status) for each in order.refunds.all()]
    return order.pk, order.version, payment.status, deliveries, refunds
