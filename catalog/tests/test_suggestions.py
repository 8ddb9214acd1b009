"""While Fatima types she is shown goods, brands and shelves to go to."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.tests.shelf import market  # noqa: F401
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("market")]


def suggested(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Address and label of each choice."""
    answer = Client(headers={"accept-language": language}).get("/catalog/suggestions/", {"search": text})
    assert answer.status_code == 200
    return re.findall(r'href="([^"]*)" tabindex="-1"><bdi>([^<]*)', answer.content.decode())


def test_goods_brands_and_shelves(cast: Cast) -> None:
    assert suggested("pep") == [
        (cast.pepsi.get_absolute_url(), "Pepsi 330ml"),
        ("/catalog/?brand=pepsi", "Pepsi"),
    ]
    assert ("/catalog/?category=juices", "Juices") in suggested("jui")
    assert suggested("مان", "ar")[0][1] == "عصير مانجو"


@pytest.mark.parametrize("text", ["rice basm", "basmati ric", "rice", "بسمتي", "basmatti"])
def test_words_in_any_order_begun_or_mistyped(text: str) -> None:
    assert suggested(text)[0][1] == "Basmati rice"


@pytest.mark.parametrize("text", ["", "p", " ", "zzzz", "%", "the"])
def test_nothing_is_suggested_for_nothing(text: str) -> None:
    assert suggested(text) == []


def test_each_choice_can_be_pointed_at() -> None:
    page = Client().get("/catalog/suggestions/", {"search": "pep"}).content.decode()
    options = re.findall(r'role="option" id="([^"]+)" aria-selected="false"', page)
    assert len(options) == len(set(options)) == 2
    for group in re.findall(r'role="group" aria-labelledby="([^"]+)"', page):
        assert f'id="{group}"' in page


def test_without_a_script_the_box_is_a_plain_search() -> None:
    page = Client().get("/").content.decode()
    box = re.search(r'<form class="site-search".*?</form>', page, re.DOTALL)
    assert box
    assert 'role="combobox"' in box[0]
    assert 'aria-controls="suggestions"' in box[0]
    assert 'method="get" action="/catalog/"' in box[0]


@pytest.mark.django_db(transaction=True)
def test_two_questions_at_most() -> None:
    client = Client()
    client.get("/catalog/suggestions/", {"search": "saff"})
    for text in ("pep", "pepci", "mango ju"):
        with CaptureQueriesContext(connection) as asked:
            client.get("/catalog/suggestions/", {"search": text})
        assert len(asked) <= 2
