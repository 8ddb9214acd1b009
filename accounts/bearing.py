"""Whom an access token names: the person and the session behind it, read in one question.

A token is worth as much as its session: signed out, expired, or opened under a former password, it names nobody.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.core.internal.httpkit import get_authorization_credential
from allauth.headless.tokens.strategies.jwt import internal
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
    return people.annotate(session=Subquery(live.values("session_data")))


HELD: Question[Any] = Question(_held)


def holder(request: HttpRequest) -> User | None:
    """The person whom the bearer token of a request names; None without one, or with one that is worth nothing."""
    token = get_authorization_credential(request, "Bearer")
    payload = internal.decode_token(token, "access") if token else None
    key = internal.session_key_from_sid(payload["sid"]) if payload and for_us(payload) else None
    person = _uuid(payload["sub"]) if payload and key else None
    user: User | None = HELD.first(key=key, person=person) if person else None
    return user if user and _opened_by(user, SessionStore().decode(user.session or "")) else None  # type: ignore[attr-defined]


def _opened_by(user: User, session: dict[str, Any]) -> bool:
    """Whether this person opened the session, by our door, and with the password of today or a key just replaced."""
    if session.get(SESSION_KEY) != str(user.pk) or session.get(BACKEND_SESSION_KEY) != BACKEND:
        return False
    mark = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(mark, each) for each in hashes)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
