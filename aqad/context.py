"""What the header of every page shows."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from accounts.models import Notification
from aqad.steps import steps_of
from core.roles import Role
from orders.cart import sums_of
from orders.models import CartLine


def header(request: HttpRequest) -> dict[str, Any]:
    """Unread news, basket and whether one may buy, looked up only where a template asks."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    unread = Notification.objects.filter(user=user, read_at=None)
    counts: dict[str, Any] = {"unread_count": cache(unread.count), "steps": cache(lambda: steps_of(user))}
    if user.role == Role.RETAILER:
        counts["buys"] = cache(lambda: user.may_work)
        counts["sums"] = cache(lambda: sums_of(user))
        counts["cart_count"] = cache(CartLine.objects.seen_by(user).count)
    return counts
