"""How sign-ins go, counted as they happen; who it was stays untold."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed

from core import metrics, recent

SIGN_INS = metrics.counter("sign_ins", "Sign-ins, on pages and by programs.", "outcome")


def listen() -> None:
    """Hear of every sign-in."""
    user_logged_in.connect(_in, dispatch_uid="sign-ins")
    user_login_failed.connect(_wrong, dispatch_uid="sign-ins")


def _in(**_: Any) -> None:
    metrics.count(SIGN_INS, "ok")


def _wrong(**_: Any) -> None:
    refused("wrong")


def refused(why: str) -> None:
    """Somebody was not let in: a `wrong` pair, a wrong `code`, `not_active`."""
    metrics.count(SIGN_INS, why)
    recent.note("sign-in", reason=why)
