"""Staff give money back; both parties see it; never more than came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orders.models import Order
from payments import asking
from payments.models import Payment, Refund
from payments.tests.conftest import Bank
from tests.cast import Api, Cast, bank_says, key, workers_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(owed: Payment) -> Payment:
    bank_says(owed.code)
    return owed


def give(cast: Cast, payment: Payment, amount: str, **headers: str) -> Any:
    body = {"amount": amount, "reason": "Two cartons arrived wet."}
    return Api(cast.sara).post(f"/payments/{payment.code}/refunds", body, **(headers or key()))


def test_sara_gives_a_part_back_at_the_real_bank(cast: Cast, owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page)
    asking.ask(owed)
    answer = give(cast, owed, "65.00")
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "pending")
    workers_run()
    assert Refund.objects.get().status == "done"
    entries = [each for each in bank.control("book")["entries"] if each["reference"] == owed.code]
    assert [(each["kind"], each["amount"]) for each in entries] == [
        ("capture", "3412.50"),
        ("refund", "65.00"),
    ]


def test_never_more_than_is_left(cast: Cast, paid: Payment) -> None:
    assert give(cast, paid, "3000.00").status_code == 201
    answer = give(cast, paid, "412.51")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert Payment.objects.get().refunding == Decimal("3000.00")


def test_a_rejection_after_a_favour_gives_back_the_rest(cast: Cast, paid: Payment) -> None:
    give(cast, paid, "65.00")
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "No truck."})
    workers_run()
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [Decimal("65.00"), Decimal("3347.50")]


def test_a_double_click_refunds_once(cast: Cast, paid: Payment) -> None:
    named = key("refund-1")
    first, twin = (give(cast, paid, "65.00", **named) for _ in range(2))
    assert first.json() == twin.json()
    assert Refund.objects.count() == 1
    assert give(cast, paid, "66.00", **named).status_code == 422


@pytest.mark.parametrize("amount", ["0", "-5.00", "0.001", "NaN", "1e400", "x"])
def test_an_odd_amount_is_refused(cast: Cast, paid: Payment, amount: str) -> None:
    assert give(cast, paid, amount).status_code == 400
    assert not Refund.objects.exists()


def test_only_staff_refund(cast: Cast, paid: Payment) -> None:
    for person in (cast.fatima, cast.ahmed, cast.bilal):
        answer = Api(person).post(
            f"/payments/{paid.code}/refunds", {"amount": "1.00", "reason": "x"}, **key()
        )
        assert answer.status_code == 403


def test_cash_is_not_refunded_through_a_gateway(cast: Cast) -> None:
    payment = Payment.objects.coded(cast.order(1, "cash_on_delivery")["payments"][0]["id"]).get()
    assert give(cast, payment, "1.00").status_code == 400


def test_buyer_and_seller_see_it_on_the_orders_page(cast: Cast, paid: Payment) -> None:
    order = Order.objects.get()
    Api(cast.ahmed).post(f"/orders/{order.code}/moves/reject", {"reason": "Truck broke down."})
    workers_run()
    for person in (cast.fatima, cast.ahmed):
        browser = Client()
        browser.force_login(person)
        assert "RF" in browser.get(f"/orders/{order.code}/").content.decode()
