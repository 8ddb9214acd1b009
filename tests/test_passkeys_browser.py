"""Passkeys in a real browser with a key of its own making: under our policy, with the library's scripts as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from accounts.tests.factors import set_up
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.xdist_group("look")

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Device:
    """A browser with a passkey built in; what its console complains about is kept."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.context = browser.new_context(base_url=base)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        authority = self.context.new_cdp_session(self.page)
        authority.send("WebAuthn.enable")
        authority.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    def signs_in(self, email: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form:has([name=password]) button[type=submit]")

    def adds_a_key(self) -> None:
        self.page.goto("/accounts/second-factor/webauthn/add/")
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.click("#add-passkey")
        self.page.wait_for_url("**/recovery-codes/")

    def signs_out(self) -> None:
        self.context.clear_cookies()

    def is_in(self) -> bool:
        answer = self.page.request.get("/account/", max_redirects=0)
        return answer.status == 200


@pytest.fixture
def device(browser: Browser, live_server: Any, settings: Any) -> Iterator[Device]:
    settings.RATELIMIT_ENABLE = False
    made = Device(browser, live_server.url)
    yield made
    made.context.close()


def test_ahmed_adds_a_key_and_comes_in_by_it_alone(device: Device) -> None:
    ahmed = Cast().ahmed
    device.signs_in(ahmed.email)
    device.adds_a_key()
    device.signs_out()
    assert not device.is_in()
    device.page.goto("/accounts/login/")
    device.page.click("#passkey-login")
    device.page.wait_for_url(lambda url: "login" not in url)
    assert device.is_in()
    assert device.complaints == []


def test_after_the_password_the_key_is_the_second_step(device: Device) -> None:
    ahmed = Cast().ahmed
    device.signs_in(ahmed.email)
    device.adds_a_key()
    set_up(ahmed)
    device.signs_out()
    device.signs_in(ahmed.email)
    device.page.wait_for_url("**/authenticate/")
    assert not device.is_in()
    device.page.click("#use-passkey")
    device.page.wait_for_url(lambda url: "authenticate" not in url)
    assert device.is_in()
    assert device.complaints == []


def test_another_device_has_no_such_key(device: Device, browser: Browser, live_server: Any) -> None:
    ahmed = Cast().ahmed
    device.signs_in(ahmed.email)
    device.adds_a_key()
    other = Device(browser, live_server.url)
    other.page.goto("/accounts/login/")
    other.page.click("#passkey-login")
    other.page.wait_for_timeout(500)
    assert not other.is_in()
    other.context.close()
