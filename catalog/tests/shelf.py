"""A small market to look around in: two vendors, five goods, three brands, shelves within shelves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Api, Cast
from tests.factories import BrandFactory, CategoryFactory, ProductFactory

Query = dict[str, Any]


@pytest.fixture
def market(cast: Cast) -> Cast:
    """Pepsi (32.50) and: water 11.25 (sold out), juice 48.00, both Ahmed's; rice 29.75 and saffron 900.00, Yusuf's."""
    cast.strangers()
    drinks: Any = CategoryFactory(slug="drinks", name="Drinks", name_ar="مشروبات")
    cast.pepsi.category.parent = drinks
    cast.pepsi.category.save()
    juices = CategoryFactory(slug="juices", name="Juices", name_ar="عصائر", parent=cast.pepsi.category)
    food: Any = CategoryFactory(slug="food", name="Food", name_ar="أغذية")
    spring: Any = BrandFactory(slug="spring", name="Gulf Spring", name_ar="ينابيع الخليج")
    gold: Any = BrandFactory(slug="gold", name="Desert Gold", name_ar="ذهب الصحراء")
    ahmeds: Any = {"vendor": cast.ahmed_foods, "brand": spring}
    yusufs: Any = {"vendor": cast.desert_gold, "brand": gold, "category": food}
    ProductFactory(name="Spring water", name_ar="مياه", price="11.25", category=drinks, quantity=0, **ahmeds)
    ProductFactory(name="Mango juice", name_ar="عصير مانجو", price="48.00", category=juices, **ahmeds)
    ProductFactory(name="Basmati rice", name_ar="أرز بسمتي", price="29.75", **yusufs)
    ProductFactory(name="Saffron", name_ar="زعفران", price="900.00", **yusufs)
    return cast


def ask(**query: Any) -> dict[str, Any]:
    """The API's whole answer."""
    answer = Api().client.get("/api/products", query)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def names(**query: Any) -> list[str]:
    """The names of what the API finds, in its order."""
    return [row["name"] for row in ask(**query)["data"]]
