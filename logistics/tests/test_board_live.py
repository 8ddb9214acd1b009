"""Deepa's board stays open all day: it renews itself, but never under her hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from logistics.tests.conftest import Start
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(browser: Browser, live_server: Any, cast: Cast, start: Start) -> Iterator[Page]:
    """Her board, with one delivery that waits; its clock goes forward when told to."""
    start()
    signed_in = Client()
    signed_in.force_login(cast.deepa, backend="accounts.backends.EmailBackend")
    context = browser.new_context()
    cookie = signed_in.cookies["aqad-session"].value
    context.add_cookies([{"name": "aqad-session", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}/carrier/")
    yield page
    context.close()


def later(page: Page) -> None:
    """The next time the board would ask."""
    page.clock.run_for(11_000)


def test_what_is_new_appears_and_the_focus_stays(board: Page, cast: Cast, start: Start) -> None:
    button = board.locator(".board-waiting .assign button").first
    button.focus()
    focused = board.evaluate("document.activeElement.id")
    fresh = start()
    with board.expect_response("**/carrier/"):
        later(board)
    expect(board.locator("#board")).to_contain_text(fresh.row.code)
    assert board.evaluate("document.activeElement.id") == focused


def test_a_choice_is_not_taken_out_of_her_hands(board: Page, cast: Cast, start: Start) -> None:
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    choice = board.locator(".board-waiting select").first
    choice.select_option(label="Bilal")
    later(board)
    assert not [url for url in asked if url.endswith("/carrier/")]
    expect(choice).to_have_value(str(cast.bilal.pk))
    board.locator(".board-waiting .assign button").first.click()
    expect(board.locator(f"[aria-labelledby=column-{cast.bilal.pk}]")).to_contain_text("DEL")


def test_when_the_session_has_ended_the_page_says_so(board: Page) -> None:
    board.context.clear_cookies()
    later(board)
    expect(board).to_have_url(re.compile("/accounts/login/"))
