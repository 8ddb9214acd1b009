"""Every page of the promise: for whom it says, in English and Arabic, and without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aqad.metrics import WAITING
from core.models import Reaction
from payments.tests.conftest import Bank
from tests.cast import Api, key
from tests.contract.rows import row
from tests.contract.shapes import data
from tests.stage import PEOPLE, Stage

pytestmark = pytest.mark.django_db

EVERYBODY = set(PEOPLE)
SIGNED_IN = EVERYBODY - {"anonymous"}
SHOPS, SELLERS, DRIVERS = {"fatima", "huda"}, {"ahmed", "yusuf"}, {"bilal", "omar"}

WHO = {
    # row: the page, who sees it
    "/": ("/", {"anonymous"} | SHOPS),
    "/catalog/": ("/catalog/", EVERYBODY),
    "/catalog/{product}-…/": ("/catalog/{product}-pepsi-330ml/", EVERYBODY),
    "/vendors/{vendor}-…/": ("/vendors/{vendor}-ahmed-foods-llc/", EVERYBODY),
    "/accounts/login/": ("/accounts/login/", {"anonymous"}),
    "/accounts/logout/": ("/accounts/logout/", SIGNED_IN),
    "/accounts/password/…": ("/accounts/password/reset/", EVERYBODY),
    "/register/vendor/": ("/register/vendor/", EVERYBODY),
    "/register/retailer/": ("/register/retailer/", EVERYBODY),
    "/cart/": ("/cart/", SHOPS),
    "/checkout/": ("/checkout/", SHOPS),
    "/orders/": ("/orders/", SHOPS),
    "/orders/{order}/": ("/orders/{order}/", {"fatima", "ahmed", "sara"}),
    "/addresses/": ("/addresses/", SHOPS),
    "/vendor/": ("/vendor/", SELLERS),
    "/vendor/products/": ("/vendor/products/", SELLERS),
    "/vendor/orders/": ("/vendor/orders/", SELLERS),
    "/vendor/documents/": ("/vendor/documents/", SELLERS | {"nadia"}),
    "/driver/": ("/driver/", DRIVERS),
    "/driver/{delivery}/": ("/driver/{delivery}/", {"bilal"}),
    "/carrier/": ("/carrier/", {"deepa", "salma"}),
    "/payments/return/": ("/payments/return/?reference={payment}", EVERYBODY),
    "/notifications/": ("/notifications/", SIGNED_IN),
    "/account/": ("/account/", SIGNED_IN),
    "/admin/": ("/admin/", {"sara"}),
}  # fmt: skip


def filled(stage: Stage) -> Stage:
    """Baskets with something in them, so that every page has something to show."""
    for name in SHOPS:
        stage.browser(name).post(f"/cart/{stage.pepsi.code}/", {"quantity": 5, "add": 1})
    return stage


@row(*WHO)
@pytest.mark.parametrize("named", WHO)
def test_page_is_for_whom_it_says(stage: Stage, named: str) -> None:
    path, readers = WHO[named]
    for name in PEOPLE:
        answer = filled(stage).browser(name).get(path.format(**stage.names))
        if name in readers:
            assert answer.status_code == 200, name
        elif name == "anonymous":
            assert answer.status_code == 302
            assert "/login/" in answer["Location"] or named == "/accounts/logout/"
        else:
            assert answer.status_code in (302, 403, 404), name


@row(*WHO)
@pytest.mark.parametrize("named", WHO)
def test_page_speaks_english_and_arabic(stage: Stage, named: str) -> None:
    path, readers = WHO[named]
    reader = filled(stage).browser(min(readers, key=PEOPLE.index))
    written = {}
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        headers = {"Accept-Language": language}
        text = reader.get(path.format(**stage.names), headers=headers).content.decode()
        opening = re.search(r"<html[^>]*>", text)
        assert opening
        assert f'lang="{language}' in opening[0]
        assert f'dir="{direction}"' in opening[0]
        written[language] = len(re.findall("[\u0621-\u064a]", text.partition("<main")[2]))
    assert written["ar"] > 40 + written["en"]


@row(*WHO)
@pytest.mark.parametrize("named", WHO)
def test_page_works_without_javascript(stage: Stage, named: str) -> None:
    path, readers = WHO[named]
    reader = filled(stage).browser(min(readers, key=PEOPLE.index))
    text = reader.get(path.format(**stage.names)).content.decode()
    assert re.search(r"<h1", text)
    assert not re.search(
        r'<script(?![^>]*src=)(?![^>]*type="application/(ld\+)?json")|javascript:|\son\w+="', text
    )
    for form in re.findall(r"(?s)<form.*?</form>", text):
        name = re.search(r'<form[^>]* id="([^"]+)"', form)
        elsewhere = name and re.search(rf'<button form="{name[1]}"(?![^>]*type="button")', text)
        passkey = "/webauthn/" in form  # which a browser only gives to a script; the page says so without one
        assert passkey or elsewhere or re.search(r'<button(?![^>]*type="button")|type="submit"', form), form


@row("/payments/{payment}/")
def test_page_of_a_payment_leads_to_the_gateway(stage: Stage, bank: Bank) -> None:
    made = Api(stage.fatima).post("/orders", stage.wish(1), **key())
    code = data(made, 201)["payments"][0]["id"]
    opened = stage.browser("fatima").get(f"/payments/{code}/")
    assert (opened.status_code, opened["Location"].startswith(f"{bank.url}/pay/")) == (302, True)
    assert stage.browser("huda").get(f"/payments/{code}/").status_code == 404
    assert "/login/" in stage.browser("anonymous").get(f"/payments/{code}/")["Location"]


@row("/health/live", "/health/ready")
def test_pages_for_machines(client: Any) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    serving = {"status": "ok", "database": True, "cache": True}
    assert client.get("/health/ready", REMOTE_ADDR="8.8.8.8").json() == serving
    inside = client.get("/health/ready").json()
    assert inside.items() >= serving.items()
    assert set(inside) - set(serving) == {"sweepers", "late", "release"}


def numbers(answer: Any) -> dict[str, int]:
    """What Prometheus would read."""
    return {name: int(n) for name, n in re.findall(r"(?m)^(\w+) (\d+)$", answer.content.decode())}


@row("/metrics")
def test_page_of_numbers_for_machines_inside(stage: Stage, client: Any) -> None:
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    before = numbers(answer)
    assert set(before) == set(WAITING)
    Reaction.objects.update(dead=True)
    after = numbers(client.get("/metrics"))
    assert (after["aqad_reactions_due"], after["aqad_reactions_dead"]) == (0, Reaction.objects.count())
    for outside in ("8.8.8.8", "2001:4860::1", "nobody"):
        assert client.get("/metrics", REMOTE_ADDR=outside).status_code == 404
