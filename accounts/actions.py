"""Verbs about people and businesses."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import attempts, devices, second
from accounts.models import EMAIL_TAKEN, Business, Membership, Notification, SignIn, User
from core import events
from core.access import SYSTEM, Actor
from core.errors import Invalid, WrongMoment
from core.lifecycle import move


def join(
    business: Business,
    role: str,
    *,
    name: str,
    email: str,
    password: str,
    verified: bool = False,
    **facts: Any,
) -> User:
    """A new person of this role in this business, within the caller's transaction.

    Unless the address is `verified`, a letter asks whether it is theirs. Raises `Invalid` when another took the e-mail
    first.
    """
    facts.setdefault("language", (get_language() or "en")[:2])
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, role=role, **facts)
    except IntegrityError as taken:
        raise Invalid.field("email", EMAIL_TAKEN) from taken
    user.membership = Membership.objects.create(user=user, business=business)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    if not verified:
        events.record(user, "person.confirm", user, data={"email": user.email})
    return user


def ask_confirmation(user: User, email: str) -> None:
    """Have a letter sent that asks whether this address is theirs."""
    with transaction.atomic():
        events.record(user, "person.confirm", user, data={"email": email})


def ask_reset(user: User, email: str) -> None:
    """Have a link sent to choose a new password; who asked is not known."""
    with transaction.atomic():
        events.record(user, "person.forget", SYSTEM, data={"email": email})


def new_password(user: User, password: str) -> None:
    """Another password: every session and token family of the person ends, and a letter says so.

    Raises `Invalid` where another one was set since the person was read: a link works once, however often at a time.
    """
    with transaction.atomic():
        unchanged = User.objects.filter(pk=user.pk, password=user.password)
        if not unchanged.select_for_update(no_key=True).exists():
            raise Invalid(_("This password was changed a moment ago."))
        user.set_password(password)
        user.save(update_fields=["password"])
        attempts.forgive(user)
        events.record(user, "person.password", user)


def ask_link(user: User) -> None:
    """Have a link sent to come in by: too many have guessed at the password."""
    with transaction.atomic():
        events.record(user, "person.guessed", SYSTEM, data={"email": user.email})


def changed_factor(user: User, change: str) -> None:
    """Have the owner told that a second factor was set up or taken away."""
    with transaction.atomic():
        events.record(user, "person.factor", user, data={"change": change})


def reset_factor(user: User, by: User) -> None:
    """Staff take the second factor from somebody who lost it; they are signed out everywhere and told.

    Raises `WrongMoment` for oneself, and where there is none.
    """
    if user.pk == by.pk:
        raise WrongMoment(_("Ask a colleague: nobody resets their own second factor."))
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        had = second.taken_from(row)
        if not had:
            raise WrongMoment(_("There is no second factor to reset."))
        User.objects.filter(pk=row.pk).update(sign_outs=F("sign_outs") + 1)
        data = {"before": {"factors": ", ".join(had)}, "after": {"factors": ""}}
        events.record(user, "person.reset_factor", by, data=data)


def changed_email(user: User, before: str, after: str) -> None:
    """Have the old address told that it is no longer the one to sign in with."""
    with transaction.atomic():
        events.record(user, "person.email", user, data={"from": before, "to": after})


def sign_out_everywhere(user: User) -> None:
    """End every session and token family of the person, this one included."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(sign_outs=F("sign_outs") + 1)
        events.record(user, "person.sign_out", user)


def end_sessions(user: User, rows: QuerySet[SignIn]) -> int:
    """End some of a person's sessions and token families at once; says how many."""
    with transaction.atomic():
        ended = devices.end(rows)
        if ended:
            events.record(user, "person.end_session", user, data={"ended": ended})
    return ended


def set_language(user: User, language: str) -> None:
    """In which language they read pages and letters."""
    User.objects.filter(pk=user.pk).update(language=language)


def hide_steps(user: User) -> None:
    """They know their way: no first steps any more."""
    User.objects.filter(pk=user.pk).update(first_steps=False)


def choose_mail(user: User, muted: list[str]) -> None:
    """About which kinds of news they want no mail."""
    User.objects.filter(pk=user.pk).update(muted=muted)


def edit_person(user: User, facts: dict[str, Any]) -> None:
    """Other facts of a person, before and after in the audit log."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _edit(row, "person.edit", user, facts)


def edit_business(business: Business, by: Actor, facts: dict[str, Any]) -> None:
    """Other facts of a business, before and after in the audit log. Its status stays: staff judge it, not a form."""
    with transaction.atomic():
        _edit(business.locked(), "business.edit", by, facts)


def _edit(row: Any, event: str, by: Actor, facts: dict[str, Any]) -> None:
    """Write what differs, and record it; nothing where nothing does."""
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if not changed:
        return
    before = {name: _plain(getattr(row, name)) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    after = {name: _plain(value) for name, value in changed.items()}
    events.record(row, event, by, data={"before": before, "after": after})


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


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
