"""Ordering the same again: into the basket, and honest about what is no longer to be had."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orders.models import CartLine
from tests.cast import Api, Cast, key
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(cast: Cast) -> str:
    """Pepsi and rice, last week."""
    cast.rice = ProductFactory.create(vendor=cast.ahmed_foods, name="Basmati rice")  # type: ignore[attr-defined]
    body = cast.wish(5)
    body["items"].append({"product": cast.rice.code, "quantity": 3})  # type: ignore[attr-defined]
    answer = Api(cast.fatima).post("/orders", body, **key())
    return str(answer.json()["data"]["orders"][0]["id"])


def basket(cast: Cast) -> dict[str, int]:
    return {line.product.name: line.quantity for line in CartLine.objects.select_related("product")}


def again(cast: Cast, code: str) -> Any:
    return Api(cast.fatima).post(f"/orders/{code}/reorder").json()["data"]


def test_everything_is_in_the_basket_again(cast: Cast, bought: str) -> None:
    told = again(cast, bought)
    assert told["skipped"] == []
    assert basket(cast) == {"Pepsi 330ml": 5, "Basmati rice": 3}


def test_what_is_off_sale_is_skipped_and_said(cast: Cast, bought: str) -> None:
    Api(cast.ahmed).call("DELETE", f"/products/{cast.pepsi.code}")
    told = again(cast, bought)
    assert told["skipped"] == ["Pepsi 330ml is no longer on sale."]
    assert basket(cast) == {"Basmati rice": 3}


def test_what_is_out_of_stock_is_skipped_and_said(cast: Cast, bought: str) -> None:
    Api(cast.ahmed).post(f"/products/{cast.pepsi.code}/stock", {"change": -495, "reason": "Damaged"})
    assert again(cast, bought)["skipped"] == ["Pepsi 330ml is out of stock."]


def test_another_shops_order_is_not_there(cast: Cast, bought: str) -> None:
    cast.strangers()
    assert Api(cast.huda).post(f"/orders/{bought}/reorder").status_code == 404
    assert Api(cast.ahmed).post(f"/orders/{bought}/reorder").status_code == 403


def test_the_button_on_the_page_leads_to_the_basket(cast: Cast, bought: str) -> None:
    browser = Client()
    browser.force_login(cast.fatima)
    assert "Order again" in browser.get(f"/orders/{bought}/").content.decode()
    answer = browser.post(f"/orders/{bought}/reorder/", follow=True)
    assert answer.redirect_chain[-1][0] == "/cart/"
    assert basket(cast) == {"Pepsi 330ml": 5, "Basmati rice": 3}
