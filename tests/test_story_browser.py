"""The whole story on pages: five people in five browsers, the real worker, the real sandbox bank."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from aqad.demo import PASSWORD
from tests.papers import pdf, png
from tests.stack import Stack

PHONE = {"width": 390, "height": 844}
SLOW = 20_000


class Person:
    """Somebody at a browser of their own; whatever the console complains about is kept."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SLOW)
        self.base = base
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} at {self.page.url}")

    def go(self, path: str) -> None:
        """Open a page of the market."""
        self.page.goto(self.base + path)

    def sign_in(self, email: str) -> None:
        """Through the sign-in page."""
        self.go("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator("input[name=password]")).to_have_count(0)

    def fill(self, **fields: str) -> None:
        """Fields of a form by name."""
        for name, value in fields.items():
            self.page.locator(f"form [name='{name}']").fill(value)

    def press(self, name: str) -> None:
        """A button by its words, in what the page is about."""
        self.page.locator("main, #content").get_by_role("button", name=name, exact=True).first.click()

    def sees(self, text: str) -> None:
        """The words are on the page."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible(timeout=SLOW)

    def waits_for(self, path: str, text: str) -> None:
        """Look again and again until the words are there."""
        for _ in range(40):
            self.go(path)
            if self.page.get_by_text(text).count():
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{text!r} never came to {path}: {self.page.inner_text('body')[:2000]}")


Enter = Callable[..., Person]


@pytest.fixture
def enter(browser: Browser, market: Stack) -> Iterator[Enter]:
    """Somebody comes in, with a browser of their own; nobody leaves with an error in the console."""
    people: list[Person] = []

    def come_in(**options: Any) -> Person:
        context = browser.new_context(**options)
        people.append(Person(context, market.url))
        return people[-1]

    yield come_in
    complaints = [line for person in people for line in person.complaints]
    for person in people:
        person.page.context.close()
    assert not complaints, "\n".join(complaints)


def pay(person: Person, card: str) -> None:
    """At the bank: the card form, and back."""
    expect(person.page).to_have_url(re.compile("/pay/"), timeout=SLOW)
    person.fill(card_number=card, expiry="12/30", cvc="123")
    person.page.locator("form button[type=submit]").click()
    expect(person.page).to_have_url(re.compile("/payments/return/"), timeout=SLOW)


def upload(name: str, kind: str, body: bytes) -> Any:
    """A file as a file chooser hands it over."""
    return {"name": name, "mimeType": kind, "buffer": body}


def test_five_people_from_registration_to_delivery(enter: Enter) -> None:
    company = f"Delta Foods {uuid.uuid4().hex[:6]}"

    rashid = enter()
    rashid.go("/register/vendor/")
    rashid.fill(
        name="Rashid",
        email=f"{uuid.uuid4().hex[:8]}@deltafoods.example",
        phone="050 765 4321",
        password=PASSWORD,
        company_name=company,
        trn="100234567800003",
    )
    rashid.page.locator("[name=trade_license]").set_input_files(
        upload("licence.pdf", "application/pdf", pdf())
    )
    rashid.page.locator("[name=vat_certificate]").set_input_files(upload("vat.png", "image/png", png("#fff")))
    rashid.page.locator("main form button[type=submit]").click()
    expect(rashid.page).to_have_url(re.compile("/vendor/documents/"))
    rashid.sees("Pending approval")

    sara = enter()
    sara.sign_in("admin@aqad.example")
    sara.go("/admin/vendors/vendor/?status__exact=pending_approval")
    sara.page.get_by_role("link", name=company).or_(
        sara.page.locator("tr", has_text=company).locator("th a")
    ).first.click()
    expect(sara.page.locator(".paper")).to_have_count(2)
    sara.press("Approve")
    sara.sees("Approved")

    rashid.go("/vendor/products/new/")
    rashid.fill(
        name="Pepsi 330ml",
        name_ar="بيبسي 330 مل",
        description="24 cans in a carton.",
        price="32.50",
        quantity="500",
    )
    rashid.page.locator("[name=category]").select_option("soft-drinks")
    rashid.page.locator("[name=brand]").select_option("pepsi")
    rashid.page.locator("[name=images]").set_input_files(upload("pepsi.png", "image/png", png()))
    rashid.press("Put on sale")
    expect(rashid.page).to_have_url(re.compile("/vendor/products/P[0-9]+/"))
    product = rashid.page.url.rstrip("/").rsplit("/", 1)[-1]

    fatima = enter()
    fatima.sign_in("fresh@freshmart.example")
    fatima.go("/catalog/?search=pepsi")
    fatima.page.locator(f"a[href*='/catalog/{product}-']").first.click()
    fatima.sees("500 available")
    fatima.page.locator("main [name=quantity]").fill("100")
    fatima.press("Add to basket")
    fatima.sees("is in your basket")
    fatima.go("/checkout/")
    fatima.press("Order now")
    pay(fatima, "4000000000000077")
    fatima.go(f"/catalog/{product}-pepsi-330ml/")
    fatima.sees("400 available")
    fatima.waits_for("/notifications/", "Payment received")
    fatima.go("/orders/")
    fatima.page.locator("main a[href*='/orders/ORD']").first.click()
    path = re.sub(r"^https?://[^/]+", "", fatima.page.url)

    rashid.waits_for("/notifications/", "New Order Received")
    rashid.go(path)
    rashid.press("Accept")
    rashid.sees("Processing")
    rashid.press("Ready for pick-up")
    rashid.sees("Made ready")

    deepa = enter()
    deepa.sign_in("dispatch@fasttrack.example")
    order = path.strip("/").rsplit("/", 1)[-1]
    deepa.waits_for("/carrier/", order)
    row = deepa.page.locator("#board li", has_text=order)
    row.locator("select").select_option(label="Bilal")
    row.get_by_role("button").click()

    bilal = enter(viewport=PHONE, is_mobile=True, has_touch=True)
    bilal.sign_in("driver@fasttrack.example")
    bilal.waits_for("/driver/", order)
    bilal.page.locator(".stop", has_text=order).locator("h2 a").click()
    for report in ("Picked up", "Out for delivery"):
        bilal.press(report)
        expect(bilal.page.locator(".stop-top")).to_contain_text(report, timeout=SLOW)
    fatima.go(path)
    bilal.fill(code=fatima.page.locator(".hand-over-code").inner_text())
    bilal.page.locator("#deliver-note").fill("Handed to Fatima.")
    bilal.page.locator("[name=photo]").set_input_files(upload("door.png", "image/png", png("#0a0")))
    bilal.press("Delivered")

    fatima.waits_for(path, "Handed to Fatima.")
    expect(fatima.page.locator(".hand-over-code")).to_have_count(0)
    fatima.waits_for("/notifications/", "The order is delivered")
    rashid.waits_for("/notifications/", "The order is delivered")
    fatima.go(path)
    for word in (
        "Created",
        "Paid",
        "Accepted",
        "Made ready",
        "Picked up",
        "Took out for delivery",
        "Delivered",
    ):
        fatima.sees(word)


def test_a_declined_card_says_so_and_gives_the_stock_back(enter: Enter) -> None:
    fatima = enter()
    fatima.sign_in("fresh@freshmart.example")
    fatima.go("/catalog/?search=labneh")
    fatima.page.locator("a[href*='/catalog/P']").first.click()
    product = re.sub(r"^https?://[^/]+", "", fatima.page.url)
    before = fatima.page.locator(".product-page .product-stock").inner_text().strip()
    fatima.page.locator("main [name=quantity]").fill("10")
    fatima.press("Add to basket")
    fatima.sees("is in your basket")
    fatima.go("/checkout/")
    fatima.press("Order now")
    pay(fatima, "4000000000000002")
    fatima.waits_for("/notifications/", "Payment failed: the order was not placed")
    fatima.waits_for(product, before)


def test_the_story_in_arabic_reads_from_the_right(enter: Enter) -> None:
    fatima = enter(locale="ar-AE")
    fatima.go("/")
    expect(fatima.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(fatima.page.locator("html")).to_have_attribute("lang", "ar")
    fatima.go("/catalog/?search=بيبسي")
    fatima.sees("بيبسي 330 مل")
