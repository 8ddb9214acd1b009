"""Ahmed reads the ledger of his stock, page by page, with the reasons."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog import actions
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Client:
    """Ahmed's browser."""
    client = Client()
    client.force_login(cast.ahmed)
    return client


def test_each_line_has_its_reason_and_who(desk: Client, cast: Cast) -> None:
    actions.change_stock(cast.pepsi, -5, "broken <b>pallet</b>", cast.ahmed)
    cast.order(100)
    html = desk.get(f"/vendor/products/{cast.pepsi.code}/movements/").content.decode()
    assert "broken &lt;b&gt;pallet" in html
    assert ">-5<" in html
    assert ">+100<" in html
    assert f"Vendor {cast.ahmed_foods.pk}" in html


def test_it_goes_on_for_pages(desk: Client, cast: Cast) -> None:
    for number in range(60):
        actions.change_stock(cast.pepsi, 1, f"pallet {number}", cast.ahmed)
    path = f"/vendor/products/{cast.pepsi.code}/movements/"
    first, second = (desk.get(f"{path}?page={number}").content.decode() for number in (1, 2))
    assert "pallet 59" in first
    assert "pallet 3<" not in first
    assert "pallet 3<" in second
    assert desk.get(f"{path}?page=junk").status_code == 200


def test_the_products_page_shows_the_last_lines_and_the_way_to_all(desk: Client, cast: Cast) -> None:
    for number in range(8):
        actions.change_stock(cast.pepsi, 1, f"pallet {number}", cast.ahmed)
    html = desk.get(f"/vendor/products/{cast.pepsi.code}/").content.decode()
    assert "pallet 7" in html
    assert "pallet 1<" not in html
    assert f'href="/vendor/products/{cast.pepsi.code}/movements/"' in html


def test_anothers_ledger_is_not_there(cast: Cast) -> None:
    yusuf = Client()
    yusuf.force_login(cast.strangers().yusuf)
    assert yusuf.get(f"/vendor/products/{cast.pepsi.code}/movements/").status_code == 404
