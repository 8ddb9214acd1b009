"""No address from outside is ever redirected to: every `next` and every way back, against a list of tricks."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
TRICKS = [
    "https://evil.example/", "http://evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
    "\\/evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "http:evil.example", "ftp://evil.example",
    "//evil.example\\@testserver", "http://testserver@evil.example", "http://testserver.evil.example", "http://evil.example#testserver",
    "http://evil.example?testserver", "//testserver@evil.example", "/%0d%0aLocation:%20//evil.example", "/x\r\nSet-Cookie: a=b",
    "%2f%2fevil.example", "/%2fevil.example", "//%65vil.example", "http://[::1]evil", "http://[evil", "//evil。example", "〱evil.example", "http://",
    "1e-400", "9999-12-31", "home", "accounts:profile", "",
]  # fmt: skip


def leads_away(answer: Any) -> bool:
    """Whether a browser would leave for another host, or run something."""
    where = answer.get("Location", "") or answer.get("HX-Redirect", "")
    assert "\n" not in where
    assert "\r" not in where
    plain = where.strip().replace("\\", "/")
    split = urlsplit(plain)
    return (
        plain.startswith("//") or split.scheme not in ("", "http") or split.netloc not in ("", "testserver")
    )


def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ahmed)
    return client


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False


@pytest.mark.parametrize("trick", TRICKS)
def test_no_way_on_leads_away(cast: Cast, trick: str) -> None:
    ahmed, login = signed_in(cast), {"login": cast.ahmed.email, "password": PASSWORD}
    answers = {
        "sign-in": Client().post("/accounts/login/", {**login, "next": trick}),
        "sign-in by query": Client().post(f"/accounts/login/?next={quote(trick)}", login),
        "signed in already": ahmed.get(f"/accounts/login/?next={quote(trick)}"),
        "staff sign-in": Client().get(f"/admin/login/?next={quote(trick)}"),
        "language": Client().post("/i18n/setlang/", {"language": "ar", "next": trick}),
        "language by referer": Client().post("/i18n/setlang/", {"language": "ar"}, headers={"Referer": trick}),
        "theme": Client().post("/theme/", {"theme": "dark", "next": trick}),
        "stock": ahmed.post(f"/vendor/products/{cast.pepsi.code}/stock/", {"change": "1", "reason": "a", "next": trick}),
        "bulk": ahmed.post("/vendor/orders/moves/accept/", {"next": trick, "back": trick, "order": "ORD1"}),
        "slips": ahmed.post("/vendor/orders/packing-slips/", {"next": trick, "back": trick}),
        "return": Client().get(f"/payments/return/?reference={quote(trick)}&next={quote(trick)}"),
        "htmx": Client().get("/orders/", headers={"HX-Request": "true", "HX-Current-URL": trick.replace("\n", "").replace("\r", "")}),
        "refused": ahmed.post("/orders/ORD1/moves/accept/", headers={"Referer": trick.replace("\n", "").replace("\r", "")}),
        "first steps": ahmed.post("/account/steps/hide/", headers={"Referer": trick.replace("\n", "").replace("\r", "")}),
        "sign-out": ahmed.post("/accounts/logout/", {"next": trick}),
    }  # fmt: skip
    assert not [name for name, answer in answers.items() if leads_away(answer) or answer.status_code >= 500]


def test_a_way_back_of_ours_is_taken(cast: Cast) -> None:
    """The control."""
    assert Client().post("/theme/", {"theme": "dark", "next": "/catalog/"})["Location"] == "/catalog/"
    form = {"login": cast.ahmed.email, "password": PASSWORD, "next": "/vendor/products/"}
    assert Client().post("/accounts/login/", form)["Location"] == "/vendor/products/"


def test_leading_away_is_seen() -> None:
    assert leads_away({"Location": "//evil.example"})
    assert leads_away({"Location": "javascript:1"})
    assert leads_away({"Location": "http://testserver@evil.example/"})
