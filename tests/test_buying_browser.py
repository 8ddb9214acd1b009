"""Buying with a browser: answers in place, a true address, the way back, and nobody thrown off their work."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from orders import actions
from orders.models import Order
from tests.cast import Cast, bank_says
from tests.factories import BrandFactory, ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(cast: Cast, live_server: Any, page: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Fatima's browser, signed in; Playwright's loop does not keep us from the database."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    client = Client()
    client.force_login(cast.fatima)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.problems = []
    page.on("pageerror", lambda problem: page.problems.append(str(problem)))
    page.on("console", lambda said: said.type == "error" and page.problems.append(said.text))
    page.home = live_server.url
    return page


def go(page: Any, path: str) -> None:
    page.goto(page.home + path)


def test_the_list_answers_while_typing_and_the_way_back_is_right(cast: Cast, shop: Any) -> None:
    ProductFactory.create(
        vendor=cast.ahmed_foods, name="Basmati rice", brand=BrandFactory(slug="gold", name="Gold")
    )
    go(shop, "/catalog/")
    shop.locator("#filter-search").press_sequentially("basm", delay=20)
    expect(shop.locator("#found")).to_have_text("1 product")
    expect(shop).to_have_url(re.compile(r"/catalog/\?search=basm$"))
    expect(shop.locator("#filter-search")).to_be_focused()
    shop.locator("#filter-brand").focus()
    shop.locator("#filter-brand").select_option("gold")
    expect(shop).to_have_url(re.compile(r"search=basm&brand=gold$"))
    expect(shop.locator("#filter-brand")).to_be_focused()
    shop.locator(".chip", has_text="basm").click()
    expect(shop).to_have_url(re.compile(r"\?brand=gold$"))
    expect(shop.locator("#filter-search")).to_have_value("")
    shop.go_back()
    expect(shop.locator("#filter-search")).to_have_value("basm")
    shop.locator(".product-name a").first.click()
    expect(shop.locator("h1")).to_have_text("Basmati rice")
    assert shop.problems == []


def test_adding_and_changing_leave_everything_where_it_is(cast: Cast, shop: Any) -> None:
    go(shop, "/catalog/")
    shop.get_by_role("button", name="Add to basket").click()
    expect(shop.locator("#toasts")).to_contain_text("Pepsi 330ml is in your basket.")
    expect(shop.locator("#basket-tool")).to_have_attribute("aria-label", "Basket, 1 product")
    expect(shop.locator("#basket-bar")).to_contain_text("AED 32.50")
    expect(shop).to_have_url(re.compile("/catalog/$"))
    go(shop, "/cart/")
    more = shop.get_by_role("button", name="More")
    more.click()
    more.click()
    expect(shop.locator(".totals-sum")).to_contain_text("AED 102.38")
    expect(more).to_be_focused()
    assert shop.problems == []


def test_an_order_moves_on_before_the_eyes_of_its_buyer(cast: Cast, shop: Any) -> None:
    made = cast.order(5)
    bank_says(made["payments"][0]["id"])
    order = Order.objects.get()
    go(shop, order.get_absolute_url())
    expect(shop.locator("h1")).to_contain_text("Placed")
    actions.accept(order, cast.ahmed)
    expect(shop.locator("h1")).to_contain_text("Processing", timeout=15_000)
    expect(shop.locator("#order-said")).to_have_text(f"{order.code}: Processing")
    assert shop.problems == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["/catalog/?search=pepsi", "/quick-order/", "/lists/", "/cart/", "/orders/"])
def test_pages_of_buying_are_open_to_everybody(cast: Cast, shop: Any, path: str, language: str) -> None:
    type(cast.fatima).objects.filter(pk=cast.fatima.pk).update(language=language)
    name = settings.LANGUAGE_COOKIE_NAME
    shop.context.add_cookies([{"name": name, "value": language, "url": shop.home}])
    cast.order(5)
    go(shop, path)
    expect(shop.locator("html")).to_have_attribute("lang", language)
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(shop).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert shop.problems == []
