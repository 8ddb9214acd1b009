"""Asking the gateway: when, how often, and what becomes of a page nobody is to pay on any more."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from core.errors import Away, WrongMoment
from orders.models import Checkout, Order
from payments import actions, asking
from payments.gateways.base import Fact, GatewayUnsure, Session
from payments.models import Payment
from payments.tests.conftest import SILENT, Bank
from tests.cast import Api, Cast, workers_run

pytestmark = pytest.mark.django_db


def seconds(number: int) -> Any:
    from datetime import timedelta

    return timedelta(seconds=number)


def aged(age: int, rested: int) -> None:
    """The payment was made `age` seconds ago and last asked about `rested` seconds ago."""
    Payment.objects.update(created_at=Now() - seconds(age), asked_at=Now() - seconds(rested))


@pytest.mark.parametrize(
    ("age", "rested", "due"),
    [
        (9, 9, 0),
        (11, 11, 1),
        (30, 14, 0),
        (30, 16, 1),
        (600, 250, 0),
        (600, 310, 1),
        (86400, 3500, 0),
        (86400, 3700, 1),
    ],
)
def test_the_older_the_less_often(
    owed: Payment, page: str, bank: Bank, age: int, rested: int, due: int
) -> None:
    aged(age, rested)
    assert asking.poll() == due


def test_a_crowd_that_waits_does_not_hide_who_is_due(cast: Cast, bank: Bank) -> None:
    made = [cast.order(1)["payments"][0]["id"] for _ in range(8)]
    for code in made:
        actions.open_page(Payment.objects.coded(code).get())
    aged(600, 250)
    last = Payment.objects.coded(made[-1])
    last.update(created_at=Now() - seconds(40), asked_at=Now() - seconds(21))
    assert asking.poll() == 1
    assert last.get().asked_at > Payment.objects.coded(made[0]).get().asked_at


def test_whose_opening_was_lost_is_asked_about(owed: Payment, bank: Bank) -> None:
    bank.behave("session", "drop")
    with pytest.raises(Away):
        actions.open_page(owed)
    [session] = bank.control(f"sessions?reference={owed.code}")["sessions"]
    bank.pay(f"{bank.url}/pay/{session['id']}", SILENT)
    Payment.objects.update(asked_at=F("asked_at") - seconds(11))
    assert asking.poll() == 1
    assert Order.objects.get().status == "placed"


def test_who_waits_on_the_page_back_is_asked_about_at_once(
    cast: Cast, owed: Payment, page: str, bank: Bank
) -> None:
    aged(600, 5)
    bank.pay(page, SILENT)
    assert asking.poll() == 0
    fatima = Client()
    fatima.force_login(cast.fatima, backend="accounts.backends.EmailBackend")
    assert b"waiting for the bank" in fatima.get(f"/payments/return/?reference={owed.code}").content
    assert asking.poll() == 1
    assert b"Paid. Thank you!" in fatima.get(f"/payments/return/?reference={owed.code}").content


def test_a_page_that_opens_after_the_order_was_called_off_is_closed(
    cast: Cast, owed: Payment, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fatima cancels in another tab while the bank is still opening its page."""
    from payments.gateways.sandbox import Sandbox

    real = Sandbox.open

    def slow(self: Sandbox, *args: Any) -> Session:
        Api(cast.fatima).post(f"/orders/{Order.objects.get().code}/moves/cancel")
        workers_run()
        return real(self, *args)

    monkeypatch.setattr(Sandbox, "open", slow)
    with pytest.raises(WrongMoment):
        actions.open_page(owed)
    [session] = bank.control(f"sessions?reference={owed.code}")["sessions"]
    assert session["status"] == "cancelled"


def test_a_session_whose_opening_was_lost_is_closed_too(cast: Cast, owed: Payment, bank: Bank) -> None:
    bank.behave("session", "drop")
    with pytest.raises(Away):
        actions.open_page(owed)
    Api(cast.fatima).post(f"/orders/{Order.objects.get().code}/moves/cancel")
    workers_run()
    [session] = bank.control(f"sessions?reference={owed.code}")["sessions"]
    assert session["status"] == "cancelled"
    assert Payment.objects.get().status == "failed"


def test_two_sweepers_move_the_deadline_once(owed: Payment, settings: Any) -> None:
    settings.SANDBOX_BANK_URL = "http://127.0.0.1:1"
    Payment.objects.update(gateway_ref="sess_x")
    Checkout.objects.update(reserved_until=Now() - seconds(1))
    seen = [Checkout.objects.get() for _ in range(2)]
    for checkout in seen:
        asking._wait(checkout)
    assert Checkout.objects.get().reserved_until - seen[0].reserved_until == asking.MORE_TIME


def test_after_two_hours_without_an_answer_the_stock_is_free(owed: Payment, settings: Any) -> None:
    settings.SANDBOX_BANK_URL = "http://127.0.0.1:1"
    Payment.objects.update(gateway_ref="sess_x")
    Checkout.objects.update(reserved_until=Now() - seconds(1), created_at=Now() - asking.LONGEST_HOLD)
    assert asking.release_holds() == 1
    assert Order.objects.get().status == "expired"


def test_a_wrong_key_of_ours_fails_no_order(owed: Payment, bank: Bank, settings: Any) -> None:
    settings.SANDBOX_BANK_KEY = "mistyped"
    with pytest.raises(Away):
        actions.open_page(owed)
    assert Order.objects.get().status == "awaiting_payment"


def test_a_capture_without_an_amount_is_no_fact() -> None:
    with pytest.raises(ValueError, match="without an amount"):
        Fact("captured")


def test_an_answer_without_an_amount_leaves_it_unknown(
    owed: Payment, page: str, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.gateways.sandbox import _fact

    with pytest.raises(GatewayUnsure):
        _fact({"status": "captured", "id": "sess_1"})
