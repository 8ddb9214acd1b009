"""The smallest order and its steps go together, or nobody could order; shelves are chosen with the way to them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.models import Product
from catalog.tests.selling import PEPSI
from tests.cast import Api, Cast
from tests.factories import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db

ODD = {"min_quantity": 7, "quantity_step": 5}
TOLD = "The smallest order must be a multiple of the steps: 7 is not in steps of 5."


def browser(cast: Cast, who: str = "ahmed") -> Client:
    client = Client()
    client.force_login(getattr(cast, who))
    return client


def test_a_smallest_order_off_its_step_is_refused(ahmed: Api) -> None:
    answer = ahmed.post("/products", PEPSI | ODD)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"min_quantity": [TOLD]})
    assert ahmed.post("/products", PEPSI | ODD | {"min_quantity": 10}).status_code == 201


def test_a_new_step_must_fit_the_smallest_order_there_is(ahmed: Api, cast: Cast) -> None:
    path = f"/products/{cast.pepsi.code}"
    assert ahmed.call("PATCH", path, {"quantity_step": 5}).json()["errors"].keys() == {"min_quantity"}
    assert ahmed.call("PATCH", path, {"quantity_step": 5, "min_quantity": 5}).status_code == 200


def test_the_page_says_it_at_the_field(ahmed: Api, cast: Cast) -> None:
    answer = browser(cast).post("/vendor/products/new/", PEPSI | ODD)
    assert answer.status_code == 200
    assert TOLD in answer.content.decode()
    assert Product.objects.count() == 1


def test_what_was_listed_before_is_offered_in_whole_steps(cast: Cast) -> None:
    water = ProductFactory.create(vendor=cast.ahmed_foods, name="Water", **ODD)
    page = browser(cast, "fatima").get(water.get_absolute_url()).content.decode()
    field = re.search(r'<input type="number"[^>]*>', page)
    assert field
    assert 'value="10" min="10" step="5"' in field[0]


def test_shelves_are_chosen_with_the_way_to_them(cast: Cast) -> None:
    cast.pepsi.category.parent = CategoryFactory.create(slug="drinks", name="Drinks", name_ar="مشروبات")
    cast.pepsi.category.save()
    page = browser(cast).get("/vendor/products/new/").content.decode()
    assert '<option value="soft-drinks">Drinks › Soft drinks</option>' in page
    edit = browser(cast).get(f"/vendor/products/{cast.pepsi.code}/").content.decode()
    assert '<option value="soft-drinks" selected>Drinks › Soft drinks</option>' in edit
    arabic = browser(cast).get("/vendor/products/new/", headers={"Accept-Language": "ar"}).content.decode()
    assert "مشروبات › مشروبات غازية" in arabic
