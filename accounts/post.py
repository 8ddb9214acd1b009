"""Sending letters: an address is written to once about an event, by a worker, outside requests and transactions.

At least once, practically once. The row of a letter is claimed before it is sent and closed after it, so a repeated
reaction finds it closed and two workers never send it both. Only a worker that dies between the mail server's "250 OK"
and the closing of the row leads to a second copy; it carries the same Message-ID, which mailboxes show once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPConnectError, SMTPServerDisconnected
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override

from accounts.models import Letter
from core.models import Event

log = structlog.get_logger("aqad.mail")

CLAIM = timedelta(seconds=60)
AWAY, AWAY_FOR = "mail-server-away", 30
GONE = (TimeoutError, ConnectionError, SMTPConnectError, SMTPServerDisconnected)


class NotSent(Exception):
    """The letter has to wait: another worker is at it, or the mail server was away a moment ago."""


@dataclass(frozen=True)
class Words:
    """What a letter says, in the reader's language. `path` is where its button leads."""

    subject: str
    heading: str
    lines: tuple[str, ...]
    button: str
    path: str
    name: str = ""
    quote: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    small: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Draft:
    """A letter to be: for whom, in which language, and how its words come about."""

    email: str
    language: str
    compose: Callable[[], Words]


def send_all(event: Event, drafts: Iterable[Draft]) -> None:
    """Send what was not sent yet. One address that fails keeps none of the others waiting; it is tried again later."""
    problem: Exception | None = None
    for draft in drafts:
        try:
            send(event, draft)
        except (OSError, NotSent) as one:
            problem = one
    if problem:
        raise problem


def send(event: Event, draft: Draft) -> None:
    """Claim the letter, send it, close it. Raises `NotSent`, or what the mail server said."""
    if cache.get(AWAY):
        raise NotSent("the mail server was away a moment ago")
    if not _claimed(event, draft.email):
        return
    row = Letter.objects.filter(event=event, email=draft.email)
    try:
        written(event, draft).send()
    except BaseException as problem:
        row.update(tried_at=None)
        if isinstance(problem, GONE):
            cache.set(AWAY, True, AWAY_FOR)
        raise
    row.update(sent_at=Now())
    log.info("letter sent", event_id=event.pk, event_name=event.name)


def _claimed(event: Event, email: str) -> bool:
    """Whether it is ours to send now; no if it was sent. Raises `NotSent` while another worker may be sending it."""
    Letter.objects.bulk_create([Letter(event=event, email=email)], ignore_conflicts=True)
    unsent = Letter.objects.filter(event=event, email=email, sent_at=None)
    free = Q(tried_at=None) | Q(tried_at__lt=Now() - CLAIM)
    if unsent.filter(free).update(tried_at=Now()):
        return True
    if unsent.exists():
        raise NotSent("another worker is sending it")
    return False


def written(event: Event, draft: Draft) -> EmailMultiAlternatives:
    """The message: text and HTML of the same words, in the reader's language and direction."""
    with override(draft.language):
        words = draft.compose()
        context = {
            "words": words,
            "url": settings.SITE_URL + words.path,
            "site": settings.SITE_URL,
            "language": draft.language,
            "direction": "rtl" if get_language_bidi() else "ltr",
        }
        text = render_to_string("emails/letter.txt", context)
        html = render_to_string("emails/letter.html", context)
    subject = " ".join(words.subject.split())
    message = EmailMultiAlternatives(subject, text, to=[draft.email], headers=_headers(event, draft))
    message.attach_alternative(html, "text/html")
    return message


def _headers(event: Event, draft: Draft) -> dict[str, str]:
    """A name that a second copy would share, and a word to machines that no person awaits their answer."""
    who = hashlib.sha256(draft.email.encode()).hexdigest()[:16]
    return {
        "Message-ID": f"<{event.pk}.{who}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": draft.language,
    }
