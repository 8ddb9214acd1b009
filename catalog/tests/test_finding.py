"""Fatima looks for goods: search, filters, pages of a list."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions
from catalog.models import Image, Product
from tests.cast import Api, Cast
from tests.factories import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


def names(query: str = "") -> list[str]:
    answer = Api().get(f"/products?{query}")
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["data"]]


@pytest.fixture
def shelf(cast: Cast) -> Cast:
    """Pepsi, and rice of another vendor, brand and category."""
    cast.strangers()
    rice = CategoryFactory(slug="rice", name="Rice", name_ar="أرز")
    gold = BrandFactory(slug="desert-gold", name="Desert Gold", name_ar="ذهب الصحراء")
    ProductFactory(
        name="Basmati 5kg", name_ar="بسمتي", vendor=cast.desert_gold, category=rice, brand=gold,
        sku="BAS-5", gtin="4006381333931", price="29.75",
    )  # fmt: skip
    return cast


@pytest.mark.parametrize("word", ["pepsi", "PEPSI", "بيبسي", "330ml pepsi", "peps", "  pepsi  "])
def test_pepsi_is_found_in_either_language(shelf: Cast, word: str) -> None:
    assert names(f"search={word}") == ["Pepsi 330ml"]


@pytest.mark.parametrize("word", ["BAS-5", "4006381333931", "desert gold", "ذهب"])
def test_rice_is_found_by_code_barcode_and_brand(shelf: Cast, word: str) -> None:
    assert names(f"search={word}") == ["Basmati 5kg"]


@pytest.mark.parametrize("word", ["coal", "pepsi basmati", "%25", "_", "\\", "' OR 1=1 --"])
def test_what_is_not_there_is_not_found(shelf: Cast, word: str) -> None:
    assert names(f"search={word}") == []


def test_filters_narrow_and_combine(shelf: Cast) -> None:
    assert names("category=rice") == names("brand=desert-gold") == ["Basmati 5kg"]
    assert names(f"vendor={shelf.desert_gold.pk.lower()}") == ["Basmati 5kg"]
    assert names("category=rice&brand=pepsi") == []
    assert names("category=toys") == names("vendor=V9") == []


def test_a_suspended_vendors_goods_vanish_and_come_back(cast: Cast) -> None:
    actions.suspend(cast.ahmed_foods.business, cast.sara, note="Complaints.")
    assert names() == []
    assert Api().get(f"/products/{cast.pepsi.code}").status_code == 404
    assert Client().get(cast.pepsi.get_absolute_url()).status_code == 404
    assert cast.pepsi.get_absolute_url() not in Client().get("/catalog/").content.decode()
    actions.reinstate(cast.ahmed_foods.business, cast.sara)
    assert names() == ["Pepsi 330ml"]


def test_a_draft_is_not_on_sale(cast: Cast) -> None:
    Product.objects.filter(pk=cast.pepsi.pk).update(status="draft")
    assert names() == []


def questions(ask: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def stock_up(cast: Cast, products: int) -> None:
    for number in range(products):
        made: Any = ProductFactory(name=f"Water {number}", vendor=cast.ahmed_foods)
        Image.objects.create(product=made, position=0, file="products/a.webp", width=1, height=1)


@pytest.mark.parametrize("path", ["/api/products?page_size=100", "/catalog/", "/"])
def test_a_long_list_costs_no_more_questions_than_a_short_one(cast: Cast, path: str) -> None:
    client = Client()
    client.get(path)
    stock_up(cast, 2)
    few = questions(lambda: client.get(path))
    stock_up(cast, 18)
    assert questions(lambda: client.get(path)) == few


def test_ahmeds_own_list_neither(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ahmed)
    stock_up(cast, 2)
    few = questions(lambda: client.get("/vendor/products/"))
    stock_up(cast, 18)
    assert questions(lambda: client.get("/vendor/products/")) == few
