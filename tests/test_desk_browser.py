"""Sara's pages in a browser: no complaint in the console on any of them, and one choice of theme for all of AQAD."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as ours
from django.contrib import admin
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page

from tests.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("look")]


class Desk:
    """Sara at her desk; what the console says is kept with the page it says it of."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.hears(str(error)))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.hears(message.text)

    def hears(self, text: str) -> None:
        self.complaints.append(f"{self.page.url}: {text}")

    def goes(self, path: str) -> None:
        self.page.goto(self.base + path)

    def brightness(self) -> int:
        """How bright the page is, out of 765."""
        ground = self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", ground)[:3])


@pytest.fixture
def desk(page: Page, live_server: Any) -> Desk:
    stage, client = Stage(), Client()
    client.force_login(stage.sara)
    session = client.cookies[ours.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": ours.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return Desk(page, live_server.url)


def addresses() -> list[str]:
    """The overview and every list of the desk."""
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    return ["/admin/", *lists]


def test_no_page_of_the_desk_has_a_complaint(desk: Desk) -> None:
    for path in addresses():
        desk.goes(path)
        first = desk.page.locator(".results th a").first
        if first.count():
            desk.goes(str(first.get_attribute("href")))
    assert desk.complaints == []


def test_a_complaint_would_be_heard(desk: Desk) -> None:
    desk.goes("/admin/")
    desk.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    assert "Content Security Policy" in desk.complaints[0]


def test_one_choice_of_theme_everywhere(desk: Desk) -> None:
    desk.goes("/admin/orders/order/")
    assert desk.brightness() > 600
    desk.page.locator(".frame-menu summary").click()
    desk.page.get_by_role("button", name="Dark").click()
    desk.page.wait_for_load_state()
    assert desk.page.url.endswith("/admin/orders/order/")
    assert desk.brightness() < 200
    desk.goes("/catalog/")
    assert desk.page.locator("html").get_attribute("data-theme") == "dark"
    desk.page.locator("footer").get_by_role("button", name="Light").click()
    desk.goes("/admin/")
    assert desk.brightness() > 600


def test_another_language_from_the_desk(desk: Desk) -> None:
    desk.goes("/admin/orders/order/")
    desk.page.get_by_role("button", name="العربية").click()
    assert desk.page.locator("html").get_attribute("dir") == "rtl"
    assert desk.page.locator("h1").inner_text() == "الطلبات"
