"""Telling people: one handler for all news, driven by the table in `aqad/news.py`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from accounts.kinds import Line, title_of
from accounts.models import Business, Notification, User
from core.access import Owned
from core.models import Event
from core.roles import Role
from core.transactions import soon_on_disk


@cache
def news() -> Mapping[str, Mapping[str, Line]]:
    """Event name → role → title (an English source sentence), with a word on mail where it is mailed too."""
    found: Mapping[str, Mapping[str, Line]] = import_string(settings.NEWS)
    return found


def tell(event: Event) -> None:
    """Put the event into the inbox of everybody it concerns; a repetition adds nothing.

    Lost with the server's power it is told once more: the outbox's note that it was done goes with it.
    """
    thing = noun(event.subject)
    lines = [
        Notification(user=user, event=event, title=title_of(line), url=page_of(thing, role))
        for role, line in news().get(event.name, {}).items()
        for user in audience(thing, role)
    ]
    with transaction.atomic():
        soon_on_disk()
        Notification.objects.bulk_create(lines, ignore_conflicts=True)


def noun(code: str) -> Owned:
    """The thing of that readable id."""
    prefix = code.rstrip("0123456789")
    if prefix in Business.LETTERS.values():
        return Business.objects.get(pk=code)
    for model in apps.get_models():
        if getattr(model, "PREFIX", None) == prefix:
            return cast(Owned, model._default_manager.get(pk=int(code.removeprefix(prefix))))
    raise LookupError(code)


def audience(thing: Owned, role: str) -> QuerySet[User]:
    """The active people of that role whom this thing concerns."""
    people = User.objects.filter(role=role, is_active=True)
    if role == Role.STAFF:
        return people
    theirs = Q(pk__in=[])
    for owner in thing.owners(role):
        if (value := owner.value(thing)) is not None:
            theirs |= Q(pk=value) if owner.key == "pk" else Q(membership__business_id=value)
    return people.filter(theirs)


def page_of(thing: Owned, role: str) -> str:
    """Where news about this thing leads somebody of that role; empty for nowhere."""
    page = getattr(thing, "page_for", None)
    return page(role) if page else ""
