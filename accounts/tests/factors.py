"""An authenticator app in the hands of a test."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from accounts.models import User


def set_up(user: User) -> str:
    """An app for this person; the secret it shares with us."""
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code_of(secret: str, later: int = 0) -> str:
    """What the app shows now, or `later` half minutes from now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later)))


def recovery_codes(user: User) -> list[str]:
    """The list on paper."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes
