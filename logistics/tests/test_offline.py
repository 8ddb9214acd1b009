"""Bilal's phone without a network: what he reports there arrives once, in order, when the network is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from core.models import Event
from core.tests.papers import drawn
from logistics.models import Delivery
from logistics.tests.conftest import Start, Trip
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
KEPT = "caches.keys().then((names) => names.filter((name) => name.startsWith('driver-pages-')))"
PAGES = f"{KEPT}.then(([name]) => (name ? caches.open(name).then((one) => one.keys()) : []))"
QUEUE = "Reports.all().then((all) => all.map((one) => [one.move, one.refused || '']))"


@pytest.fixture(autouse=True)
def drawer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Photos of a test stay in its own folder."""
    monkeypatch.setattr(Delivery.photo.field, "storage", FileSystemStorage(tmp_path))
    return tmp_path / "proofs"


class Phone:
    """Bilal's phone, signed in."""

    def __init__(self, context: BrowserContext, server: Any, cast: Cast) -> None:
        signed_in = Client()
        signed_in.force_login(cast.bilal, backend="accounts.backends.EmailBackend")
        cookie = signed_in.cookies["aqad-session"].value
        context.add_cookies([{"name": "aqad-session", "value": cookie, "url": server.url}])
        self.context, self.base = context, server.url
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.base + path)

    def ready(self, stops: int) -> None:
        """The list, with the worker in charge and the list and every stop kept."""
        self.go("/driver/")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")
        self.until(f"async () => (await {PAGES}).length === {stops + 1}")

    def until(self, condition: str) -> None:
        """Ask the page again and again; it may be read anew in between."""
        for _ in range(300):
            try:
                if self.page.evaluate(condition):
                    return
            except Error:
                pass
            self.page.wait_for_timeout(50)
        raise AssertionError(condition)

    def left(self, count: int) -> None:
        """So many reports are still on the phone."""
        self.until(f"async () => (await Reports.all()).length === {count}")

    def press(self, name: str) -> None:
        """The one button of that name that can be seen."""
        self.page.get_by_role("button", name=name, exact=True).filter(visible=True).first.click()

    def waiting(self) -> list[list[str]]:
        """What the phone has kept: moves, and why they were refused."""
        found: list[list[str]] = self.page.evaluate(QUEUE)
        return found

    def sent(self) -> None:
        """Nothing waits any more."""
        self.left(0)


@pytest.fixture
def enter(browser: Browser, live_server: Any, cast: Cast) -> Iterator[Any]:
    """A phone for Bilal; no page of it may break."""
    phones: list[Phone] = []

    def come_in(**options: Any) -> Phone:
        phones.append(Phone(browser.new_context(**PHONE, **options), live_server, cast))
        return phones[-1]

    yield come_in
    problems = [line for phone in phones for line in phone.problems]
    for phone in phones:
        phone.context.close()
    assert not problems, "\n".join(problems)


def moves_of(trip: Trip) -> list[str]:
    """What the history says, in its order."""
    names = Event.objects.filter(subject=trip.row.code).order_by("id").values_list("name", flat=True)
    return [name.partition(".")[2] for name in names]


def test_two_stops_reported_without_network_arrive_once_and_in_order(
    enter: Any, cast: Cast, start: Start, drawer: Path
) -> None:
    first, second = start(), start()
    for trip in (first, second):
        assert trip.move(cast.bilal, "take").status_code == 200
    code = first.code
    phone: Phone = enter()
    phone.ready(2)
    phone.context.set_offline(True)

    phone.go(f"/driver/{first.row.code}/")
    phone.press("Picked up")
    phone.press("Out for delivery")
    phone.page.locator("[name=code]").fill(code)
    photo: Any = {"name": "door.png", "mimeType": "image/png", "buffer": drawn()}
    phone.page.locator("[name=photo]").set_input_files(photo)
    phone.press("Delivered")
    expect(phone.page.locator("#waiting")).to_contain_text("Waiting to be sent: 3")
    expect(phone.page).to_have_url(f"{phone.base}/driver/")

    phone.page.locator(f"[data-stop={second.row.code}] h2 a").click()
    phone.press("Picked up")
    phone.page.locator("#fail > summary").click()
    phone.press("The shop was closed.")
    expect(phone.page.locator("#waiting")).to_contain_text("Waiting to be sent: 5")
    assert (moves_of(first), moves_of(second)) == (["create", "take"], ["create", "take"])

    phone.context.set_offline(False)
    phone.sent()
    assert moves_of(first) == ["create", "take", "pick_up", "out_for_delivery", "deliver"]
    assert moves_of(second)[2:] == ["pick_up", "fail"]
    assert (len(list(drawer.iterdir())), bool(first.row.photo)) == (1, True)
    assert "reported_at" in Event.objects.get(subject=first.row.code, name="delivery.pick_up").data
    assert Event.objects.get(name="delivery.fail").data["failure"] == "closed"


