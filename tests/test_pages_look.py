"""Every page in a real browser: accessible in both languages, silent in the console, light and still."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as ours
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.doors import PAGES
from tests.factories import ProductFactory
from tests.stage import Stage

pytestmark = pytest.mark.xdist_group("look")

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LANGUAGES = ("en", "ar")

# path, whose eyes see it, and "phone" where it is looked at on a phone too
LOOKED_AT = """
/                                      anonymous  phone
/accounts/login/                       anonymous  phone
/accounts/password/reset/              anonymous
/nothing/here/                         anonymous
/account/                              ahmed
/account/edit/                         fatima
/account/business/                     ahmed
/account/come-in/{token}/              anonymous
/account/sessions/                     ahmed      phone
/account/team/                         ahmed
/accounts/second-factor/               ahmed      phone
/accounts/second-factor/webauthn/      ahmed
/accounts/logout/                      fatima
/accounts/email/                       fatima
/accounts/password/change/             fatima
/addresses/                            fatima
/carrier/                              deepa      phone
/cart/                                 fatima     phone
/cart/                                 huda
/catalog/                              anonymous
/catalog/                              fatima     phone
/catalog/?search=nothing+of+the+sort   anonymous
/catalog/{product}-pepsi-330ml/        fatima     phone
/checkout/                             fatima     phone
/driver/                               bilal      phone
/driver/                               omar       phone
/driver/{delivery}/                    bilal      phone
/invitation/{token}/                   anonymous
/lists/                                fatima     phone
/lists/                                huda
/lists/{saved}/                        fatima     phone
/lists/add/{product}/                  fatima
/notifications/                        fatima     phone
/notifications/                        omar
/orders/                               fatima     phone
/orders/                               huda
/orders/{order}/                       fatima     phone
/orders/{order}/                       ahmed
/payments/return/                      anonymous
/quick-order/                          fatima     phone
/register/retailer/                    anonymous  phone
/register/vendor/                      anonymous
/styleguide/                           anonymous  phone
/vendor/                               ahmed      phone
/vendor/                               yusuf
/vendor/documents/                     nadia
/vendor/orders/                        ahmed
/vendor/orders/                        yusuf
/vendor/orders/{order}/packing-slip/   ahmed
/vendor/products/                      ahmed
/vendor/products/import/               ahmed
/vendor/products/import/{run}/         ahmed
/vendor/products/                      yusuf
/vendor/products/new/                  ahmed
/vendor/products/{product}/            ahmed
/vendor/products/{product}/movements/  ahmed
/vendor/profile/                       ahmed
/vendors/{vendor}-ahmed-foods-llc/     anonymous
"""
EXCUSED = {
    "/catalog/suggestions/": "a fragment of the search box",
    "/deliveries/{delivery}/photo/": "a file",
    "/driver/manifest.webmanifest": "for machines",
    "/driver/sw.js": "for machines",
    "/driver/who/": "for machines",
    "/health/live": "for machines",
    "/health/ready": "for machines",
    "/media/nothing.webp": "a file",
    "/metrics": "for machines",
    "/payments/{payment}/": "leads on to the bank at once",
    "/quick-order/template/": "a file",
    "/retailers/{retailer}/licence/": "a file",
    "/vendor/documents/{paper}/": "a file",
    "/vendor/orders/packing-slips/?order={order}": "the same sheets as one slip",
    "/vendor/products/export/csv/": "a file",
    "/vendor/products/import/{run}/wrong-rows/": "a file",
    "/vendor/products/template/xlsx/": "a file",
}


class Look(NamedTuple):
    """One page as somebody opens it."""

    path: str
    who: str
    size: str


def looks() -> list[Look]:
    """The table, a line each; one for a phone stands for both sizes."""
    lines = [[*line.split(), ""][:3] for line in LOOKED_AT.strip().splitlines()]
    desk = [Look(path, who, "") for path, who, _size in lines]
    return desk + [Look(path, who, size) for path, who, size in lines if size]


class Reader:
    """One person at one browser; what the console says against a page is kept."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page: Page = context.new_page()
        self.context, self.base = context, base
        self.complaints: list[str] = []
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def remember(self, **cookies: str) -> None:
        """What the browser sends along: a session, a language, a theme."""
        kept = [{"name": name, "value": value, "url": self.base} for name, value in cookies.items()]
        self.context.add_cookies(kept)  # type: ignore[arg-type]

    def opens(self, path: str, *, language: str = "en", theme: str = "system", size: str = "") -> None:
        """A page in a language, as one's device shows it."""
        self.complaints.clear()
        self.remember(**{ours.LANGUAGE_COOKIE_NAME: language, "aqad-theme": theme})
        self.page.set_viewport_size(PHONE if size else DESK)  # type: ignore[arg-type]
        self.page.goto(self.base + path)

    def finds_wrong(self) -> list[str]:
        """What axe, the console, the title and the width say against the open page."""
        found = Axe().run(self.page).response["violations"]
        wrong = [f"{rule['id']}: {[node['target'] for node in rule['nodes']][:3]}" for rule in found]
        wrong += [text for text in self.complaints if "404" not in text]
        if not self.page.title().endswith(" · AQAD") or self.page.title().startswith(" "):
            wrong.append(f"title {self.page.title()!r}")
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append("wider than the screen")
        return wrong


