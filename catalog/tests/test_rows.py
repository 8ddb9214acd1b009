"""What Ahmed changes in his list of products, without leaving it: a price, and many products at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from core.models import Event
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ahmed(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ahmed)
    return client


def price(client: Client, cast: Cast, value: str, **headers: Any) -> Any:
    facts = {"price": value, "from": "list"}
    return client.post(f"/vendor/products/{cast.pepsi.code}/price/", facts, **headers)


def fresh(product: Product) -> Product:
    found: Product = Product.objects.get(pk=product.pk)
    return found


def test_a_price_is_changed_in_its_row(ahmed: Client, cast: Cast) -> None:
    row = price(ahmed, cast, "30.25", headers=HTMX).content.decode()
    assert row.lstrip().startswith("<tr>")
    assert "Price changed." in row
    assert "AED 30.25" in row
    assert str(fresh(cast.pepsi).price) == "30.25"
    told = Event.objects.get(subject=cast.pepsi.code, name="product.edit")
    assert (told.data["before"], told.data["after"]) == ({"price": "32.50"}, {"price": "30.25"})


@pytest.mark.parametrize("wrong", ["", "0", "-1", "1.001", "cheap"])
def test_a_wrong_price_is_said_in_the_row_with_what_was_typed(ahmed: Client, cast: Cast, wrong: str) -> None:
    row = price(ahmed, cast, wrong, headers=HTMX).content.decode()
    assert "field-errors" in row
    assert f'name="price" value="{wrong}"' in row
    assert str(fresh(cast.pepsi).price) == "32.50"
    assert not Event.objects.filter(name="product.edit").exists()


def test_without_a_script_the_list_comes_back_with_a_word(ahmed: Client, cast: Cast) -> None:
    answer = price(ahmed, cast, "31.00", headers={"Referer": "http://testserver/vendor/products/?page=2"})
    assert answer["Location"].endswith("/vendor/products/?page=2")
    assert "Price changed." in ahmed.get("/vendor/products/").content.decode()


def test_many_products_are_taken_off_sale_and_put_back(ahmed: Client, cast: Cast) -> None:
    rice = ProductFactory.create(vendor=cast.ahmed_foods, name="Rice")
    chosen = {"product": [cast.pepsi.code, rice.code], "search": "i"}
    answer = ahmed.post("/vendor/products/moves/withdraw/", chosen)
    assert answer["Location"] == "/vendor/products/?search=i"
    assert {fresh(one).status for one in (rice, cast.pepsi)} == {"draft"}
    told = ahmed.get(answer["Location"]).content.decode()
    assert "2 products: " in told
    ahmed.post("/vendor/products/moves/list/", {"product": [rice.code]})
    assert (fresh(rice).status, fresh(cast.pepsi).status) == ("listed", "draft")


def test_what_can_not_move_is_told_by_name_and_keeps_nobody_else(ahmed: Client, cast: Cast) -> None:
    draft = ProductFactory.create(vendor=cast.ahmed_foods, name="Rice", status="draft")
    foreign = ProductFactory.create(name="Not his")
    codes = [draft.code, foreign.code, "P999999", "nonsense", cast.pepsi.code]
    answer = ahmed.post("/vendor/products/moves/withdraw/", {"product": codes}, follow=True)
    page = answer.content.decode()
    assert fresh(cast.pepsi).status == "draft"
    assert fresh(foreign).status == "listed"
    for code in (draft.code, foreign.code, "P999999", "NONSENSE"):
        assert f"{code}: " in page


def test_nothing_chosen_and_moves_not_made_on_many(ahmed: Client, cast: Cast) -> None:
    page = ahmed.post("/vendor/products/moves/withdraw/", {}, follow=True).content.decode()
    assert "No product was chosen." in page
    for move in ("archive", "hide", "nothing"):
        assert ahmed.post(f"/vendor/products/moves/{move}/", {"product": cast.pepsi.code}).status_code == 404
    assert fresh(cast.pepsi).status == "listed"
