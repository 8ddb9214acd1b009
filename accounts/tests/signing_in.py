"""Tokens in the hands of a test."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from tests.cast import Api
from tests.factories import PASSWORD

UNAUTHORIZED = {"success": False, "message": "Unauthorized", "code": "unauthorized", "errors": {}}


def sign_in(user: User) -> dict[str, Any]:
    """What the login answered."""
    answer = Api().post("/auth/login", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()["data"]
    return found


def me(access: str) -> Any:
    """Who this access token speaks for."""
    return Api().get("/auth/me", Authorization=f"Bearer {access}")


def refresh(token: str) -> Any:
    """The answer to a refresh token."""
    return Api().post("/auth/refresh", {"refresh": token})
