"""Who may speak for a merchant: only whoever signed this very request, lately."""

import time

import pytest

from sandbox.tests.world import KEY, RunningBank, signature

PATH = "/v1/sessions?reference=PAY4041"
MESSAGE = f"GET.{PATH}.".encode()


def headers(
    secret: str = KEY, message: bytes = MESSAGE, age: int = 0, merchant: str = "aqad"
) -> dict[str, str]:
    signed = signature(secret, message, int(time.time()) - age)
    return {"Sandbox-Merchant": merchant, "Sandbox-Signature": signed}


def test_a_signed_request_comes_in(standing_bank: RunningBank) -> None:
    assert standing_bank.ask("GET", PATH, headers=headers()).status == 404
    assert standing_bank.ask("GET", PATH, headers=headers(age=280)).status == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Sandbox-Merchant": "aqad"},
        {"Sandbox-Merchant": "aqad", "Sandbox-Signature": "t=1,v1=zz"},
        headers(secret="another key"),
        headers(merchant="somebody"),
        headers(message=b"POST." + PATH.encode() + b"."),
        headers(message=b"GET./v1/sessions?reference=PAY1002."),
        headers(message=MESSAGE + b"{}"),
        headers(age=3_600),
        headers(age=-3_600),
    ],
)
def test_anything_else_stays_out(standing_bank: RunningBank, sent: dict[str, str]) -> None:
    answer = standing_bank.ask("GET", PATH, headers=sent)
    assert (answer.status, answer.json["code"]) == (401, "unauthorized")


def test_a_changed_body_stays_out(standing_bank: RunningBank) -> None:
    sent = headers(message=b'POST./v1/refunds.{"amount": "1.00"}')
    assert standing_bank.ask("POST", "/v1/refunds", b'{"amount": "9.00"}', sent).status == 401


def test_a_post_needs_an_idempotency_key(standing_bank: RunningBank) -> None:
    sent = headers(message=b"POST./v1/sessions.{}")
    assert standing_bank.ask("POST", "/v1/sessions", b"{}", sent).status == 400


def test_a_huge_body_is_refused(standing_bank: RunningBank) -> None:
    assert standing_bank.ask("POST", "/v1/sessions", b" " * 70_000, headers()).status == 413
