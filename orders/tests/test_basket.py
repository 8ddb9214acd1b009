"""The basket speaks at once: what can't be ordered so does not go in, and goods are called by their names."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog import actions
from catalog.models import Product
from orders.models import CartLine
from tests.cast import Api, Cast, key
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def water(cast: Cast) -> Product:
    """Ten at least, in fives."""
    made: Product = ProductFactory.create(
        vendor=cast.ahmed_foods, name="Water", min_quantity=10, quantity_step=5
    )
    return made


def put(cast: Cast, product: Product, quantity: int, **more: Any) -> str:
    """What the basket's page says after that."""
    client = Client()
    client.force_login(cast.fatima)
    answer = client.post(f"/cart/{product.code}/", {"quantity": quantity, **more}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("more", [{}, {"add": 1}])
def test_too_few_and_off_the_step_do_not_go_in(cast: Cast, water: Product, more: dict[str, int]) -> None:
    assert "The smallest order of Water is 10." in put(cast, water, 5, **more)
    assert "Water is ordered in steps of 5." in put(cast, water, 12, **more)
    assert not CartLine.objects.exists()


def test_what_fits_goes_in_and_zero_takes_it_out(cast: Cast, water: Product) -> None:
    put(cast, water, 10, add=1)
    put(cast, water, 10, add=1)
    assert CartLine.objects.get().quantity == 20
    put(cast, water, 15)
    assert CartLine.objects.get().quantity == 15
    put(cast, water, 0)
    assert not CartLine.objects.exists()


def test_reordering_skips_what_no_longer_comes_in_that_quantity(cast: Cast) -> None:
    order = cast.order(4)["orders"][0]["id"]
    Product.objects.update(min_quantity=10, quantity_step=5)
    told = Api(cast.fatima).post(f"/orders/{order}/reorder").json()["data"]
    assert told == {"items": [], "skipped": ["The smallest order of Pepsi 330ml is 10."]}


def test_what_was_on_sale_is_named_and_what_never_was_is_not(cast: Cast) -> None:
    facts = {name: getattr(cast.pepsi, name) for name in actions.EDITABLE}
    listed = actions.create(facts | {"name": "Rice"}, 5, cast.ahmed)
    draft = actions.create(facts | {"name": "Secret sauce", "status": "draft"}, 5, cast.ahmed)
    actions.withdraw(listed, cast.ahmed)
    sentences = [
        Api(cast.fatima).post("/orders", cast.wish(1, product=each), **key()).json()["message"]
        for each in (listed, draft)
    ]
    assert sentences == ["Rice is not on sale.", f"{draft.code} is not on sale."]
