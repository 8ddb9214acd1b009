"""Bad days on order: each goes wrong as named, as often as named, and then no more."""

import time
from http.client import HTTPException

import pytest

from sandbox.tests.world import RunningBank, Shop, until


def test_an_error_does_nothing(bank: RunningBank) -> None:
    bank.spoil("session", "error")
    assert bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1").status == 500
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1001").status == 404
    assert bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1").status == 201


def test_a_refusal_is_definite(bank: RunningBank) -> None:
    bank.spoil("session", "decline")
    answer = bank.merchant("POST", "/v1/sessions", bank.asked())
    assert (answer.status, answer.json["code"]) == (402, "declined")


def test_a_dropped_connection_has_done_the_work(bank: RunningBank) -> None:
    bank.spoil("session", "drop")
    with pytest.raises((HTTPException, OSError)):
        bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1")
    found = bank.merchant("GET", "/v1/sessions?reference=PAY1001").json
    assert bank.merchant("POST", "/v1/sessions", bank.asked(), key="k1").json == found


def test_rubbish_comes_with_200(bank: RunningBank) -> None:
    session = bank.open()
    bank.pay(session)
    bank.spoil("refund", "garbage")
    answer = bank.refund(session, "10.00", key="k1")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert bank.book()[1:] == [("refund", "PAY1001", "10.00", "AED")]
    assert bank.refund(session, "10.00", key="k1").json["status"] == "done"
    assert len(bank.book()) == 2


def test_hanging_outlasts_the_callers_patience_but_the_work_is_done(bank: RunningBank) -> None:
    bank.spoil("session", "hang", times=2)
    with pytest.raises(TimeoutError):
        bank.merchant("POST", "/v1/sessions", bank.asked(), timeout=0.4)
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1001").status == 200
    began = time.monotonic()
    assert bank.merchant("POST", "/v1/sessions", bank.asked()).status == 201
    assert time.monotonic() - began > 1.4


def test_a_query_can_go_wrong_by_id_and_by_reference(bank: RunningBank) -> None:
    session = bank.open()
    bank.spoil("query", "error", times=2)
    assert bank.merchant("GET", f"/v1/sessions/{session}").status == 500
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1001").status == 500
    assert bank.merchant("GET", f"/v1/sessions/{session}").status == 200


def test_cancelling_is_of_the_session_too(bank: RunningBank) -> None:
    session = bank.open()
    bank.spoil("session", "error")
    assert bank.merchant("POST", f"/v1/sessions/{session}/cancel").status == 500
    assert bank.seen(session)["status"] == "open"


def test_a_refund_is_found_by_its_own_reference_or_the_payments(bank: RunningBank) -> None:
    session = bank.open()
    bank.pay(session)
    bank.spoil("refund", "error", reference="RF1001")
    bank.spoil("refund", "decline", reference="PAY1001")
    assert [bank.refund(session, "1.00").status for _ in range(3)] == [500, 402, 201]
    assert len(bank.book()) == 2


@pytest.mark.parametrize("on", ["session", "query", "refund", "callback"])
@pytest.mark.parametrize(
    ("do", "taken"), [("wrong_amount", ("1311.50", "AED")), ("wrong_currency", ("1312.50", "USD"))]
)
def test_taking_something_else_is_told_alike_everywhere(
    bank: RunningBank, shop: Shop, on: str, do: str, taken: tuple[str, str]
) -> None:
    bank.spoil(on, do)
    session = bank.open()
    bank.pay(session)
    seen = bank.seen(session)
    assert (seen["captured_amount"], seen["captured_currency"]) == taken
    assert (seen["amount"], seen["currency"]) == ("1312.50", "AED")
    until(lambda: shop.got)
    assert (shop.facts[0]["amount"], shop.facts[0]["currency"]) == taken
    assert bank.book() == [("capture", "PAY1001", *taken)]
    assert bank.refund(session, taken[0]).json["currency"] == taken[1]


def test_silence_swallows_one_callback(bank: RunningBank, shop: Shop) -> None:
    bank.spoil("callback", "silent", reference="*")
    bank.pay(bank.open("PAY1001"))
    bank.pay(bank.open("PAY1002"))
    until(lambda: shop.got)
    assert [fact["reference"] for fact in shop.facts] == ["PAY1002"]


def test_a_dropped_callback_arrives_twice_under_one_id(bank: RunningBank, shop: Shop) -> None:
    bank.spoil("callback", "drop")
    bank.pay(bank.open())
    until(lambda: len(shop.got) == 2)
    assert len({fact["event_id"] for fact in shop.facts}) == 1


def test_a_garbled_callback_is_followed_by_the_true_one(bank: RunningBank, shop: Shop) -> None:
    bank.spoil("callback", "garbage")
    bank.pay(bank.open())
    until(lambda: len(shop.got) == 2)
    assert shop.got[0][1].startswith(b"<html>")
    assert b'"captured"' in shop.got[1][1]


@pytest.mark.parametrize("do", ["error", "hang"])
def test_a_callback_that_fails_or_hangs_comes_later(bank: RunningBank, shop: Shop, do: str) -> None:
    bank.spoil("callback", do)
    bank.pay(bank.open())
    until(lambda: len(shop.got) == 1)


def test_a_payment_can_be_declined_whatever_the_card(bank: RunningBank) -> None:
    bank.spoil("callback", "decline")
    session = bank.open()
    bank.pay(session)
    assert bank.seen(session)["failure"] == "card_declined"


def test_others_are_spared_and_names_go_before_the_star(bank: RunningBank) -> None:
    bank.spoil("session", "error", reference="PAY1009")
    assert bank.merchant("POST", "/v1/sessions", bank.asked()).status == 201
    bank.spoil("session", "decline", reference="*")
    assert bank.merchant("POST", "/v1/sessions", bank.asked("PAY1009")).status == 500
    assert bank.merchant("POST", "/v1/sessions", bank.asked("PAY1009")).status == 402


def test_reset_forgets_them(bank: RunningBank) -> None:
    bank.spoil("session", "error", times=9)
    assert bank.control("reset", {}).json == {"forgotten": 1}
    assert bank.merchant("POST", "/v1/sessions", bank.asked()).status == 201
