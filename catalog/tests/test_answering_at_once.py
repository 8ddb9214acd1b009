"""The catalogue in place: htmx takes parts of the same page, and the address bar stays true."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Image
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db
GOODS = {"HX-Request": "true", "HX-Target": "goods"}


def ask(query: str, before: str = "", **headers: str) -> Any:
    current = {"HX-Current-URL": f"http://testserver/catalog/{before}"}
    return Client().get(f"/catalog/{query}", headers=GOODS | current | headers)


def test_the_address_goes_without_empty_filters(cast: Cast) -> None:
    answer = ask("?search=pepsi&brand=&min_price=&sort=")
    assert answer["HX-Push-Url"] == "/catalog/?search=pepsi"
    assert ask("?search=&brand=")["HX-Push-Url"] == "/catalog/"
    assert 'id="goods"' in answer.content.decode()
    assert answer.content.decode().startswith("<!doctype html>")


def test_going_on_typing_is_no_step_of_its_own(cast: Cast) -> None:
    further = ask("?search=pepsi", before="?search=pep")
    assert further["HX-Replace-Url"] == "/catalog/?search=pepsi"
    assert "HX-Push-Url" not in further
    assert ask("?search=pepsi&brand=pepsi", before="?search=pepsi")["HX-Push-Url"]


def test_an_address_before_that_is_none_is_no_mistake_of_ours(cast: Cast) -> None:
    answer = ask("?search=pepsi", **{"HX-Current-URL": "http://[evil"})
    assert answer["HX-Push-Url"] == "/catalog/?search=pepsi"


def test_the_page_of_the_list_stays_in_the_address(cast: Cast) -> None:
    for number in range(30):
        ProductFactory.create(vendor=cast.ahmed_foods, name=f"Rice {number}")
    page = Client().get("/catalog/").content.decode()
    further = unescape(page.partition('rel="next" href="')[2].partition('"')[0])
    assert further.startswith("?cursor=")
    assert ask(further)["HX-Push-Url"] == f"/catalog/{further}"


def test_another_page_that_shows_the_list_keeps_its_own_address(cast: Cast) -> None:
    assert "HX-Push-Url" not in ask("?vendor=V1001", **{"HX-Target": "shop-window"})
    assert "HX-Push-Url" not in Client().get("/catalog/?search=pepsi")


def test_the_best_match_is_the_natural_order_of_a_search(cast: Cast) -> None:
    plain, search = Client().get("/catalog/"), Client().get("/catalog/?search=pepsi")
    assert '<option value="" selected>Newest first' in plain.content.decode()
    assert '<option value="" selected>' in search.content.decode()
    assert '<option value="newest">Newest first' in search.content.decode()


def test_a_page_shows_both_prices_with_vat_beside(cast: Cast) -> None:
    cast.pepsi.__class__.objects.update(units_per_carton=24)
    page = Client().get(cast.pepsi.get_absolute_url()).content.decode()
    for price in ("AED 32.50", "AED 34.13", "AED 1.35"):
        assert price in page
    cast.pepsi.__class__.objects.update(unit="H87", price="1.50")
    page = Client().get(cast.pepsi.get_absolute_url()).content.decode()
    assert "AED 36.00" in page


@pytest.mark.parametrize("others", [1, 6])
def test_similar_products_cost_the_same_however_many(cast: Cast, others: int) -> None:
    for number in range(others):
        made = ProductFactory.create(vendor=cast.ahmed_foods, name=f"Cola {number}")
        Image.objects.create(product=made, position=1, file="x.webp", width=9, height=9)
    ProductFactory.create(vendor=cast.ahmed_foods, name="Gone", quantity=0)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = Client().get(cast.pepsi.get_absolute_url()).content.decode()
    assert page.count("product-card") >= others
    assert "Gone" not in page
    assert len(asked) == 3, [query["sql"][:90] for query in asked]
