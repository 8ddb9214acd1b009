"""Saved lists: a shop's usual order, its own alone, put into the basket with a word about what is not to be had."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.asserts import assertNumQueries

from orders import lists
from orders.models import CartLine, SavedLine, SavedList
from tests.cast import Api, Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fatima(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.fatima)
    return browser


def said(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def basket() -> dict[str, int]:
    return {line.product.name: line.quantity for line in CartLine.objects.select_related("product")}


def on(saved: SavedList) -> dict[str, int]:
    return {line.product.name: line.quantity for line in saved.lines.select_related("product")}


def test_a_list_begins_empty_or_with_the_basket_or_with_an_order(cast: Cast, fatima: Client) -> None:
    order = cast.order(7)["orders"][0]["id"]
    fatima.post(f"/cart/{cast.pepsi.code}/", {"quantity": 3, "add": 1})
    for name, source, expected in (
        ("Empty", {}, {}),
        ("Basket", {"cart": "1"}, {"Pepsi 330ml": 3}),
        ("Order", {"order": order}, {"Pepsi 330ml": 7}),
    ):
        told = said(fatima.post("/lists/", {"name": name, **source}, follow=True))
        assert f"The list “{name}” is kept." in told
        assert on(SavedList.objects.get(name=name)) == expected


def test_a_strangers_order_is_no_source(cast: Cast) -> None:
    order = cast.order(7)["orders"][0]["id"]
    cast.strangers()
    huda = Client()
    huda.force_login(cast.huda)
    assert huda.post("/lists/", {"name": "Theirs", "order": order}).status_code == 404
    assert not SavedList.objects.exists()


def test_a_name_is_used_once_whatever_its_case(cast: Cast, fatima: Client) -> None:
    lists.start("Weekly", cast.fatima)
    assert "You have a list of this name already." in said(fatima.post("/lists/", {"name": "WEEKLY"}))
    other = lists.start("Monthly", cast.fatima)
    told = said(fatima.post(other.get_absolute_url(), {"name": "weekly"}))
    assert "You have a list of this name already." in told
    cast.strangers()
    lists.start("Weekly", cast.huda)


def test_quantities_change_and_nothing_falls_off_unnoticed(cast: Cast, fatima: Client) -> None:
    rice = ProductFactory.create(vendor=cast.ahmed_foods, name="Rice", min_quantity=10, quantity_step=5)
    saved = lists.start("Weekly", cast.fatima, [(cast.pepsi.pk, 4), (rice.pk, 10)])
    path, pepsi, grains = saved.get_absolute_url(), f"quantity-{cast.pepsi.code}", f"quantity-{rice.code}"
    fatima.post(path, {"name": "Every week", pepsi: 9})
    saved.refresh_from_db()
    assert (saved.name, on(saved)) == ("Every week", {"Pepsi 330ml": 9, "Rice": 10})
    assert "Rice is ordered in steps of 5." in said(fatima.post(path, {"name": "x", grains: 12}))
    fatima.post(path, {"name": "Every week", pepsi: 9, grains: 10, "remove": rice.code})
    assert on(saved) == {"Pepsi 330ml": 9}
    fatima.post(path, {"name": "Every week", pepsi: 0})
    assert on(saved) == {}


def test_a_product_goes_onto_an_old_or_a_new_list(cast: Cast, fatima: Client) -> None:
    path = f"/lists/add/{cast.pepsi.code}/"
    assert "Name the new list, or choose one." in said(fatima.post(path, {"quantity": 2}))
    fatima.post(path, {"quantity": 2, "name": "Drinks"})
    saved = SavedList.objects.get()
    fatima.post(path, {"quantity": 6, "saved": saved.pk})
    assert on(saved) == {"Pepsi 330ml": 6}


def test_anothers_list_can_not_be_chosen(cast: Cast, fatima: Client) -> None:
    cast.strangers()
    theirs = lists.start("Theirs", cast.huda)
    said(fatima.post(f"/lists/add/{cast.pepsi.code}/", {"quantity": 2, "saved": theirs.pk}))
    assert on(theirs) == {}


def test_everything_goes_into_the_basket_and_what_is_not_to_be_had_is_said(
    cast: Cast, fatima: Client
) -> None:
    rice = ProductFactory.create(vendor=cast.ahmed_foods, name="Rice")
    dates = ProductFactory.create(vendor=cast.ahmed_foods, name="Dates", quantity=0)
    wanted = [(cast.pepsi.pk, 4), (rice.pk, 10), (dates.pk, 1)]
    saved = lists.start("Weekly", cast.fatima, wanted)
    Api(cast.ahmed).call("DELETE", f"/products/{rice.code}")
    told = said(fatima.post(f"{saved.get_absolute_url()}cart/", follow=True))
    assert "Rice is no longer on sale." in told
    assert "Dates is out of stock." in told
    assert "“Weekly” is in your basket." in told
    assert basket() == {"Pepsi 330ml": 4}


def test_the_basket_is_topped_up_never_cut_and_never_doubled(cast: Cast, fatima: Client) -> None:
    saved = lists.start("Weekly", cast.fatima, [(cast.pepsi.pk, 4)])
    for before, after in ((1, 4), (4, 4), (9, 9)):
        fatima.post(f"/cart/{cast.pepsi.code}/", {"quantity": before})
        fatima.post(f"{saved.get_absolute_url()}cart/")
        assert basket() == {"Pepsi 330ml": after}


def test_a_deleted_list_is_gone_and_the_basket_stays(cast: Cast, fatima: Client) -> None:
    saved = lists.start("Weekly", cast.fatima, [(cast.pepsi.pk, 4)])
    fatima.post(f"{saved.get_absolute_url()}cart/")
    fatima.post(f"{saved.get_absolute_url()}delete/")
    assert not SavedList.objects.exists()
    assert basket() == {"Pepsi 330ml": 4}


def test_there_is_an_end_to_lists_and_to_their_length(cast: Cast, fatima: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(lists, "MOST_LISTS", 1)
    monkeypatch.setattr(lists, "MOST_LINES", 1)
    saved = lists.start("Weekly", cast.fatima, [(cast.pepsi.pk, 4)])
    assert "You can keep 1 lists." in said(fatima.post("/lists/", {"name": "More"}))
    rice = ProductFactory.create(vendor=cast.ahmed_foods, name="Rice")
    told = said(fatima.post(f"/lists/add/{rice.code}/", {"quantity": 1, "saved": saved.pk}))
    assert "A list has at most 1 products." in told


def test_the_database_refuses_what_the_pages_never_send(cast: Cast) -> None:
    saved = lists.start("Weekly", cast.fatima, [(cast.pepsi.pk, 4)])
    for wrong in (
        lambda: SavedLine.objects.create(saved=saved, product=cast.pepsi, quantity=1),
        lambda: SavedLine.objects.update(quantity=0),
        lambda: SavedList.objects.update(name=""),
        lambda: SavedList.objects.create(retailer=cast.fresh_mart, name="weekly"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


@pytest.mark.parametrize("size", [2, 12])
def test_a_long_list_costs_no_more_queries_than_a_short_one(cast: Cast, size: int) -> None:
    goods = [ProductFactory.create(vendor=cast.ahmed_foods, name=f"Rice {n}") for n in range(size)]
    saved = lists.start("Weekly", cast.fatima, [(each.pk, 1) for each in goods])
    with assertNumQueries(2):
        assert len(lists.lines_of(saved)) == size
    with assertNumQueries(5):
        assert lists.order(saved, cast.fatima) == []
