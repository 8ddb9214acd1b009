"""Asking the gateway: when, how often, and what becomes of a page nobody is to pay on any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from core.errors import Away, WrongMoment
from orders.models import Checkout, Order
from payments import actions, asking, settling
from payments.gateways.base import Fact, GatewayUnsure, Session
from payments.models import Payment
from payments.tests.conftest import SILENT, Bank
from tests.cast import Api, Cast, workers_run

pytestmark = pytest.mark.django_db


def seconds(number: int) -> timedelta:
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


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("", "https://bank.example/pay/1"),
        ("s" * 201, "https://bank.example/pay/1"),
        ("s\0", "https://bank.example/pay/1"),
        ("s", "javascript:alert(1)"),
        ("s", "https://bank.example/pay\r\nX: y"),
        ("s", "https://bank.example/" + "x" * 2000),
        ("s", ""),
    ],
)
def test_a_session_that_cannot_be_kept_is_no_page_to_pay_on(ref: str, url: str) -> None:
    with pytest.raises(GatewayUnsure):
        Session(ref, url)


def test_an_answer_without_an_amount_leaves_it_unknown(
    owed: Payment, page: str, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.gateways.sandbox import _fact

    with pytest.raises(GatewayUnsure):
        _fact({"status": "captured", "id": "sess_1"})


def unpaid(cast: Cast, count: int) -> list[Payment]:
    """So many of Fatima's, whose time is over; the first was ordered first."""
    codes = [cast.order(1)["payments"][0]["id"] for _ in range(count)]
    Checkout.objects.update(reserved_until=Now() - seconds(1))
    return list(Payment.objects.named(codes).order_by("pk"))


def test_one_that_cannot_be_settled_is_in_no_others_way(
    cast: Cast, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _last = unpaid(cast, 2)
    real = settling.settle

    def odd(payment: Payment, fact: Fact) -> None:
        if payment == first:
            raise DataError("value too long")
        real(payment, fact)

    monkeypatch.setattr(asking, "settle", odd)
    assert asking.release_holds() == 1
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == [
        "awaiting_payment",
        "expired",
    ]


def test_while_the_bank_hangs_each_has_its_turn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn ends after some of them; those that were given more time come last again when it is over."""
    owed, asked = unpaid(cast, 4), []

    def hang(payment: Payment) -> Fact:
        asked.append(payment)
        clock[0] += 6
        return Fact("pending")

    clock = [0.0]
    monkeypatch.setattr("payments.asking.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(asking, "_closed", hang)
    assert asking.release_holds(10) == 0
    Checkout.objects.filter(reserved_until__gt=Now()).update(reserved_until=Now())
    assert asking.release_holds(10) == 0
    assert asked == owed


@pytest.mark.parametrize("off", [timedelta(minutes=-10), timedelta(minutes=10)])
def test_deadlines_go_by_the_databases_clock(
    owed: Payment, bank: Bank, off: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever this host believes, the poller is due when it is, and two hours are two hours."""
    here = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: here() + off)
    actions.open_page(owed)
    aged_by = Payment.objects.annotate(rested=Now() - F("asked_at")).get().rested
    assert abs(aged_by) < timedelta(minutes=1)
    monkeypatch.setattr(asking, "_closed", lambda payment: Fact("pending"))
    for minutes, ended in ((115, 0), (125, 1)):
        before = Now() - timedelta(minutes=minutes)
        Checkout.objects.update(reserved_until=Now() - seconds(1), created_at=before)
        assert asking.release_holds() == ended