class Audience:
    """Everybody of the stage, each with a browser of their own, opened when first asked for."""

    def __init__(self, browser: Browser, stage: Stage, base: str) -> None:
        self.browser, self.stage, self.base = browser, stage, base
        self.readers: dict[str, Reader] = {}

    def __getitem__(self, who: str) -> Reader:
        if who not in self.readers:
            context = self.browser.new_context(reduced_motion="reduce")
            reader = self.readers[who] = Reader(context, self.base)
            session = self.stage.browser(who).cookies.get(ours.SESSION_COOKIE_NAME)
            if session:
                reader.remember(**{ours.SESSION_COOKIE_NAME: session.value})
        return self.readers[who]

    def leave(self) -> None:
        """Every browser is closed."""
        for reader in self.readers.values():
            reader.context.close()


@pytest.fixture
def audience(browser: Browser, live_server: Any, settings: Any) -> Iterator[Audience]:
    """The stage behind a real server, with a basket to look at."""
    settings.RATELIMIT_ENABLE = False
    settings.DEMO = True
    stage = Stage()
    stage.browser("fatima").post(f"/cart/{stage.pepsi.code}/", {"quantity": 5, "add": 1})
    made = Audience(browser, stage, live_server.url)
    yield made
    made.leave()


def test_every_page_is_looked_at_or_excused() -> None:
    rows = [line.split() for line in PAGES.strip().splitlines()]
    pages = {path for method, path, *_answers in rows if method == "GET"}
    looked_at = {look.path for look in looks()}
    assert pages - looked_at == set(EXCUSED)


def test_every_page_looks_right_in_both_languages(audience: Audience) -> None:
    wrong = []
    for look in looks():
        for language in LANGUAGES:
            reader = audience[look.who]
            reader.opens(look.path.format(**audience.stage.names), language=language, size=look.size)
            at = f"{look.path} {look.who} {language} {look.size}"
            wrong += [f"{at}: {finding}" for finding in reader.finds_wrong()]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", ["", "phone"])
def test_the_style_guide_looks_right_in_the_dark(audience: Audience, size: str) -> None:
    reader = audience["anonymous"]
    wrong = []
    for language in LANGUAGES:
        reader.opens("/styleguide/", language=language, theme="dark", size=size)
        wrong += reader.finds_wrong()
    assert not wrong, "\n".join(wrong)


def test_what_is_wrong_would_be_seen(audience: Audience) -> None:
    reader = audience["anonymous"]
    reader.opens("/catalog/")
    reader.page.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend", '<img src="/x"><p style="color: red">x</p>');
        document.querySelector("main h1").style.minWidth = "3000px";
    }""")
    said = "\n".join(reader.finds_wrong())
    for finding in ("image-alt", "Content Security Policy", "wider than the screen"):
        assert finding in said


def test_the_catalogue_is_light_and_still(audience: Audience) -> None:
    for n in range(30):
        ProductFactory.create(
            vendor=audience.stage.ahmed_foods, name=f"Basmati rice, long grain, aged, {n} kg"
        )
    reader, answers = audience["fatima"], list[Response]()
    reader.page.on("response", lambda answer: answers.append(answer))
    reader.opens("/catalog/", size="phone")
    reader.page.wait_for_load_state("networkidle")
    linked = [one for one in answers if one.request.resource_type in ("stylesheet", "script")]
    weight = sum(len(gzip.compress(one.body())) for one in linked)
    assert len(linked) > 5
    assert len(answers[0].body()) <= 50_000
    assert weight <= 156_000
    assert moved(reader.page) <= 0.02


def moved(page: Page) -> float:
    """The layout shift so far, as the browser counted it."""
    return float(
        page.evaluate("""() => new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
            .observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 200);
    })""")
    )


def test_the_keyboard_comes_first_to_the_way_past_the_head(audience: Audience) -> None:
    reader = audience["fatima"]
    reader.opens("/orders/")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "skip-link"
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_toast_moves_nothing_and_goes_when_told(audience: Audience) -> None:
    reader = audience["anonymous"]
    where = "document.querySelector('main h1').getBoundingClientRect().top"
    reader.opens("/styleguide/")
    before = reader.page.evaluate(where)
    reader.opens("/styleguide/?toast=error")
    toast = reader.page.locator("#toasts .toast-card")
    assert toast.is_visible()
    assert reader.page.evaluate(where) == before
    toast.locator("summary").click()
    assert not toast.is_visible()
    assert reader.page.evaluate(where) == before
