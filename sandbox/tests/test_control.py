"""The control side: callbacks out of turn, what they make true, and who may not come in."""

import json
import time
from http.client import HTTPConnection

import pytest
from werkzeug.test import Client

from sandbox.app import App
from sandbox.bank import Bank
from sandbox.settings import Settings
from sandbox.tests.world import SECRET, SILENT, RunningBank, Shop, signature


def send(bank: RunningBank, **order: object) -> dict[str, object]:
    answer = bank.control("callbacks", {"reference": "PAY1001", "fact": "captured", **order})
    assert answer.status == 200, answer.text
    return answer.json


def test_twenty_five_copies_at_once_share_an_event_id(bank: RunningBank, shop: Shop) -> None:
    session = bank.open()
    bank.pay(session, SILENT)
    answer = send(bank, times=25, parallel=True)
    assert answer["statuses"] == [200] * 25
    assert {fact["event_id"] for fact in shop.facts} == {answer["event_id"]}
    assert {(fact["session"], fact["amount"]) for fact in shop.facts} == {(session, "1312.50")}


def test_the_statuses_are_what_the_shop_answered(bank: RunningBank, shop: Shop) -> None:
    bank.open()
    shop.answers = [200, 401, 500]
    assert send(bank, fact="pending", times=3)["statuses"] == [200, 401, 500]
    assert send(bank, fact="pending", callback_url="http://127.0.0.1:1/")["statuses"] == [0]


def test_an_event_id_can_be_given_again(bank: RunningBank, shop: Shop) -> None:
    bank.open()
    send(bank, fact="failed", event_id="evt_1")
    send(bank, fact="expired", event_id="evt_1")
    assert [(fact["event_id"], fact["fact"]) for fact in shop.facts] == [
        ("evt_1", "failed"),
        ("evt_1", "expired"),
    ]


@pytest.mark.parametrize(("kind", "age"), [("good", 0), ("stale", 3_600)])
def test_good_and_stale_are_signed_by_the_bank(bank: RunningBank, shop: Shop, kind: str, age: int) -> None:
    bank.open()
    send(bank, signature=kind)
    headers, body = shop.got[0]
    at = int(headers["Sandbox-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Sandbox-Signature"] == signature(SECRET, body, at)
    assert abs(time.time() - age - at) < 5


def test_none_and_wrong_are_not(bank: RunningBank, shop: Shop) -> None:
    bank.open()
    send(bank, signature="none")
    send(bank, signature="wrong")
    (bare, _), (forged, body) = shop.got
    assert "Sandbox-Signature" not in bare
    at = int(forged["Sandbox-Signature"].split(",")[0].removeprefix("t="))
    assert forged["Sandbox-Signature"] != signature(SECRET, body, at)


def test_a_well_signed_capture_makes_itself_true_even_after_a_cancel(bank: RunningBank) -> None:
    session = bank.open()
    bank.merchant("POST", f"/v1/sessions/{session}/cancel")
    send(bank, amount="12.50", currency="USD", times=3)
    assert bank.seen(session)["status"] == "captured"
    assert bank.book() == [("capture", "PAY1001", "12.50", "USD")]
    assert bank.refund(session, "12.50").json["status"] == "done"


@pytest.mark.parametrize("kind", ["none", "wrong", "stale"])
def test_a_forged_capture_changes_nothing(bank: RunningBank, kind: str) -> None:
    session = bank.open()
    send(bank, signature=kind)
    assert bank.seen(session)["status"] == "open"
    assert bank.book() == []


def test_a_reference_nobody_opened_can_be_spoken_of(bank: RunningBank, shop: Shop) -> None:
    asked = {"reference": "PAY1009", "fact": "captured", "amount": "5.00"}
    assert bank.control("callbacks", asked).status == 409
    bank.open("PAY1001")
    assert bank.control("callbacks", {**asked, "signature": "wrong"}).json["statuses"] == [200]
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1009").status == 404
    assert bank.control("callbacks", asked).json["statuses"] == [200]
    assert bank.merchant("GET", "/v1/sessions?reference=PAY1009").json["captured_amount"] == "5.00"


@pytest.mark.parametrize(
    "order",
    [
        {"fact": "maybe"},
        {"times": 0},
        {"times": True},
        {"signature": "ours"},
        {"amount": 5},
        {"reference": "*"},
    ],
)
def test_a_malformed_order_is_refused(standing_bank: RunningBank, order: dict[str, object]) -> None:
    assert (
        standing_bank.control("callbacks", {"reference": "PAY1001", "fact": "captured", **order}).status
        == 400
    )


@pytest.mark.parametrize("change", [{"on": "sunday"}, {"do": "dance"}, {"times": -1}, {"reference": ""}])
def test_a_malformed_behaviour_is_refused(standing_bank: RunningBank, change: dict[str, object]) -> None:
    asked = {"reference": "PAY1001", "on": "session", "do": "hang", "times": 1}
    assert standing_bank.control("behaviour", asked | change).status == 400


@pytest.mark.parametrize("header", ["Origin", "X-Forwarded-For", "Forwarded"])
def test_browsers_and_proxies_stay_out(standing_bank: RunningBank, header: str) -> None:
    assert standing_bank.ask("GET", "/control/book", headers={header: "203.0.113.9"}).status == 403


def test_another_host_name_stays_out(standing_bank: RunningBank) -> None:
    connection = HTTPConnection("127.0.0.1", standing_bank.port, timeout=5)
    connection.request("GET", "/control/book", headers={"Host": "rebound.example"})
    assert connection.getresponse().status == 403
    connection.close()


def test_another_machine_stays_out(bank: RunningBank) -> None:
    settings = Settings(port=1, key=b"k", callback_secret=b"s", store=bank.store, url="http://127.0.0.1:1")
    client = Client(App(Bank.open(settings)))
    asked = {"reference": "*", "on": "session", "do": "hang"}
    for near, status in (("127.0.0.1", 201), ("::1", 201), ("203.0.113.9", 403), ("10.0.0.2", 403)):
        answer = client.post(
            "/control/behaviour",
            data=json.dumps(asked),
            environ_base={"REMOTE_ADDR": near},
            base_url="http://127.0.0.1",
        )
        assert answer.status_code == status
