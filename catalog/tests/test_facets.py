"""What each further choice would leave: counts that are true, on the page and in the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.tests.shelf import ask, market  # noqa: F401
from tests.cast import Cast
from tests.factories import BrandFactory, CategoryFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("market")]


def facets(**query: Any) -> dict[str, dict[Any, int]]:
    """Each facet as {value: count}."""
    told = ask(facets=1, **query)["meta"]["facets"]
    keys = {"category": "slug", "brand": "slug", "vendor": "name", "price": "min", "in_stock": "value"}
    return {name: {row[keys[name]]: row["count"] for row in rows} for name, rows in told.items()}


def test_they_come_only_when_asked_for() -> None:
    assert "facets" not in ask()["meta"]
    assert "facets" in ask(facets="true")["meta"]


def test_everything_is_counted() -> None:
    assert facets() == {
        "category": {"drinks": 3, "soft-drinks": 2, "juices": 1, "food": 2},
        "brand": {"spring": 2, "gold": 2, "pepsi": 1},
        "vendor": {"Ahmed Foods LLC": 3, "Desert Gold Trading": 2},
        "price": {"0.00": 1, "25.00": 3, "50.00": 0, "100.00": 0, "250.00": 1},
        "in_stock": {True: 4, False: 1},
    }


def test_each_counts_under_all_filters_but_its_own() -> None:
    counted = facets(brand="spring", in_stock="1")
    assert counted["brand"] == {"gold": 2, "pepsi": 1, "spring": 1}
    assert counted["category"] == {"drinks": 1, "soft-drinks": 1, "juices": 1}
    assert counted["in_stock"] == {True: 1, False: 1}
    assert counted["price"]["25.00"] == 1


CHOICES = [("category", "category"), ("brand", "brand"), ("vendor", "vendor")]


@pytest.mark.parametrize(("facet", "name"), CHOICES)
def test_a_count_is_what_the_choice_then_shows(facet: str, name: str) -> None:
    for choice in ask(facets=1)["meta"]["facets"][facet]:
        value = choice.get("slug") or choice["id"]
        assert ask(**{name: value})["meta"]["count"] == choice["count"]


def test_a_price_band_too() -> None:
    for band in ask(facets=1)["meta"]["facets"]["price"]:
        limits = {"min_price": band["min"]} | (
            {"max_price": f"{float(band['max']) - 0.01:.2f}"} if band["max"] else {}
        )
        assert ask(**limits)["meta"]["count"] == band["count"]


def test_names_come_in_both_languages() -> None:
    [drinks, *_] = ask(facets=1)["meta"]["facets"]["category"]
    assert drinks == {"slug": "drinks", "name": "Drinks", "name_ar": "مشروبات", "count": 3}


def test_the_page_shows_them_in_the_readers_language() -> None:
    english = Client().get("/catalog/").content.decode()
    arabic = Client(headers={"accept-language": "ar"}).get("/catalog/").content.decode()
    assert "Gulf Spring (2)" in english
    assert "ينابيع الخليج (2)" in arabic
    assert "<bdi>Drinks</bdi><span>3</span>" in english
    assert "<bdi>مشروبات</bdi><span>3</span>" in arabic


def test_shelves_open_along_the_way_to_the_chosen_one() -> None:
    page = Client().get("/catalog/").content.decode()
    assert "?category=soft-drinks" not in page
    page = Client().get("/catalog/?category=soft-drinks").content.decode()
    assert '<a href="?category=juices">' in page
    assert 'aria-current="true"><bdi>Soft drinks' in page


@pytest.mark.parametrize("path", ["/api/products?facets=1&page_size=100", "/catalog/?category=drinks"])
def test_more_goods_cost_no_more_questions(cast: Cast, path: str) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(path).status_code == 200
        return len(captured)

    few = questions()
    for number in range(10):
        brand: Any = BrandFactory(slug=f"brand-{number}", name=f"Brand {number}")
        shelf: Any = CategoryFactory(
            slug=f"shelf-{number}", name=f"Shelf {number}", parent=cast.pepsi.category
        )
        ProductFactory(name=f"Water {number}", vendor=cast.ahmed_foods, brand=brand, category=shelf)
    assert questions() == few <= 20
