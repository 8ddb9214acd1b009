"""No secret in a line of the log, whatever it is called and however deep it lies."""

from __future__ import annotations

from typing import Any

import pytest

from core.logs import hidden

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "value",
    [
        {"password": "canary"},
        {"facts": {"headers": {"Authorization": "canary"}}},
        {"list": [{"cvc": "canary"}]},
        {"path": "/accounts/password/reset/key/1-canary/"},
        {"path": "/invitation/canary/"},
        {"path": "/account/come-in/canary:1:x/"},
        {"told": "GET /payments/PAY1001/?t=canary HTTP/1.1"},
        {"told": "Authorization: Bearer canary"},
    ],
)
def test_what_smells_of_a_secret_is_blank(value: Any) -> None:
    assert "canary" not in str(hidden(value))
    assert "•••" in str(hidden(value))


@pytest.mark.parametrize("secret", [TOKEN, "4000000000000077", "5555555555554444", "378282246310005"])
def test_tokens_and_cards_are_blank_in_the_middle_of_a_text(secret: str) -> None:
    assert hidden(f"before {secret} after") == "before ••• after"


@pytest.mark.parametrize(
    "value", ["ORD1001", 12, None, "/orders/ORD1001/", "2026-11-23T08:00:00Z", ["P1001"], ("a", 1)]
)
def test_the_rest_is_as_it_was(value: Any) -> None:
    assert hidden(value) == value
