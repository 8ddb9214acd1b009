"""Giving back: once, never more than was taken, and into the book."""

from concurrent.futures import ThreadPoolExecutor

from sandbox.tests.world import RunningBank


def paid(bank: RunningBank) -> str:
    session = bank.open()
    bank.pay(session)
    return session


def test_a_refund_is_done_and_booked(bank: RunningBank) -> None:
    session = paid(bank)
    answer = bank.refund(session, "312.50")
    assert answer.status == 201
    assert answer.json | {"id": "", "at": ""} == {
        "id": "",
        "session": session,
        "reference": "RF1001",
        "amount": "312.50",
        "currency": "AED",
        "status": "done",
        "failure": None,
        "at": "",
    }
    assert bank.book()[1:] == [("refund", "PAY1001", "312.50", "AED")]
    assert bank.control("book").json["entries"][1]["refund"] == "RF1001"


def test_the_same_key_refunds_once(bank: RunningBank) -> None:
    session = paid(bank)
    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: bank.refund(session, "100.00", key="k1"), range(8)))
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.body for answer in answers}) == 1
    assert len(bank.book()) == 2
    assert bank.refund(session, "99.00", key="k1").status == 422


def test_never_more_than_was_taken_even_at_once(bank: RunningBank) -> None:
    session = paid(bank)
    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: bank.refund(session, "500.00"), range(8)))
    assert sorted(answer.json["status"] for answer in answers) == ["done"] * 2 + ["failed"] * 6
    assert {answer.json["failure"] for answer in answers} == {None, "more_than_captured"}
    assert bank.refund(session, "312.50").json["status"] == "done"


def test_nothing_to_give_back(bank: RunningBank) -> None:
    answer = bank.refund(bank.open(), "1.00")
    assert (answer.json["status"], answer.json["failure"]) == ("failed", "not_captured")
    assert bank.refund("sess_none", "1.00").status == 404


def test_the_book_from_a_moment_on(bank: RunningBank) -> None:
    session = paid(bank)
    bank.refund(session, "1.00")
    entries = bank.merchant("GET", "/v1/book").json["entries"]
    later = bank.merchant("GET", f"/v1/book?since={entries[1]['at']}").json["entries"]
    assert [one["kind"] for one in entries] == ["capture", "refund"]
    assert later == entries[1:]
    assert bank.merchant("GET", "/v1/book?since=2026-11-23T00:00:00+04:00").status == 200
    assert bank.merchant("GET", "/v1/book?since=yesterday").status == 400
