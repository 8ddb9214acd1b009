"""What each card does, and what the page says of a card it cannot take."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.tests.world import DECLINED, LATE, PAID, POOR, SILENT, RunningBank, Shop, until


def test_a_paid_card_captures_calls_back_and_returns(bank: RunningBank, shop: Shop) -> None:
    session = bank.open()
    answer = bank.pay(session, PAID)
    assert answer.status == 303
    assert answer.headers["Location"] == f"{shop.url}/payments/return/?reference=PAY1001&session={session}"
    seen = bank.seen(session)
    assert (seen["status"], seen["captured_amount"], seen["captured_currency"]) == (
        "captured",
        "1312.50",
        "AED",
    )
    until(lambda: shop.facts)
    assert shop.facts[0] | {"event_id": "", "at": ""} == {
        "event_id": "",
        "fact": "captured",
        "merchant": "aqad",
        "reference": "PAY1001",
        "session": session,
        "amount": "1312.50",
        "currency": "AED",
        "failure": None,
        "at": "",
    }
    assert bank.book() == [("capture", "PAY1001", "1312.50", "AED")]


@pytest.mark.parametrize(("card", "code"), [(DECLINED, "card_declined"), (POOR, "insufficient_funds")])
def test_a_refused_card_fails_and_returns(bank: RunningBank, shop: Shop, card: str, code: str) -> None:
    session = bank.open()
    assert bank.pay(session, card).status == 303
    seen = bank.seen(session)
    assert (seen["status"], seen["failure"], seen["captured"]) == ("failed", code, False)
    until(lambda: [(fact["fact"], fact["failure"]) for fact in shop.facts] == [("failed", code)])
    assert bank.pay(session, PAID).status == 409
    assert bank.book() == []


def test_a_late_card_captures_at_once_and_calls_back_later(bank: RunningBank, shop: Shop) -> None:
    session = bank.open()
    bank.pay(session, LATE)
    assert bank.seen(session)["status"] == "captured"
    assert shop.got == []
    until(lambda: [fact["fact"] for fact in shop.facts] == ["captured"])


def test_a_silent_card_captures_and_never_calls_back(bank: RunningBank, shop: Shop) -> None:
    session = bank.open()
    bank.pay(session, SILENT)
    assert bank.seen(session)["status"] == "captured"
    assert bank.control("sessions?reference=PAY1001").json["sessions"][0]["callbacks"] == []


def test_twenty_submits_at_once_capture_once(bank: RunningBank, shop: Shop) -> None:
    session = bank.open()
    with ThreadPoolExecutor(20) as hands:
        statuses = list(hands.map(lambda _: bank.pay(session).status, range(20)))
    assert statuses == [303] * 20
    assert bank.book() == [("capture", "PAY1001", "1312.50", "AED")]
    until(lambda: len(shop.got) == 1)


@pytest.mark.parametrize("typed", ["4000 0000 0000 0077", "4000-0000-0000-0077", "٤٠٠٠٠٠٠٠٠٠٠٠٠٠٧٧"])
def test_numbers_are_read_as_people_write_them(bank: RunningBank, typed: str) -> None:
    session = bank.open()
    assert bank.pay(session, typed, " 1 / 2031 ").status == 303
    assert bank.seen(session)["status"] == "captured"


@pytest.mark.parametrize(
    ("card", "expiry", "cvc", "sentence"),
    [
        ("", "12/30", "123", "This is not a card number."),
        ("4000000000000078", "12/30", "123", "This is not a card number."),
        ("4242424242424242", "12/30", "123", "takes only the test cards"),
        (PAID, "13/30", "123", "Write the expiry as month and year"),
        (PAID, "soon", "123", "Write the expiry as month and year"),
        (PAID, "01/20", "123", "This card has expired."),
        (PAID, "12/30", "12", "three or four digits"),
        (PAID, "12/30", "", "three or four digits"),
    ],
)
def test_what_will_not_do_is_said(
    standing_bank: RunningBank, card: str, expiry: str, cvc: str, sentence: str
) -> None:
    session = standing_bank.open()
    answer = standing_bank.pay(session, card, expiry, cvc)
    assert answer.status == 422
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert standing_bank.seen(session)["status"] == "open"


def test_what_was_typed_is_kept_but_never_the_cvc(standing_bank: RunningBank) -> None:
    page = standing_bank.pay(standing_bank.open(), '4242"><b>', "11/31", "987").text
    assert 'value="4242&#34;&gt;&lt;b&gt;"' in page
    assert 'value="11/31"' in page
    assert "987" not in page
