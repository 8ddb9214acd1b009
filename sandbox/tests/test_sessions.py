"""Opening, reading and cancelling a session."""

import pytest

from sandbox.tests.world import PAID, RunningBank, Shop, until


def test_a_session_opens_and_is_found_by_id_and_by_reference(bank: RunningBank) -> None:
    opened = bank.merchant("POST", "/v1/sessions", bank.asked())
    assert opened.status == 201
    session = opened.json
    assert session == {
        "id": session["id"],
        "url": f"http://127.0.0.1:{bank.port}/pay/{session['id']}",
        "status": "open",
        "reference": "PAY1001",
        "amount": "1312.50",
        "currency": "AED",
        "captured": False,
        "captured_amount": None,
        "captured_currency": None,
        "failure": None,
    }
    assert bank.seen(session["id"]) == session
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1001").json == session


def test_the_same_key_gives_the_same_session(bank: RunningBank) -> None:
    first = bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1")
    again = bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1")
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json


def test_the_same_key_with_another_body_is_refused(bank: RunningBank) -> None:
    bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1")
    again = bank.merchant("POST", "/v1/sessions", bank.asked(amount="1.00"), key="k1")
    assert (again.status, again.json["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reference", ""),
        ("reference", None),
        ("amount", 12.5),
        ("amount", "12.5"),
        ("amount", "0.00"),
        ("amount", "-1.00"),
        ("currency", "aed"),
        ("return_url", "javascript:alert(1)"),
        ("callback_url", "http://127.0.0.1:99999/x"),
        ("return_url", "http://shop.example; script-src *"),
        ("expires_in", 0),
    ],
)
def test_a_malformed_field_is_named(standing_bank: RunningBank, field: str, value: object) -> None:
    answer = standing_bank.merchant("POST", "/v1/sessions", standing_bank.asked() | {field: value})
    assert (answer.status, answer.json["code"]) == (400, "invalid")
    assert answer.json["message"].startswith(field)


def test_rubbish_is_not_json(standing_bank: RunningBank) -> None:
    assert standing_bank.merchant("POST", "/v1/sessions", ["PAY1001"]).status == 400


def test_unknown_sessions_are_404(bank: RunningBank) -> None:
    assert bank.merchant("GET", "/v1/sessions/sess_none").status == 404
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1001").status == 404
    assert bank.merchant("POST", "/v1/sessions/sess_none/cancel").status == 404


def test_cancelling_ends_an_open_session_and_says_so(bank: RunningBank, shop: Shop) -> None:
    session = bank.open()
    assert bank.merchant("POST", f"/v1/sessions/{session}/cancel").json["status"] == "cancelled"
    assert bank.merchant("POST", f"/v1/sessions/{session}/cancel").status == 200
    until(lambda: [fact["fact"] for fact in shop.facts] == ["cancelled"])
    assert bank.pay(session).status == 409
    assert bank.book() == []


def test_cancelling_a_captured_session_is_refused_with_the_session(bank: RunningBank) -> None:
    session = bank.open()
    bank.pay(session, PAID)
    answer = bank.merchant("POST", f"/v1/sessions/{session}/cancel")
    assert (answer.status, answer.json["status"]) == (409, "captured")


def test_a_session_expires_and_says_so(bank: RunningBank, shop: Shop) -> None:
    session = bank.open(expires_in=1)
    until(lambda: [fact["fact"] for fact in shop.facts] == ["expired"])
    assert bank.seen(session)["status"] == "expired"
    assert bank.pay(session).status == 409


def test_a_second_attempt_of_a_payment_hides_no_captured_one(bank: RunningBank) -> None:
    first = bank.open()
    bank.pay(first)
    bank.open()
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1001").json["id"] == first
