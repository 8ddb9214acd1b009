"""Paying at the real sandbox bank: what becomes of payment, order, stock and money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now

from catalog.models import Stock
from core import events
from core.errors import Away, WrongMoment
from core.models import Event
from orders.models import Checkout, Order
from payments import actions, asking
from payments.gateways.base import Fact
from payments.models import Payment, Refund
from payments.settling import settle
from payments.tests.conftest import DECLINED, GOOD, SILENT, Bank
from tests.cast import Api, Cast, bank_says, put, workers_run

pytestmark = pytest.mark.django_db


def now(owed: Payment) -> tuple[str, str, int]:
    """Payment, order, reserved cartons."""
    row = Payment.objects.get(pk=owed.pk)
    return row.status, Order.objects.get().status, Stock.objects.get().reserved


def test_a_good_card_places_the_order(owed: Payment, page: str, bank: Bank) -> None:
    assert now(owed) == ("pending", "awaiting_payment", 100)
    bank.pay(page, GOOD)
    asking.ask(owed)
    assert now(owed) == ("captured", "placed", 100)
    row = Payment.objects.get()
    assert (row.settles, row.captured, row.captured_currency) == (True, Decimal("3412.50"), "AED")


def test_a_declined_card_gives_the_stock_back_and_fails_the_order(
    cast: Cast, owed: Payment, page: str, bank: Bank
) -> None:
    bank.pay(page, DECLINED)
    asking.ask(owed)
    assert now(owed) == ("failed", "failed", 0)
    assert Payment.objects.get().failure == "card_declined"
    workers_run()
    titles = [note["title"] for note in Api(cast.fatima).get("/notifications").json()["data"]]
    assert titles[0] == "Payment failed: the order was not placed"


def test_opening_twice_finds_the_same_page(owed: Payment, page: str, bank: Bank) -> None:
    Payment.objects.update(gateway_url="")
    owed.refresh_from_db()
    assert actions.open_page(owed) == page


def test_a_payment_without_callback_is_found_by_asking(owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page, SILENT)
    Payment.objects.update(asked_at="2026-01-01T00:00:00Z", created_at="2026-01-01T00:00:00Z")
    Payment.objects.update(created_at=Now())
    assert asking.poll() == 1
    assert now(owed)[:2] == ("captured", "placed")


@pytest.mark.parametrize("bad_day", ["error", "garbage", "drop"])
def test_an_unclear_answer_is_unknown_until_known(owed: Payment, bank: Bank, bad_day: str) -> None:
    bank.behave("session", bad_day)
    with pytest.raises(Away):
        actions.open_page(owed)
    assert now(owed) == ("unknown", "awaiting_payment", 100)
    owed.refresh_from_db()
    bank.pay(actions.open_page(owed))
    asking.ask(owed)
    assert now(owed)[:2] == ("captured", "placed")
    assert len([entry for entry in _book(bank, owed) if entry["kind"] == "capture"]) == 1


@pytest.mark.parametrize("bad_day", ["wrong_amount", "wrong_currency"])
def test_the_wrong_money_goes_back_whole(owed: Payment, page: str, bank: Bank, bad_day: str) -> None:
    bank.behave("callback", bad_day)
    bank.pay(page)
    asking.ask(owed)
    assert now(owed) == ("captured", "failed", 0)
    row = Payment.objects.get()
    assert not row.settles
    assert row.refunding == row.captured
    events.relay()
    assert Refund.objects.get().status == "done"
    assert _net(bank, owed) == 0


def test_nobody_pays_and_the_stock_is_free_again(owed: Payment, page: str, bank: Bank) -> None:
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    assert asking.release_holds() == 1
    assert now(owed) == ("failed", "expired", 0)
    bank.control("callbacks", {"reference": owed.code, "fact": "captured"})
    asking.ask(owed)
    assert now(owed) == ("captured", "expired", 0)
    events.relay()
    assert _net(bank, owed) == 0


def test_paid_in_the_last_second_is_paid(owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page, SILENT)
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    asking.release_holds()
    assert now(owed) == ("captured", "placed", 100)


def test_a_bank_that_is_away_keeps_the_hold(owed: Payment, settings: Any) -> None:
    settings.SANDBOX_BANK_URL = "http://127.0.0.1:1"
    Payment.objects.update(gateway_ref="sess_x")
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    assert asking.release_holds() == 0
    assert now(owed) == ("created", "awaiting_payment", 100)


def test_a_rejected_order_is_paid_back(cast: Cast, owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page)
    asking.ask(owed)
    code = Order.objects.get().code
    answer = Api(cast.ahmed).post(f"/orders/{code}/moves/reject", {"reason": "Truck broke down."})
    assert answer.json()["data"]["status"] == "rejected"
    assert Stock.objects.get().reserved == 0
    workers_run()
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, refund.reason) == ("done", Decimal("3412.50"), "Truck broke down.")
    assert _net(bank, owed) == 0
    told = Api(cast.fatima).get(f"/payments/{owed.code}").json()["data"]["refunds"]
    assert [each["status"] for each in told] == ["done"]


def test_a_refund_whose_answer_is_lost_is_paid_once(cast: Cast, owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page)
    asking.ask(owed)
    bank.behave("refund", "drop")
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "No stock."})
    events.relay()
    assert Refund.objects.get().status == "unknown"
    from core.models import Reaction

    Reaction.objects.filter(done_at=None).update(due_at="2026-01-01T00:00:00Z")
    events.relay()
    assert Refund.objects.get().status == "done"
    assert [entry["kind"] for entry in _book(bank, owed)] == ["capture", "refund"]


def test_a_cancelled_unpaid_order_closes_the_banks_page(
    cast: Cast, owed: Payment, page: str, bank: Bank
) -> None:
    Api(cast.fatima).post(f"/orders/{Order.objects.get().code}/moves/cancel")
    workers_run()
    assert now(owed) == ("failed", "cancelled", 0)
    [session] = bank.control(f"sessions?reference={owed.code}")["sessions"]
    assert session["status"] == "cancelled"


def test_nothing_is_left_to_pay_twice(owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page)
    asking.ask(owed)
    owed.refresh_from_db()
    with pytest.raises(WrongMoment):
        actions.open_page(owed)


def test_cash_is_paid_when_the_driver_delivers(cast: Cast) -> None:
    made = cast.order(10, "cash_on_delivery")
    put(Order.objects.all(), "out_for_delivery")
    from core.access import SYSTEM
    from orders import actions as orders

    orders.carry(Order.objects.get(), "deliver", SYSTEM)
    workers_run()
    workers_run()
    payment = Payment.objects.get()
    assert (payment.code, payment.status, payment.settles) == (made["payments"][0]["id"], "captured", True)


def test_captured_is_a_one_way_door(owed: Payment) -> None:
    bank_says(owed.code, "failed", why="card_declined")
    bank_says(owed.code, "captured")
    bank_says(owed.code, "failed")
    assert now(owed) == ("captured", "failed", 0)
    assert Payment.objects.get().refunding == Decimal("3412.50")


def _book(bank: Bank, owed: Payment) -> list[dict[str, Any]]:
    return [entry for entry in bank.control("book")["entries"] if entry["reference"] == owed.code]


def _net(bank: Bank, owed: Payment) -> Decimal:
    signs = {"capture": 1, "refund": -1}
    return sum((signs[entry["kind"]] * Decimal(entry["amount"]) for entry in _book(bank, owed)), Decimal(0))


def test_a_look_from_before_is_not_believed_under_the_lock(owed: Payment) -> None:
    """Two workers may have read the payment at once: the second looks again when the first is through."""
    bank_says(owed.code)
    assert owed.status == "created"
    for fact in (Fact("failed"), Fact("captured", owed.amount, "AED")):
        settle(owed, fact)
    assert now(owed) == ("captured", "placed", 100)
    assert Event.objects.filter(name="payment.capture", subject=owed.code).count() == 1
