"""Where somebody is signed in: each session of a browser and each family of tokens, by device and neighbourhood."""

from __future__ import annotations

import math
import re
import time
from datetime import timedelta
from typing import Any

from allauth.account.signals import password_changed
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import SignIn, User
from core.limits import client_network
from core.tidying import forget

SEEN, OFTEN = "seen", 600  # seconds between two notes that a session is still used
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@receiver(user_logged_in)
def remember(sender: Any, request: HttpRequest, user: User, **facts: Any) -> None:
    """Whoever signs in, by whatever door, has this session among theirs."""
    request.session[SEEN] = int(time.time())
    SignIn.objects.create(
        user=user,
        session_id=str(request.session.session_key),
        program=request.path.startswith("/api/"),
        mark=user.get_session_auth_hash(),
        **_whence(request),
    )


@receiver(password_changed)
def remember_again(sender: Any, request: HttpRequest, user: User, **facts: Any) -> None:
    """With a new password the session here goes on under another key."""
    remember(sender, request, user)


def see(request: HttpRequest) -> None:
    """Note now and then that a session is still used, and from where; its own memory knows when that was."""
    last = request.session.get(SEEN)
    if last is None or time.time() - last < OFTEN:
        return
    request.session[SEEN] = int(time.time())
    hear(request, str(request.session.session_key))


def hear(request: HttpRequest, key: str) -> None:
    """The session of that key was used just now, from there."""
    SignIn.objects.filter(session_id=key).update(seen_at=Now(), **_whence(request))


def outlived(key: str) -> bool:
    """Whether a family began so long ago that its owner has to sign in again, however often it was refreshed."""
    longest = timedelta(seconds=settings.HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN)
    return SignIn.objects.filter(session_id=key, began_at__lt=Now() - longest).exists()


def others(user: User, key: str | None) -> QuerySet[SignIn]:
    """Where else this person is signed in than in the session of that key."""
    return SignIn.objects.seen_by(user).exclude(session_id=key)


def end(sign_ins: QuerySet[SignIn]) -> int:
    """End sessions and families at once; says how many."""
    keys = list(sign_ins.values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


def tidy(seconds: float = math.inf) -> int:
    """Forget what is left over of sessions that are gone, for so long at most; says how many."""
    gone = ~Exists(Session.objects.filter(pk=OuterRef("session_id")))
    return forget(SignIn.objects.filter(gone), seconds)


def _whence(request: HttpRequest) -> dict[str, str]:
    return {"device": device(request.headers.get("User-Agent", "")), "network": client_network(request)}


def device(agent: str) -> str:
    """A browser and a system by the names people know; a program by what it calls itself."""
    browser = next((name for mark, name in BROWSERS if f"{mark}/" in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser:
        return f"{browser} · {system}" if system else browser
    return re.sub(r"[^\w./ -]", "", agent.partition(" ")[0])[:60]
