"""Buying without leaving the page: what htmx is told, and that a plain form does the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import CartLine
from tests.cast import Cast
from tests.factories import ProductFactory, VendorFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def fatima(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.fatima)
    return browser


def add(browser: Client, code: str, quantity: int = 1, headers: dict[str, str] | None = None) -> Any:
    return browser.post(f"/cart/{code}/", {"add": 1, "quantity": quantity}, headers=headers)


def test_an_addition_answers_with_a_note_the_count_and_the_sums(cast: Cast, fatima: Client) -> None:
    rice = ProductFactory.create(name="Rice", price="10.00", vendor=VendorFactory.create(name="Desert Gold"))
    add(fatima, rice.code, 3, headers=HTMX)
    told = add(fatima, cast.pepsi.code, 2, headers=HTMX).content.decode()
    assert "Pepsi 330ml is in your basket." in told
    assert "Basket, 2 products" in told
    for sum_of in ("Desert Gold", "AED 30.00", "Ahmed Foods LLC", "AED 65.00", "AED 99.75"):
        assert sum_of in told
    assert "<html" not in told


def test_what_can_not_be_ordered_so_is_told_in_place(cast: Cast, fatima: Client) -> None:
    type(cast.pepsi).objects.update(min_quantity=10)
    told = add(fatima, cast.pepsi.code, 2, headers=HTMX).content.decode()
    assert "The smallest order of Pepsi 330ml is 10." in told
    assert not CartLine.objects.exists()


def test_a_card_adds_the_smallest_order(cast: Cast, fatima: Client) -> None:
    type(cast.pepsi).objects.update(min_quantity=10, quantity_step=4)
    fatima.post(f"/cart/{cast.pepsi.code}/", {"add": 1}, headers=HTMX)
    assert CartLine.objects.get().quantity == 12


def test_a_note_is_shown_once(cast: Cast, fatima: Client) -> None:
    add(fatima, cast.pepsi.code, headers=HTMX)
    assert "Pepsi 330ml is in your basket." not in fatima.get("/cart/").content.decode()


def test_a_plain_form_leads_to_the_basket(cast: Cast, fatima: Client) -> None:
    assert add(fatima, cast.pepsi.code)["Location"] == "/cart/"


def test_a_change_in_the_basket_answers_with_the_basket(cast: Cast, fatima: Client) -> None:
    add(fatima, cast.pepsi.code)
    answer = fatima.post(f"/cart/{cast.pepsi.code}/", {"quantity": 4}, headers=HTMX)
    assert answer["Location"] == "/cart/"
    assert CartLine.objects.get().quantity == 4


def test_who_is_signed_out_meanwhile_is_led_to_sign_in_and_back(cast: Cast) -> None:
    here = {"HX-Current-URL": "http://testserver/catalog/?search=pepsi"}
    answer = add(Client(), cast.pepsi.code, headers=HTMX | here)
    assert answer["HX-Redirect"].endswith("/accounts/login/?next=/catalog/%3Fsearch%3Dpepsi")
    elsewhere = {"HX-Current-URL": "https://evil.example/x"}
    assert "evil" not in add(Client(), cast.pepsi.code, headers=HTMX | elsewhere)["HX-Redirect"]


@pytest.mark.parametrize("size", [1, 15])
def test_the_sums_cost_one_query_whatever_is_in_the_basket(cast: Cast, fatima: Client, size: int) -> None:
    for number in range(size):
        add(fatima, ProductFactory.create(vendor=cast.ahmed_foods, name=f"Rice {number}").code)
    with CaptureQueriesContext(connection) as asked:
        assert "Basket, " in fatima.get("/quick-order/").content.decode()
    of_the_basket = [query["sql"] for query in asked if "orders_cartline" in query["sql"]]
    assert len(of_the_basket) == 2  # the count in the head, the sums at the foot
