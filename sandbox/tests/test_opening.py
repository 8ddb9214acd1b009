"""The opening statement: a past from before this bank, taken over once, refundable like everything else."""

import pytest

from sandbox.tests.world import RunningBank

LONG_AGO = "2026-09-24T08:00:00Z"


def entry(kind: str = "capture", **changes: object) -> dict[str, object]:
    refund = {"refund": "RF1001", "amount": "312.50"} if kind == "refund" else {"amount": "1312.50"}
    names = {
        "kind": kind,
        "reference": "PAY1001",
        "session": "sess_demo_1",
        "currency": "AED",
        "at": LONG_AGO,
    }
    return {**names, **refund, **changes}


def hand_over(bank: RunningBank, *entries: dict[str, object]) -> tuple[int, object]:
    answer = bank.control("opening", {"entries": list(entries)})
    return answer.status, answer.json.get("new", answer.json.get("code"))


def test_a_past_is_taken_over_once(bank: RunningBank) -> None:
    past = (entry("refund"), entry())
    assert hand_over(bank, *past) == (201, 2)
    assert hand_over(bank, *past) == (200, 0)
    assert bank.book() == [("capture", "PAY1001", "1312.50", "AED"), ("refund", "PAY1001", "312.50", "AED")]
    assert [one["at"] for one in bank.control("book").json["entries"]] == ["2026-09-24T08:00:00.000000Z"] * 2
    assert bank.seen("sess_demo_1")["status"] == "captured"


def test_what_was_taken_over_can_be_given_back_but_never_more(bank: RunningBank) -> None:
    hand_over(bank, entry(), entry("refund"))
    assert bank.refund("sess_demo_1", "1000.01", "RF1002").json["status"] == "failed"
    assert bank.refund("sess_demo_1", "1000.00", "RF1003").json["status"] == "done"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (entry("refund", session="sess_demo_9"), 409),
        (entry("refund", amount="1312.51"), 409),
        (entry(reference="PAY1002", amount="5.00"), 409),
        (entry(amount="0.00"), 400),
        (entry(at="yesterday"), 400),
        (entry(at=None), 400),
        (entry(kind="gift"), 400),
        (entry(session="../x"), 400),
    ],
)
def test_nonsense_takes_the_whole_statement_with_it(
    bank: RunningBank, wrong: dict[str, object], status: int
) -> None:
    hand_over(bank, entry())
    more = entry(reference="PAY1003", session="sess_demo_3")
    assert hand_over(bank, more, wrong)[0] == status
    assert len(bank.book()) == 1


@pytest.mark.parametrize("entries", [None, {}, ["x"], [entry()] * 251])
def test_a_statement_is_a_list_of_entries(standing_bank: RunningBank, entries: object) -> None:
    assert standing_bank.control("opening", {"entries": entries}).status == 400


def test_the_book_in_pages(bank: RunningBank) -> None:
    hand_over(bank, *(entry(reference=f"PAY{n}", session=f"sess_demo_{n}") for n in range(1001, 1006)))
    seen, path = [], "/v1/book?since=2026-09-01T00:00:00Z&limit=2"
    page = bank.merchant("GET", path).json
    while page["next"]:
        seen += page["entries"]
        page = bank.merchant("GET", f"{path}&after={page['next']}").json
    seen += page["entries"]
    assert [one["reference"] for one in seen] == [f"PAY{n}" for n in range(1001, 1006)]
    assert bank.merchant("GET", "/v1/book").json["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "after=%C2%B2", f"after={'9' * 30}"])
def test_a_page_is_a_number(standing_bank: RunningBank, query: str) -> None:
    assert standing_bank.merchant("GET", f"/v1/book?{query}").status == 400
