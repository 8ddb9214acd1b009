"""What the header of every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Notification
from core.roles import Role
from orders.models import CartLine


def header(request: HttpRequest) -> dict[str, Any]:
    """Unread news, basket and whether one may buy, looked up only where a template asks."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    unread = Notification.objects.filter(user=user, read_at=None)
    counts: dict[str, Any] = {"unread_count": SimpleLazyObject(unread.count)}
    if user.role == Role.RETAILER:
        counts["buys"] = SimpleLazyObject(lambda: user.may_work)
        counts["cart_count"] = SimpleLazyObject(CartLine.objects.seen_by(user).count)
    return counts
