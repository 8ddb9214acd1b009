"""Whom an access token names: the person and the session behind it, read in one question.

A token is worth as much as its session: signed out, expired, or opened under a former password, it names nobody. What
never changes of a token, that we signed it and what it says, is found out once for a process; the session is looked at
each time.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from allauth.core.internal.httpkit import get_authorization_credential
from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, Subquery, UUIDField
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.tokens import BACKEND, for_us
from core.prepared import Question
from core.slots import Slot


def _held() -> Any:
    live = Session.objects.filter(pk=Slot("key", CharField()), expire_date__gt=Now())
    people = User.objects.select_related("membership__business").filter(pk=Slot("person", UUIDField()))
    return people.defer(*SELDOM).annotate(session=Subquery(live.values("session_data")))


SELDOM = ("last_login", "joined_at", "membership__business__created_at")
HELD: Question[Any] = Question(_held)


class Signed(NamedTuple):
    """What a token of ours says."""

    claims: dict[str, Any]
    until: int
    person: UUID
    session: str


def holder(request: HttpRequest) -> User | None:
    """The person whom the bearer token of a request names; None without one, or with one that is worth nothing."""
    token = get_authorization_credential(request, "Bearer")
    signed = _valid(token) if token else None
    user: Any = HELD.first(key=signed.session, person=signed.person) if signed else None
    return user if user and _opened_by(user, _session(user.session or "", settings.SECRET_KEY)) else None


def _valid(token: str) -> Signed | None:
    """What it says, if it is ours, for us, and not over."""
    try:
        signed = _signed(token, settings.SECRET_KEY)
    except ValueError:
        return None
    return signed if signed.until > time.time() and for_us(signed.claims) else None


@lru_cache(4096)
def _signed(token: str, secret: str) -> Signed:
    """Raises `ValueError`, which is not remembered, for a token that our key did not sign or that is over."""
    claims = internal.decode_token(token, "access")
    session = internal.session_key_from_sid(claims["sid"]) if claims and "exp" in claims else None
    if not claims or not session:
        raise ValueError
    return Signed(claims, int(claims["exp"]), UUID(claims["sub"]), session)


@lru_cache(4096)
def _session(text: str, secret: str) -> dict[str, Any]:
    """What a session keeps, to be read only."""
    return SessionStore().decode(text)


def _opened_by(user: User, session: dict[str, Any]) -> bool:
    """Whether this person opened the session, by our door, and with the password of today or a key just replaced."""
    if session.get(SESSION_KEY) != str(user.pk) or session.get(BACKEND_SESSION_KEY) != BACKEND:
        return False
    mark = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(mark, each) for each in hashes)
