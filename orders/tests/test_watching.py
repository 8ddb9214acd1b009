"""Orders tell by themselves where they are, as long as something can still come of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from core.access import SYSTEM
from orders import actions
from orders.models import Order
from tests.cast import Cast, bank_says, workers_run

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def fatima(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.fatima)
    return browser


@pytest.fixture
def order(cast: Cast) -> Order:
    made = cast.order(5)
    bank_says(made["payments"][0]["id"])
    row: Order = Order.objects.get()
    return row


def mark_of(page: Any) -> str:
    """What the page will ask with; empty when it no longer asks."""
    found = re.search(r'hx-get="[^"]*seen=(\w+)', page.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize("of", ["page", "list"])
def test_nothing_new_is_no_answer_and_news_is_the_page(
    cast: Cast, fatima: Client, order: Order, of: str
) -> None:
    path = order.get_absolute_url() if of == "page" else "/orders/"
    mark = mark_of(fatima.get(path))
    assert fatima.get(path, {"seen": mark}, headers=HTMX).status_code == 204
    actions.accept(order, cast.ahmed)
    news = fatima.get(path, {"seen": mark}, headers=HTMX)
    assert "Processing" in news.content.decode()
    assert mark_of(news) not in ("", mark)


def test_a_driver_found_is_news_too(cast: Cast, fatima: Client, order: Order) -> None:
    actions.accept(order, cast.ahmed)
    actions.ready(Order.objects.get(), cast.ahmed)
    before = mark_of(fatima.get(order.get_absolute_url()))
    workers_run()
    assert mark_of(fatima.get(order.get_absolute_url())) != before


def test_an_order_that_ended_is_watched_until_its_money_is_back(
    cast: Cast, fatima: Client, order: Order
) -> None:
    actions.cancel(order, cast.fatima)
    workers_run()
    assert mark_of(fatima.get(order.get_absolute_url()))
    refund: Any = order.refunds.get()
    refund.LIFECYCLE.step(refund, "done", SYSTEM)
    assert mark_of(fatima.get(order.get_absolute_url())) == ""
    assert mark_of(fatima.get("/orders/")) == ""


def test_a_reader_without_a_script_always_gets_the_page(fatima: Client, order: Order) -> None:
    mark = mark_of(fatima.get(order.get_absolute_url()))
    assert fatima.get(order.get_absolute_url(), {"seen": mark}).status_code == 200


def test_a_strangers_order_answers_no_watcher(cast: Cast, order: Order) -> None:
    cast.strangers()
    huda = Client()
    huda.force_login(cast.huda)
    assert huda.get(order.get_absolute_url(), {"seen": "x"}, headers=HTMX).status_code == 404


def test_the_list_orders_again_in_one_tap_and_paper_names_the_parties(
    cast: Cast, fatima: Client, order: Order
) -> None:
    assert f'action="/orders/{order.code}/reorder/"' in fatima.get("/orders/").content.decode()
    type(cast.ahmed_foods).objects.filter(pk=cast.ahmed_foods.pk).update(trn="100234567800003")
    page = fatima.get(order.get_absolute_url()).content.decode()
    for fact in ("100234567800003", "Fresh Mart Supermarket", cast.pepsi.code, "data-print"):
        assert fact in page
