"""Ahmed writes a product down before it goes on sale."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from catalog.tests.selling import PEPSI
from catalog.tests.shelf import names
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db


def draft(ahmed: Api) -> str:
    answer = ahmed.post("/products", PEPSI | {"status": "draft"})
    assert answer.status_code == 201, answer.content
    assert answer.json()["data"]["status"] == "draft"
    return str(answer.json()["data"]["id"])


def test_a_draft_is_for_its_vendor_alone(ahmed: Api, cast: Cast) -> None:
    code = draft(ahmed)
    assert names() == [cast.pepsi.name]
    mine = ahmed.get(f"/products/{code}")
    assert (mine.status_code, mine.json()["data"]["on_hand"]) == (200, 500)
    assert mine.json()["data"]["moves"] == ["list", "archive"]
    assert "private, no-store" in mine["Cache-Control"]
    for other in (Api(), Api(cast.fatima), Api(cast.strangers().yusuf)):
        assert other.get(f"/products/{code}").status_code == 404


def test_the_owner_reads_more_of_what_is_on_sale_too(ahmed: Api, cast: Cast) -> None:
    mine = ahmed.get(f"/products/{cast.pepsi.code}").json()["data"]
    theirs = Api(cast.fatima).get(f"/products/{cast.pepsi.code}").json()["data"]
    assert {"on_hand", "reserved", "sku"} <= set(mine)
    assert {"on_hand", "reserved", "sku"}.isdisjoint(theirs)


def test_it_goes_on_sale_and_off_again(ahmed: Api) -> None:
    code = draft(ahmed)
    assert ahmed.post(f"/products/{code}/moves/list").json()["data"]["status"] == "listed"
    assert len(names()) == 2
    assert ahmed.post(f"/products/{code}/moves/withdraw").json()["data"]["status"] == "draft"
    assert len(names()) == 1
    again = ahmed.post(f"/products/{code}/moves/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(("move", "status"), [("hide", 403), ("unhide", 403), ("fly", 404), ("create", 404)])
def test_other_moves_are_not_the_vendors(ahmed: Api, cast: Cast, move: str, status: int) -> None:
    assert ahmed.post(f"/products/{cast.pepsi.code}/moves/{move}").status_code == status


@pytest.mark.parametrize("status", ["hidden", "archived", "free", ["draft"]])
def test_nothing_begins_in_another_status(ahmed: Api, status: Any) -> None:
    answer = ahmed.post("/products", PEPSI | {"status": status})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["status"])


def test_two_buttons_on_the_page(ahmed: Api, cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.ahmed)
    for button, status in (({"status": "draft"}, "draft"), ({}, "listed")):
        answer = browser.post("/vendor/products/new/", PEPSI | button)
        assert answer.status_code == 302, answer.content
        assert Product.objects.order_by("-pk")[0].status == status
