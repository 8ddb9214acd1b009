"""API tokens: allauth's JWTs, with a refresh that works exactly once.

Each sign-in is a family: a session row in the database which every token of it names. Refresh locks that row, so
of parallel uses one wins; a refresh token that comes back after its use ends the family (RFC 9700, section 4.14).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import devices, entering, noticing, second
from accounts.backends import EmailBackend
from accounts.models import User
from core.errors import Forbidden, Unauthorized

BACKEND = "accounts.backends.EmailBackend"

# allauth imports these at their first use; two first sign-ins at once would meet half-imported modules and answer 500.
for needed in ("cryptography.hazmat.primitives.ciphers", "jwt.algorithms"):
    import_module(needed)


def for_us(claims: dict[str, Any]) -> bool:
    """Whether a token that our key signed names us as who made it and whom it is for (RFC 7519, 4.1.1 and 4.1.3).

    Tokens of the release before, and those for refreshing, name nobody.
    """
    return all(claims.get(name, ours) == ours for name, ours in settings.TOKEN_CLAIMS.items())


@dataclass(frozen=True)
class Pair:
    """An access token, valid `expires_in` seconds, and the refresh token for the next pair."""

    access: str
    refresh: str
    expires_in: int = settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN


class FamilyTokens(JWTTokenStrategy):  # type: ignore[misc]
    """allauth's strategy made atomic and reuse-detecting."""

    def get_claims(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Who made an access token, and for whom."""
        return dict(settings.TOKEN_CLAIMS)

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """A new pair for a refresh token, once; None for any other."""
        payload = internal.decode_token(refresh_token, "refresh")
        key = internal.session_key_from_sid(payload["sid"]) if payload and for_us(payload) else None
        if not payload or not key:
            return None
        with transaction.atomic():
            family = Session.objects.select_for_update().filter(pk=key).first()
            if family is None:
                return None
            if payload["jti"] not in family.get_decoded().get("headless_refresh_tokens", {}):
                family.delete()
                return None
            user = _user_of(family)
            if user is None or not user.may_work:
                return None
            if devices.outlived(key):
                return None
            pair: tuple[str, str] | None = super().refresh_token(refresh_token)
            return pair


def _user_of(family: Session) -> User | None:
    """Whom this family signed in, if still there and active."""
    return EmailBackend().get_user(family.get_decoded().get(SESSION_KEY))


STRATEGY = FamilyTokens()


def sign_in(request: HttpRequest, email: str, password: str, code: str = "") -> tuple[User, Pair]:
    """A pair of tokens for the right e-mail and password, and a code where there is a second factor.

    Raises `Unauthorized` for a wrong pair or code (`mfa_required`, `mfa_invalid`), `Forbidden` (`account_not_active`)
    only after the right password, and `TooMany` after too many wrong ones.
    """
    known = entering.authenticated(request, email, password)
    if known is None:
        raise Unauthorized(_("Invalid email or password"), code="invalid_credentials")
    user = User.objects.select_related("membership__business").get(pk=known.pk)
    if not user.may_work:
        noticing.refused("not_active")
        raise Forbidden(_("This account is not active."), code="account_not_active")
    _second_factor(request, user, code)
    return user, family(request, user)


def _second_factor(request: HttpRequest, user: User, code: str) -> None:
    if second.lacks(user):
        raise Unauthorized(_("Set up a second factor on the website first."), code="mfa_required")
    if not second.has(user):
        return
    if not code:
        raise Unauthorized(_("A code of your second factor is needed."), code="mfa_required")
    if second.accept(request, user, code) is None:
        noticing.refused("code")
        raise Unauthorized(_("This code is wrong, or was used already."), code="mfa_invalid")


def family(asked: HttpRequest, user: User) -> Pair:
    """Open a session of its own for new tokens; the browser's session and cookies, if any, stay as they were."""
    request = HttpRequest()
    request.META, request.path = dict(asked.META), asked.path
    request.user = user
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=BACKEND)
    request.session.save()
    made = STRATEGY.create_access_token_payload(request)
    request.session.save()
    return Pair(made["access_token"], made["refresh_token"])


def refresh(request: HttpRequest, token: str) -> Pair:
    """The next pair. Raises `Unauthorized` for a token that is wrong, expired or used."""
    pair = STRATEGY.refresh_token(token)
    key = key_of(token)
    if pair is None or key is None:
        raise Unauthorized
    devices.hear(request, key)
    return Pair(*pair)


def sign_out(token: str) -> None:
    """End the family of this refresh token; an unknown one changes nothing."""
    if key := key_of(token):
        Session.objects.filter(pk=key).delete()


def key_of(token: str, use: str = "refresh") -> str | None:
    """The key of the session that a token of ours names; None for any other."""
    payload = internal.decode_token(token, use)
    key: str | None = internal.session_key_from_sid(payload["sid"]) if payload else None
    return key
