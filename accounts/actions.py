"""Verbs about people and businesses."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import EMAIL_TAKEN, Business, Membership, Notification, User
from core.access import Actor
from core.errors import Invalid
from core.lifecycle import move


def join(business: Business, role: str, *, name: str, email: str, password: str, **facts: Any) -> User:
    """A new person of this role in this business. Raises `Invalid` when another took the e-mail first."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, role=role, **facts)
    except IntegrityError as taken:
        raise Invalid.field("email", EMAIL_TAKEN) from taken
    user.membership = Membership.objects.create(user=user, business=business)
    return user


@move("approve")
def approve(business: Business, by: Actor, *, note: str = "") -> None:
    """Staff let a business into the market."""


@move("reject")
def reject(business: Business, by: Actor, *, note: str = "") -> None:
    """Staff turn a business down; `note` tells it why."""
    if not note:
        raise Invalid.field("reason", _("Please say why."))


@move("suspend")
def suspend(business: Business, by: Actor, *, note: str = "") -> None:
    """Staff shut a business out; its tokens and pages stop at its next request."""


@move("reinstate")
def reinstate(business: Business, by: Actor, *, note: str = "") -> None:
    """Staff let a suspended business work again."""


def mark_read(notification: Notification) -> None:
    """The reader has seen it; the first time counts."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=Now())


def mark_all_read(user: User) -> None:
    """The reader has seen everything."""
    Notification.objects.filter(user=user, read_at=None).update(read_at=Now())


VERBS = {"approve": approve, "reject": reject, "suspend": suspend, "reinstate": reinstate}
