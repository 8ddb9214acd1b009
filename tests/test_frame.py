"""What stands around every page is drawn once for all who see the same, and shows nobody what is another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from aqad.templatetags import frame
from core import outlines
from core.drawing import TOKEN, Drawn
from orders.models import CartLine
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PATHS = ("/", "/catalog/", "/catalog/?search=%3Cb%3E%22x%22", "{pepsi}", "/account/", "/vendors/register/")


def of(person: Any = None, **more: Any) -> Client:
    client = Client(**more)
    if person:
        client.force_login(person)
    return client


def bare(page: str) -> str:
    """Without tokens, and without the space between tags."""
    return re.sub(r">\s+<", "><", TOKENS.sub("", page)).strip()


def test_the_frame_is_what_its_templates_say_to_each_and_again(cast: Cast) -> None:
    looked = 0
    for person in (None, cast.fatima, cast.ahmed, cast.bilal, cast.deepa, cast.sara):
        for path in (path.format(pepsi=cast.pepsi.get_absolute_url()) for path in PATHS):
            for _ in range(2):
                answer = of(person).get(path)
                if answer.status_code == 200:
                    request = answer.wsgi_request
                    for part in ("header", "footer"):
                        whole = render_to_string(f"components/{part}.html", {}, request)
                        assert bare(whole) in bare(answer.content.decode()), (person, path, part)
                    looked += 1
    assert looked > 30


def mixed_up(cast: Cast) -> list[str]:
    """Where of the pages of two shops, asked in turns, one showed what is the other's."""
    one, other = cast.fatima, cast.strangers().huda
    clients = {person: of(person, enforce_csrf_checks=True) for person in (one, other)}
    wrong: list[str] = []
    seen: set[str] = set()
    for path in ("/catalog/", cast.pepsi.get_absolute_url(), "/account/") * 2:
        for person, stranger in ((one, other), (other, one)):
            page = clients[person].get(path).content.decode()
            own = person.name in page and stranger.name not in page
            wrong += [] if own and TOKEN not in page and not seen & {*TOKENS.findall(page)} else [path]
            seen |= {*TOKENS.findall(page)}
    for person in (one, other):
        page = clients[person].get(cast.pepsi.get_absolute_url()).content.decode()
        there = f"/cart/{cast.pepsi.code}/"
        for token in TOKENS.findall(page):
            sent = {"csrfmiddlewaretoken": token, "add": "1", "quantity": "1"}
            wrong += ["token"] if clients[person].post(there, sent).status_code == 403 else []
    return wrong


def test_nobody_sees_the_name_or_a_token_of_another(cast: Cast) -> None:
    assert mixed_up(cast) == []


DRAWN = Drawn.of


def _for_no_reader(self: Drawn, shown: tuple[Any, ...], context: Callable[[], Any]) -> Any:
    return DRAWN(self, tuple(part for part in shown if not isinstance(part, frame.Reader)), context)


def _with_a_token(self: Drawn, shown: tuple[Any, ...], context: Callable[[], Any]) -> Any:
    return DRAWN(self, shown, lambda: context() | {"csrf_token": "a" * 64})


@pytest.mark.parametrize("mistake", [_for_no_reader, _with_a_token])
def test_control_a_drawing_for_the_wrong_eyes_is_noticed(
    cast: Cast, mistake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Drawn, "of", mistake)
    assert mixed_up(cast)


def test_what_is_in_the_basket_is_counted_for_each_page(cast: Cast) -> None:
    client = of(cast.fatima)
    assert "Basket, 0 products" in client.get("/catalog/").content.decode()
    CartLine.objects.create(retailer=cast.fresh_mart, product=cast.pepsi, quantity=1)
    assert "Basket, 1 product" in client.get("/catalog/").content.decode()


FILLED_IN = (
    "", "?search=%3Cb%3E%25(title)s&GAP=1", "?x=%22%27", "?search=pepsi&in_stock=true&min_price=1", "?min_price=x",
    "?search=pepsy", "?search=pepsi&brand=none", "?category=soft-drinks&sort=price",
)  # fmt: skip


def unlike(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pages that are filled in for visitors and not what their templates draw."""
    wrong: list[str] = []
    for path in (cast.pepsi.get_absolute_url(), "/catalog/"):
        for query in FILLED_IN:
            for theme in ("", "dark", "purple"):
                for language in ("en", "ar"):
                    client = of()
                    client.cookies.load({"aqad-theme": theme} if theme else {})
                    filled, drawn = (
                        _asked(client, path + query, language, way, monkeypatch) for way in (0, 1)
                    )
                    wrong += [] if filled == drawn else [path + query + theme + language]
    return wrong


def _asked(client: Client, path: str, language: str, way: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page as it is sent, or (1) as its template draws it for this once; neither from memory."""
    headers = {"Origin": "https://elsewhere.example", "Accept-Language": language}
    with monkeypatch.context() as drawn:
        if way:
            drawn.setattr(outlines, "get_messages", lambda request: [way])
        answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return bare(answer.content.decode())


def test_what_is_filled_in_for_visitors_is_what_would_be_drawn(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unlike(cast, monkeypatch) == []


def _for_no_theme(self: Any, look: Any, words: Any) -> Any:
    return (
        FILLED(self, look._replace(theme=""), words)
        if isinstance(look, outlines.Worn)
        else FILLED(self, look, words)
    )


FILLED = outlines.Page.filled


def test_control_an_outline_under_the_wrong_theme_is_noticed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines.Page, "filled", _for_no_theme)
    assert unlike(cast, monkeypatch)
