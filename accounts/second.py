"""The second factor: who has one, who must have one, and whether a code is right. allauth keeps and draws it."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import attempts
from accounts.models import User
from core.roles import Role

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
TYPED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
LAST = "last"


def has(user: User) -> bool:
    """Whether this person signs in with two factors."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def lacks(user: Any) -> bool:
    """Whether this person must set up a second factor before anything else."""
    must = settings.SECOND_FACTOR_OF_STAFF and getattr(user, "role", None) == Role.STAFF
    return must and not has(user)


def accept(request: HttpRequest, user: User, code: str) -> Authenticator | None:
    """What this code belongs to, an app or the recovery codes, now used up; None for a wrong or used one.

    Raises `TooMany` after too many wrong ones.
    """
    if not settings.RATELIMIT_ENABLE:
        return _accepted(user, code)
    tries = attempts.of_code(request, user)
    tries.begin()
    found = _accepted(user, code)
    if found:
        tries.succeeded()
    else:
        tries.failed()
    return found


def _accepted(user: User, code: str) -> Authenticator | None:
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=user, type__in=TYPED).order_by("pk")
        return next((row for row in rows if _fits(row, "".join(code.split()))), None)


def _fits(row: Authenticator, code: str) -> bool:
    if row.type == Authenticator.Type.TOTP:
        return _of_app(row, code)
    return bool(row.wrap().validate_code(code))


def _of_app(row: Authenticator, code: str) -> bool:
    """Codes of an app are numbered by time; none before the last taken is good (RFC 6238, 5.2)."""
    secret, last = decrypt(row.data["secret"]), row.data.get(LAST, 0)
    for number in totp.yield_hotp_counters_from_time():
        right = totp.format_hotp_value(totp.hotp_value(secret, number))
        if number > last and constant_time_compare(right, code):
            row.data[LAST] = number
            row.save(update_fields=["data"])
            return True
    return False


def taken_from(user: User) -> list[str]:
    """Take every factor away, within the caller's transaction; the kinds there were."""
    rows = Authenticator.objects.filter(user=user)
    kinds = sorted(rows.values_list("type", flat=True))
    rows.delete()
    return kinds
