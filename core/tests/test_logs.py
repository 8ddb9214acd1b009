"""No secret in a line of the log, whatever it is called and however deep it lies."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bound_contextvars

from core import logs
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


PARTS = (
    "/invitation/", "/account/come-in/", "/accounts/confirm-email/", "/accounts/password/reset/key/", "/orders/",
    TOKEN, "eyJ", "Bearer ", "?", "&", "link=", "code=", "t=", "canary", " ", "4000000000000077", "5555555555554444",
    "378282246310005", "12",
)  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=6).map("".join))
def test_a_sign_is_in_all_that_could_tell(text: str) -> None:
    """What is passed over at a glance has nothing to hide."""
    whole = logs.TELLING.sub(logs.DOTS, logs.OPENING.sub(rf"\1{logs.DOTS}", text))
    assert hidden(text) == whole


@pytest.mark.parametrize(
    "value", ["ORD1001", 12, None, "/orders/ORD1001/", "2026-11-23T08:00:00Z", ["P1001"], ("a", 1)]
)
def test_the_rest_is_as_it_was(value: Any) -> None:
    assert hidden(value) == value


class Kept(logging.Handler):
    """What a handler would write."""

    def __init__(self) -> None:
        super().__init__()
        last = structlog.processors.JSONRenderer()
        self.setFormatter(logs.Lines(processor=last, foreign_pre_chain=logs.SHARED))
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.mark.parametrize("told", [None, {"request_id": "4000000000000077"}])
@pytest.mark.parametrize("made_here", [True, False])
def test_the_line_of_a_request_is_as_any_other_and_hides_as_much(
    made_here: bool, told: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, kept = logging.getLogger("aqad.told"), Kept()
    monkeypatch.setattr(logs, "_made_here", made_here)
    logger.addHandler(kept)
    logger.setLevel(logging.INFO)
    facts = {"method": "GET", "path": "/invitation/canary/", "status": 200, "ms": 1.5, "token": "canary"}
    with bound_contextvars(**({} if told else {"request_id": "4000000000000077"})):
        logs.tell(logger, "request", facts, told)
    logger.removeHandler(kept)
    [line] = kept.lines
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$", line.pop("timestamp"))
    assert line == {
        "method": "GET", "path": "/invitation/•••/", "status": 200, "ms": 1.5, "token": "•••", "event": "request",
        "request_id": "•••", "logger": "aqad.told", "level": "info",
    }  # fmt: skip