def test_an_answer_that_got_lost_does_no_harm(enter: Any, cast: Cast, start: Start) -> None:
    trip = start()
    trip.move(cast.bilal, "take")
    phone: Phone = enter(service_workers="block")
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    phone.page.route("**/moves/pick_up/", lose)
    phone.go(f"/driver/{trip.row.code}/")
    with phone.page.expect_event("requestfailed"):
        phone.press("Picked up")
    expect(phone.page.locator("#waiting")).to_contain_text("Waiting to be sent: 1")
    assert (lost, trip.row.status) == ([200], "picked_up")
    phone.press("Send now")
    phone.sent()
    assert moves_of(trip) == ["create", "take", "pick_up"]


def test_what_is_refused_is_said_and_holds_up_nobody_else(enter: Any, cast: Cast, start: Start) -> None:
    first, second = start(), start()
    for trip in (first, second):
        trip.move(cast.bilal, "take")
    phone: Phone = enter()
    phone.ready(2)
    phone.context.set_offline(True)
    for trip in (first, second):
        phone.page.locator(f"[data-stop={trip.row.code}]").get_by_role("button", name="Picked up").click()
        expect(phone.page.locator(f"[data-stop={trip.row.code}] [data-kept]")).to_be_visible()
    assert first.move(cast.bilal, "pick_up").status_code == 200
    phone.context.set_offline(False)
    expect(phone.page.locator(".is-refused")).to_contain_text("somebody has moved it on")
    phone.left(1)
    assert second.row.status == "picked_up"
    phone.press("Remove")
    phone.sent()


def test_a_wrong_code_is_said_beside_the_field(enter: Any, start: Start) -> None:
    trip = start().leaves()
    phone: Phone = enter()
    phone.go(f"/driver/{trip.row.code}/")
    phone.page.locator("[name=code]").fill("000")
    phone.press("Delivered")
    expect(phone.page.locator("#deliver [data-problem]")).to_contain_text("4 tries are left")
    assert phone.waiting() == []
    phone.page.locator("[name=code]").fill(trip.code)
    phone.press("Delivered")
    expect(phone.page.locator("[data-note=told]")).to_contain_text("Delivered")
    assert (trip.row.status, trip.row.tries) == ("delivered", 1)


def test_a_session_that_ended_keeps_the_report_and_asks_to_sign_in(
    enter: Any, cast: Cast, start: Start, live_server: Any
) -> None:
    trip = start()
    trip.move(cast.bilal, "take")
    phone: Phone = enter()
    phone.go(f"/driver/{trip.row.code}/")
    phone.context.clear_cookies()
    phone.press("Picked up")
    expect(phone.page.locator("[data-note=sign-in]")).to_be_visible()
    assert phone.waiting() == [["pick_up", ""]]
    assert trip.row.status == "assigned"
    again = Client()
    again.force_login(cast.bilal, backend="accounts.backends.EmailBackend")
    phone.context.add_cookies(
        [{"name": "aqad-session", "value": again.cookies["aqad-session"].value, "url": live_server.url}]
    )
    phone.go("/driver/")
    phone.sent()
    assert trip.row.status == "picked_up"


def test_signing_out_leaves_nothing_to_read(enter: Any, cast: Cast, start: Start) -> None:
    trip = start()
    trip.move(cast.bilal, "take")
    phone: Phone = enter()
    phone.ready(1)
    phone.context.set_offline(True)
    phone.go(f"/driver/{trip.row.code}/")
    expect(phone.page.locator("h1")).to_contain_text(trip.row.code)
    phone.context.set_offline(False)
    phone.go("/driver/")
    phone.page.locator("summary[aria-label=Menu]").click()
    phone.press("Sign out")
    expect(phone.page).to_have_url(f"{phone.base}/")
    phone.until(f"async () => (await {KEPT}).length === 0")
    phone.context.set_offline(True)
    phone.go(f"/driver/{trip.row.code}/")
    expect(phone.page.locator("body")).to_contain_text("not kept on this phone")
