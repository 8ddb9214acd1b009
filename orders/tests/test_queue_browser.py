"""Ahmed's queue in a real browser: by keyboard, with the focus where he works, and several orders at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from orders.models import Order
from orders.tests.test_queue import placed
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page: Page, live_server: Any, settings: Any, cast: Cast) -> Iterator[Page]:
    """Ahmed at his orders, four of them; the console has nothing to complain about."""
    settings.RATELIMIT_ENABLE = False
    settings.OPEN_ORDERS_CAP = 100
    placed(cast, 4)
    client, complaints = Client(), []
    client.force_login(cast.ahmed, backend="accounts.backends.EmailBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"{live_server.url}/vendor/orders/")
    yield page
    assert complaints == []


def statuses() -> list[str]:
    return list(Order.objects.order_by("placed_at").values_list("status", flat=True))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.value"))


def test_orders_are_worked_through_by_keyboard(desk: Page) -> None:
    codes = [row.code for row in Order.objects.order_by("placed_at")]
    desk.keyboard.press("j")
    assert focused(desk) == codes[0]
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.locator("[data-count]")).to_have_text("Chosen: 2")
    desk.keyboard.press("k")
    assert focused(desk) == codes[1]
    desk.keyboard.press("a")
    expect(desk.get_by_text("2 orders: Accepted")).to_be_visible()
    assert statuses() == ["placed", "processing", "processing", "placed"]
    assert focused(desk) == codes[1]  # the focus is still where the work is
    desk.keyboard.press("r")
    expect(desk.get_by_text("1 order: Made ready")).to_be_visible()
    assert statuses() == ["placed", "ready", "processing", "placed"]
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_contain_text(codes[2])


def test_help_opens_by_key_and_keys_can_be_switched_off(desk: Page) -> None:
    desk.keyboard.press("?")
    help_box = desk.get_by_role("dialog", name="Keys for this list")
    expect(help_box).to_be_visible()
    found = Axe().run(desk).response["violations"]
    assert [each["id"] for each in found] == []
    help_box.get_by_label("Keys are on").uncheck()
    desk.keyboard.press("Escape")
    expect(help_box).to_be_hidden()
    desk.reload()
    desk.keyboard.press("j")
    assert focused(desk) not in [row.code for row in Order.objects.all()]
    desk.get_by_role("button", name="Keyboard").click()
    expect(help_box).to_be_visible()


def test_letters_typed_into_a_field_are_letters(desk: Page) -> None:
    desk.locator("#site-search").fill("")
    desk.locator("#site-search").press_sequentially("xar")
    expect(desk.locator("#site-search")).to_have_value("xar")
    expect(desk.locator("[data-count]")).to_have_text("None chosen")
    assert set(statuses()) == {"placed"}


def test_all_of_a_page_are_chosen_and_accepted_by_mouse(desk: Page) -> None:
    desk.get_by_label("All on this page").check()
    expect(desk.locator("[data-count]")).to_have_text("Chosen: 4")
    desk.get_by_role("button", name="Accept").click()
    expect(desk.get_by_text("4 orders: Accepted")).to_be_visible()
    assert set(statuses()) == {"processing"}


def test_slips_of_the_chosen_open_beside_the_list(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Packing slips").click()
    sheet = opened.value
    expect(sheet.locator(".sheet")).to_have_count(1)
    sheet.emulate_media(media="print")
    expect(sheet.locator(".site-header")).to_be_hidden()
    expect(sheet.locator(".sheet h1")).to_be_visible()


def test_the_dashboard_draws_its_charts(desk: Page, live_server: Any) -> None:
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["default-src"] == ["'self'"]
    desk.goto(f"{live_server.url}/vendor/")
    drawn = "[...document.querySelectorAll('canvas')].map((c) => Chart.getChart(c).data.datasets.length)"
    assert desk.evaluate(drawn) == [2, 2]
    desk.get_by_text("The numbers as a table").first.click()
    expect(desk.get_by_role("region", name="Sales by day")).to_be_visible()
