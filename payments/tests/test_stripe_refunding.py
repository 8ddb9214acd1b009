"""Money back through Stripe: once, in full or in parts, and known to be there before it is called done."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core import events
from orders.models import Order
from payments.gateways import gateway
from payments.models import Payment, Refund
from payments.tests.stripe_world import Double
from payments.tests.test_stripe import paid, retry
from tests.cast import Api, Cast, key, workers_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]


@pytest.mark.parametrize("bad_day", ["drop", "error", "garbage"])
def test_a_refund_whose_answer_is_lost_is_paid_once(
    stripe: Double, cast: Cast, owed: Payment, session: str, bad_day: str
) -> None:
    paid(stripe, owed, session)
    stripe.behave("POST", "refunds", bad_day)
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "No stock."})
    events.relay()
    assert Refund.objects.get().status == "unknown"
    stripe.ledger.kept.clear()  # Stripe forgets its keys after a day
    retry()
    assert Refund.objects.get().status == "done"
    assert len(stripe.ledger.refunds) == 1


@pytest.mark.parametrize(("then", "status", "left"), [("succeeded", "done", 3412), ("failed", "failed", 0)])
def test_a_pending_refund_is_asked_for_until_it_is_known(
    stripe: Double, cast: Cast, owed: Payment, session: str, then: str, status: str, left: int
) -> None:
    paid(stripe, owed, session)
    stripe.ledger.refunds_are = "pending"
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "No stock."})
    events.relay()
    retry()
    assert Refund.objects.get().status == "unknown"
    [refund] = stripe.ledger.refunds.values()
    refund["status"] = then
    retry()
    assert Refund.objects.get().status == status
    assert int(Payment.objects.get().refunding) == left


def test_parts_go_back_one_by_one_and_never_more_than_came(
    stripe: Double, cast: Cast, owed: Payment, session: str
) -> None:
    paid(stripe, owed, session)
    for amount in ("65.00", "0.01", "65.00"):
        body = {"amount": amount, "reason": "Cartons arrived wet."}
        assert Api(cast.sara).post(f"/payments/{owed.code}/refunds", body, **key()).status_code == 201
    workers_run()
    assert [row["amount"] for row in stripe.ledger.refunds.values()] == [6500, 1, 6500]
    assert list(Refund.objects.values_list("status", flat=True)) == ["done"] * 3


def test_money_given_back_by_hand_at_stripe_is_not_given_twice(
    stripe: Double, cast: Cast, owed: Payment, session: str
) -> None:
    paid(stripe, owed, session)
    [charge] = stripe.ledger.charges.values()
    stripe.ledger.refunds["re_hand"] = charge | {"id": "re_hand", "object": "refund", "metadata": {}}
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "No stock."})
    workers_run()
    refund = Refund.objects.get()
    assert refund.status == "failed"
    assert list(stripe.ledger.refunds) == ["re_hand"]


def test_the_book_names_what_moved_and_whose_it_was(
    stripe: Double, cast: Cast, owed: Payment, session: str
) -> None:
    paid(stripe, owed, session)
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "No stock."})
    workers_run()
    lines = list(gateway("stripe").book(timezone.now() - timedelta(hours=1)))
    told = [(line.kind, line.reference, line.amount, line.currency) for line in lines]
    assert told == [
        ("capture", owed.code, Decimal("3412.50"), "AED"),
        ("refund", Refund.objects.get().code, Decimal("3412.50"), "AED"),
    ]
    assert list(gateway("stripe").book(timezone.now() + timedelta(hours=1))) == []
