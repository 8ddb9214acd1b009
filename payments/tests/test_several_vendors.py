"""One card payment for the goods of two vendors: each order lives alone once it is paid, its share of the money too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Product, Stock
from core.models import Event
from orders.models import Order
from payments import actions, settling
from payments.models import Allocation, Payment, Refund
from tests.cast import Api, Cast, bank_says, key, workers_run
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

PEPSI, DATES = Decimal("341.25"), Decimal("105.00")


class Basket:
    """Ten cartons of Ahmed's Pepsi and five of Yusuf's dates, in one checkout."""

    def __init__(self, cast: Cast, method: str = "card") -> None:
        self.cast = cast.strangers()
        self.dates: Product = ProductFactory.create(
            vendor=cast.desert_gold, name="Dates", price=Decimal("20.00")
        )
        items = [{"product": cast.pepsi.code, "quantity": 10}, {"product": self.dates.code, "quantity": 5}]
        answer = Api(cast.fatima).post("/orders", cast.wish(1, method) | {"items": items}, **key())
        self.made: dict[str, Any] = answer.json()["data"]

    def order_of(self, vendor: str) -> Order:
        """The order that vendor got."""
        found: Order = Order.objects.get(vendor_id=vendor)
        return found

    def move(self, who: Any, name: str, vendor: str, **facts: str) -> int:
        """Somebody moves that vendor's order."""
        path = f"/orders/{self.order_of(vendor).code}/moves/{name}"
        return int(Api(who).post(path, facts).status_code)

    def reserved(self) -> tuple[int, int]:
        """Cartons held of each."""
        rows = [Stock.objects.get(product=product).reserved for product in (self.cast.pepsi, self.dates)]
        return rows[0], rows[1]


@pytest.fixture
def basket(cast: Cast) -> Basket:
    return Basket(cast)


def shares() -> list[Decimal]:
    return list(Allocation.objects.order_by("order_id").values_list("amount", flat=True))


def test_one_payment_two_orders_each_with_its_share(basket: Basket) -> None:
    assert [order["total"] for order in basket.made["orders"]] == ["341.25", "105.00"]
    assert [payment["amount"] for payment in basket.made["payments"]] == ["446.25"]
    assert shares() == [PEPSI, DATES]


def test_cash_is_paid_for_each_order_at_its_door(cast: Cast) -> None:
    made = Basket(cast, "cash_on_delivery").made
    assert [payment["amount"] for payment in made["payments"]] == ["341.25", "105.00"]


def test_paid_once_both_begin(basket: Basket) -> None:
    bank_says(basket.made["payments"][0]["id"])
    assert {order.status for order in Order.objects.all()} == {"placed"}


def test_calling_off_one_unpaid_order_calls_off_the_whole_checkout(basket: Basket) -> None:
    assert basket.move(basket.cast.fatima, "cancel", basket.cast.desert_gold.pk) == 200
    assert {order.status for order in Order.objects.all()} == {"cancelled"}
    assert basket.reserved() == (0, 0)


def test_one_vendor_rejects_and_only_its_share_goes_back(basket: Basket) -> None:
    bank_says(basket.made["payments"][0]["id"])
    assert (
        basket.move(basket.cast.ahmed, "reject", basket.cast.ahmed_foods.pk, reason="Truck broke down.")
        == 200
    )
    workers_run()
    refund = Refund.objects.get()
    assert (refund.amount, refund.order) == (PEPSI, basket.order_of(basket.cast.ahmed_foods.pk))
    assert basket.order_of(basket.cast.desert_gold.pk).status == "placed"
    assert basket.reserved() == (0, 5)
    assert basket.move(basket.cast.yusuf, "accept", basket.cast.desert_gold.pk) == 200


def test_both_end_and_all_of_it_is_back_to_the_fils(basket: Basket) -> None:
    bank_says(basket.made["payments"][0]["id"])
    basket.move(basket.cast.fatima, "cancel", basket.cast.ahmed_foods.pk)
    basket.move(basket.cast.yusuf, "reject", basket.cast.desert_gold.pk, reason="Out of season.")
    workers_run()
    workers_run()
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [DATES, PEPSI]
    payment = Payment.objects.get()
    assert payment.refunding == payment.captured == Decimal("446.25")


def test_paid_after_one_was_called_off_goes_back_whole(basket: Basket) -> None:
    basket.move(basket.cast.fatima, "cancel", basket.cast.ahmed_foods.pk)
    bank_says(basket.made["payments"][0]["id"])
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("446.25")]
    assert {order.status for order in Order.objects.all()} == {"cancelled"}


def test_a_repeated_reaction_takes_nothing_of_the_other_vendors_share(basket: Basket) -> None:
    """The outbox delivers at least once; the second time this order's share is on its way already."""
    bank_says(Payment.objects.get().code)
    assert basket.move(basket.cast.ahmed, "reject", basket.cast.ahmed_foods.pk, reason="No truck.") == 200
    workers_run()
    actions.order_ended(Event.objects.get(name="order.reject"))
    assert Refund.objects.get().amount == PEPSI
    assert Payment.objects.get().refunding == PEPSI


def test_an_order_has_one_refund_that_lives(basket: Basket) -> None:
    """Declined for the rejected order, then given back by hand: the first one stays as it is, money enough or not."""
    bank_says(Payment.objects.get().code)
    basket.move(basket.cast.ahmed, "reject", basket.cast.ahmed_foods.pk, reason="No truck.")
    actions.order_ended(Event.objects.get(name="order.reject"))
    first, order = Refund.objects.get(), basket.order_of(basket.cast.ahmed_foods.pk)
    settling.declined(first, "no")
    settling.refund(Payment.objects.get(), Decimal(5), reason="By hand", by=basket.cast.sara, order=order)
    assert not settling.reopen(first)
    assert [row.status for row in Refund.objects.order_by("pk")] == ["failed", "pending"]
    assert Payment.objects.get().refunding == Decimal(5)
