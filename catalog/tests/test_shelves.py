"""Shelves within shelves, and makers: as everybody reads them, and as Sara keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import Brand, Category
from catalog.tests.shelf import market, names  # noqa: F401
from tests.cast import Api, Cast
from tests.factories import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


def test_categories_are_told_as_a_tree(market: Cast) -> None:  # noqa: F811
    told = Api().get("/categories").json()["data"]
    juices = {
        "slug": "juices", "name": "Juices", "name_ar": "عصائر", "parent": "soft-drinks", "children": [],
    }  # fmt: skip
    soft = {
        "slug": "soft-drinks", "name": "Soft drinks", "name_ar": "مشروبات غازية", "parent": "drinks",
        "children": [juices],
    }  # fmt: skip
    drinks = {"slug": "drinks", "name": "Drinks", "name_ar": "مشروبات", "parent": None, "children": [soft]}
    food: dict[str, Any] = {
        "slug": "food",
        "name": "Food",
        "name_ar": "أغذية",
        "parent": None,
        "children": [],
    }
    assert told == [drinks, food]


def test_brands_are_told_in_both_languages(market: Cast) -> None:  # noqa: F811
    told = Api().get("/brands").json()["data"]
    assert [brand["slug"] for brand in told] == ["gold", "spring", "pepsi"]
    assert told[0] == {"slug": "gold", "name": "Desert Gold", "name_ar": "ذهب الصحراء"}


def test_a_deep_shelf_is_found_from_the_top(cast: Cast) -> None:
    above: Any = None
    for depth in range(12):
        above = CategoryFactory(slug=f"level-{depth}", name=f"Level {depth}", parent=above)
    ProductFactory(name="Deep", vendor=cast.ahmed_foods, category=above)
    assert names(category="level-0") == names(category="level-11") == ["Deep"]
    told = Api().get("/categories").json()["data"]
    depth, at = 0, next(shelf for shelf in told if shelf["slug"] == "level-0")
    while at["children"]:
        depth, at = depth + 1, at["children"][0]
    assert depth == 11


def sara(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.sara)
    return client


def shelf(**facts: Any) -> dict[str, Any]:
    return {"name": "Juices", "name_ar": "عصائر", "slug": "juices", "position": 1, "parent": ""} | facts


def test_sara_adds_a_shelf_and_a_maker_in_both_languages(cast: Cast) -> None:
    parent = cast.pepsi.category
    assert sara(cast).post("/admin/catalog/category/add/", shelf(parent=parent.pk)).status_code == 302
    assert Category.objects.get(slug="juices").parent == parent
    maker = {"name": "Al Waha", "name_ar": "الواحة", "slug": "al-waha"}
    assert sara(cast).post("/admin/catalog/brand/add/", maker).status_code == 302
    assert Brand.objects.get(slug="al-waha").name_ar == "الواحة"


@pytest.mark.parametrize("below", [0, 1, 2])
def test_a_shelf_never_stands_within_itself(cast: Cast, below: int) -> None:
    row: Any = CategoryFactory(slug="juices", name="Juices")
    chain = [row]
    for number in range(2):
        chain.append(CategoryFactory(slug=f"in-{number}", name=f"In {number}", parent=chain[-1]))
    answer = sara(cast).post(f"/admin/catalog/category/{row.pk}/change/", shelf(parent=chain[below].pk))
    assert answer.status_code == 200
    assert "within itself" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.filter(pk=row.pk).update(parent=chain[below])
    assert Category.objects.get(pk=row.pk).parent is None


def test_a_shelf_with_goods_on_it_stays(cast: Cast) -> None:
    pk = cast.pepsi.category_id
    sara(cast).post(f"/admin/catalog/category/{pk}/delete/", {"post": "yes"})
    assert Category.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("page", ["category", "brand", "product"])
def test_saras_lists_open(cast: Cast, page: str) -> None:
    assert sara(cast).get(f"/admin/catalog/{page}/").status_code == 200


@pytest.mark.parametrize(("move", "status"), [("hide", "hidden"), ("archive", "archived")])
def test_sara_takes_a_product_off_sale(cast: Cast, move: str, status: str) -> None:
    sara(cast).post(f"/admin/catalog/product/{cast.pepsi.pk}/moves/{move}/")
    cast.pepsi.refresh_from_db()
    assert cast.pepsi.status == status
    assert names() == []


def test_what_sara_hid_she_shows_again(cast: Cast) -> None:
    for move in ("hide", "unhide"):
        sara(cast).post(f"/admin/catalog/product/{cast.pepsi.pk}/moves/{move}/")
    assert names() == ["Pepsi 330ml"]
