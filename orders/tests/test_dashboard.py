"""What Ahmed sees first: what waits, what runs low, and how it is going."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import supply
from catalog.models import Product
from orders import actions, figures
from orders.models import Order
from orders.tests.test_queue import desk, no_limits, placed  # noqa: F401
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db
DUBAI = timezone.get_default_timezone()


def sold_at(cast: Cast, moment: datetime, quantity: int = 2) -> Order:
    """An order that was placed at that moment; two cartons are 65.00 without VAT."""
    code = cast.order(quantity, "cash_on_delivery")["orders"][0]["id"]
    Order.objects.all().coded(code).update(placed_at=moment)
    found: Order = Order.objects.all().coded(code).get()
    return found


def noon(days_ago: int) -> datetime:
    return datetime.combine(figures.today() - timedelta(days=days_ago), datetime.min.time(), DUBAI).replace(
        hour=12
    )


def test_sales_stand_on_their_day_in_dubai(cast: Cast) -> None:
    """21:00 in UTC is one in the morning of the next day there."""
    day = figures.today() - timedelta(days=3)
    sold_at(cast, datetime.combine(day, datetime.min.time(), DUBAI) + timedelta(minutes=30))
    sold_at(cast, datetime.combine(day, datetime.min.time(), DUBAI) - timedelta(minutes=30))
    found = {row.day: row.net for row in figures.sales(cast.ahmed, figures.today()).days if row.net}
    assert found == {day: Decimal("65.00"), day - timedelta(days=1): Decimal("65.00")}


def test_thirty_days_are_laid_beside_the_thirty_before(cast: Cast) -> None:
    for days in (0, 29, 30, 59, 60):
        sold_at(cast, noon(days))
    sold_at(cast, noon(1), quantity=4)
    sales = figures.sales(cast.ahmed, figures.today())
    assert (len(sales.days), sales.orders, sales.orders_before) == (30, 3, 2)
    assert (sales.net, sales.net_before, sales.net_change) == (Decimal("260.00"), Decimal("130.00"), 100)
    assert (sales.days[-1].net, sales.days[-1].before) == (Decimal("65.00"), Decimal("65.00"))


def test_what_was_called_off_is_no_sale(cast: Cast) -> None:
    actions.cancel(sold_at(cast, noon(1)), cast.fatima)
    actions.reject(sold_at(cast, noon(1)), cast.ahmed, note="No truck.")
    assert figures.sales(cast.ahmed, figures.today()).orders == 0
    assert figures.best(cast.ahmed, figures.today()) == []


def test_with_nothing_before_there_is_nothing_to_compare(cast: Cast) -> None:
    sold_at(cast, noon(1))
    assert figures.sales(cast.ahmed, figures.today()).net_change is None


def test_best_products_are_those_that_brought_in_most(cast: Cast) -> None:
    laban = ProductFactory.create(vendor=cast.ahmed_foods, name="Laban", price=Decimal("100.00"))
    cast.order(3, "cash_on_delivery")
    cast.order(2, "cash_on_delivery", laban)
    rows = [(row.title, row.units, row.net) for row in figures.best(cast.ahmed, figures.today())]
    assert rows == [("Laban", 2, Decimal("200.00")), ("Pepsi 330ml", 3, Decimal("97.50"))]


def test_strangers_figures_are_their_own(cast: Cast) -> None:
    placed(cast)
    yusuf = cast.strangers().yusuf
    assert figures.sales(yusuf, figures.today()).orders == 0
    assert figures.best(yusuf, figures.today()) == []
    assert figures.counts(yusuf) == {}


def low(cast: Cast) -> list[str]:
    return [row.name for row in supply.running_low(Product.objects.seen_by(cast.ahmed))]


def test_goods_run_low_under_two_weeks_of_sales(cast: Cast) -> None:
    cast.order(333, "cash_on_delivery")  # 167 are left of 500, and two weeks would take 166.5
    assert low(cast) == []
    cast.order(1, "cash_on_delivery")
    assert low(cast) == ["Pepsi 330ml"]


def test_goods_run_low_under_five_smallest_orders(cast: Cast) -> None:
    ProductFactory.create(vendor=cast.ahmed_foods, name="Laban", quantity=4)
    ProductFactory.create(vendor=cast.ahmed_foods, name="Dates", quantity=59, min_quantity=12)
    ProductFactory.create(vendor=cast.ahmed_foods, name="Rice", quantity=60, min_quantity=12)
    ProductFactory.create(vendor=cast.ahmed_foods, name="Draft", quantity=0, status="draft")
    assert low(cast) == ["Laban", "Dates"]


def test_what_was_given_back_was_not_sold(cast: Cast) -> None:
    row = Order.objects.all().coded(cast.order(334, "cash_on_delivery")["orders"][0]["id"]).get()
    actions.cancel(row, cast.fatima)
    assert low(cast) == []
    pepsi = supply.paced(Product.objects.filter(pk=cast.pepsi.pk)).get()
    assert (pepsi.sold, pepsi.lasts) == (0, None)


def test_the_page_says_it_all(cast: Cast) -> None:
    code = placed(cast)[0]
    Order.objects.all().coded(code).update(placed_at=timezone.now() - timedelta(hours=30))
    page = desk(cast.ahmed).get("/vendor/").content.decode()
    assert "1 waits for more than a day" in page
    assert 'id="charts" type="application/json"' in page
    assert page.count("The numbers as a table") == 2
    assert "AED 65.00" in page
    assert "style=" not in page


def test_a_licence_that_ends_soon_is_said(cast: Cast) -> None:
    business = cast.ahmed_foods.business
    type(business).objects.filter(pk=business.pk).update(licence_expiry=figures.today() + timedelta(days=9))
    assert "Your trade licence ends in 9 days" in desk(cast.ahmed).get("/vendor/").content.decode()


def test_more_of_everything_asks_no_more(cast: Cast) -> None:
    ahmed = desk(cast.ahmed)
    placed(cast, 2)
    before = _questions(ahmed)
    for name in ("Laban", "Dates", "Rice"):
        made = ProductFactory.create(vendor=cast.ahmed_foods, name=name, quantity=4)
        cast.order(1, "cash_on_delivery", made)
    assert _questions(ahmed) == before <= 15


def _questions(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer: Any = client.get("/vendor/")
    assert answer.status_code == 200
    return len(asked)
