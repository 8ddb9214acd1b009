"""Bilal signs out with reports that have not been sent: they leave his phone only when he says so."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Dialog, expect

from logistics.tests.conftest import Start
from logistics.tests.test_offline import Phone, drawer, enter, moves_of  # noqa: F401 (fixtures)
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = "**/driver/*/moves/**"
LEFT = """() => new Promise((done) => {
    const asked = indexedDB.open("aqad-driver", 1);
    asked.onsuccess = () => {
        const kept = asked.result.transaction("reports").objectStore("reports").getAll();
        kept.onsuccess = () => done(kept.result.length);
    };
})"""


def kept_back(enter: Any, cast: Cast, start: Start) -> tuple[Phone, Any]:  # noqa: F811
    """One report on the phone, and a market that takes none at the moment."""
    trip = start()
    trip.move(cast.bilal, "take")
    phone: Phone = enter(service_workers="block")
    phone.context.route(ELSEWHERE, lambda route: route.fulfill(status=503))
    phone.go("/driver/")
    phone.press("Picked up")
    phone.left(1)
    return phone, trip


def leaves(phone: Phone, answer: bool) -> list[str]:
    """Sign out, and answer what is asked; what was asked."""
    asked: list[str] = []

    def reply(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if answer else dialog.dismiss()

    phone.page.on("dialog", reply)
    phone.go("/accounts/logout/")
    phone.page.locator("main form button").click()
    phone.page.wait_for_timeout(0)
    return asked


def test_whoever_stays_keeps_them(enter: Any, cast: Cast, start: Start) -> None:  # noqa: F811
    phone, trip = kept_back(enter, cast, start)
    asked = leaves(phone, answer=False)
    expect(phone.page.locator("main form button")).not_to_have_attribute("aria-busy", "true", timeout=10_000)
    assert ["Reports not sent yet: 1." in words for words in asked] == [True]
    phone.context.unroute(ELSEWHERE)
    phone.go("/driver/")
    phone.sent()
    assert moves_of(trip)[-1] == "pick_up"


def test_whoever_leaves_all_the_same_leaves_nothing_behind(enter: Any, cast: Cast, start: Start) -> None:  # noqa: F811
    phone, trip = kept_back(enter, cast, start)
    leaves(phone, answer=True)
    phone.page.wait_for_url(f"{phone.base}/")
    assert phone.page.evaluate(LEFT) == 0
    assert moves_of(trip)[-1] == "take"


def test_what_can_be_sent_is_sent_and_nothing_is_asked(enter: Any, cast: Cast, start: Start) -> None:  # noqa: F811
    phone, trip = kept_back(enter, cast, start)
    phone.context.unroute(ELSEWHERE)
    asked = leaves(phone, answer=False)
    phone.page.wait_for_url(f"{phone.base}/")
    assert asked == []
    assert moves_of(trip)[-1] == "pick_up"
