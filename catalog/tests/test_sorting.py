"""Pages in every order, forwards and backwards: complete, without repetition, whatever arrives meanwhile."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from catalog.tests.shelf import ask, names
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

SORTS = ["newest", "price", "-price", "name", "relevance"]


@pytest.fixture
def shelf(cast: Cast) -> Cast:
    """Pepsi and twenty more, with prices and names that repeat."""
    dice = random.Random(7)
    for number in range(20):
        ProductFactory(
            name=dice.choice(["Water", "water still", "Lemon water", "Aloe", "7 herbs water", "عصير"]),
            price=dice.choice(["10.00", "12.50", "99.00"]),
            vendor=cast.ahmed_foods,
            sku=f"S{number}",
        )
    return cast


def walk(start: str = "", way: str = "next", **query: Any) -> list[list[str]]:
    """The ids on each page, following `next` or `previous` to the end."""
    pages, cursor = [], start
    while True:
        told = ask(cursor=cursor, **query)
        pages.append([row["id"] for row in told["data"]])
        cursor = told["meta"][way]
        if not cursor:
            return pages


def expected(sort: str) -> list[str]:
    keys: dict[str, Any] = {
        "newest": lambda row: -row.pk,
        "price": lambda row: (row.price, row.pk),
        "-price": lambda row: (-row.price, -row.pk),
        "name": lambda row: (row.name.lower(), row.pk),
        "relevance": lambda row: -row.pk,
    }
    return [row.code for row in sorted(Product.objects.all(), key=keys[sort])]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 4, 7, 21, 50])
def test_pages_forwards_are_complete_and_in_order(shelf: Cast, sort: str, size: int) -> None:
    pages = walk(sort=sort, page_size=size)
    assert [code for page in pages for code in page] == expected(sort)
    assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.parametrize("sort", SORTS)
def test_pages_backwards_are_the_same_pages(shelf: Cast, sort: str) -> None:
    forwards, cursor, last = [], "", ""
    while True:
        told = ask(sort=sort, page_size=4, cursor=cursor)
        forwards.append([row["id"] for row in told["data"]])
        last = told["meta"]["previous"]
        if not told["meta"]["next"]:
            break
        cursor = told["meta"]["next"]
    backwards = walk(last, "previous", sort=sort, page_size=4)
    assert backwards == forwards[-2::-1]


def test_the_first_page_has_no_previous_and_the_last_no_next(shelf: Cast) -> None:
    first = ask(page_size=20)
    assert first["meta"]["previous"] is None
    last = ask(page_size=20, cursor=first["meta"]["next"])
    assert (len(last["data"]), last["meta"]["next"]) == (1, None)
    again = ask(page_size=20, cursor=last["meta"]["previous"])
    assert again["data"] == first["data"]
    assert (again["meta"]["previous"], again["meta"]["next"]) == (None, first["meta"]["next"])


@pytest.mark.parametrize("sort", SORTS)
def test_what_arrives_meanwhile_moves_nobody(shelf: Cast, sort: str) -> None:
    before = expected(sort)
    first = ask(sort=sort, page_size=8)
    seen = [row["id"] for row in first["data"]]
    for name, price in (("Aaa", "1.00"), ("Lemon water", "12.50"), ("Zzz", "999.00")):
        ProductFactory(name=name, price=price, vendor=shelf.ahmed_foods)
    rest = [code for page in walk(first["meta"]["next"], sort=sort, page_size=8) for code in page]
    assert [code for code in seen + rest if code in before] == before


def test_what_leaves_meanwhile_hides_nobody(shelf: Cast) -> None:
    before = expected("price")
    first = ask(sort="price", page_size=8)
    gone = [first["data"][7]["id"], before[10]]
    Product.objects.filter(pk__in=[int(code[1:]) for code in gone]).update(status="archived")
    rest = [code for page in walk(first["meta"]["next"], sort="price", page_size=8) for code in page]
    assert rest == [code for code in before[8:] if code not in gone]


def test_a_cursor_belongs_to_its_order(shelf: Cast) -> None:
    cursor = ask(sort="price", page_size=5)["meta"]["next"]
    answer = Client().get("/api/products", {"sort": "name", "page_size": 5, "cursor": cursor})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


def test_filters_and_pages_go_together(shelf: Cast) -> None:
    found = [
        code for page in walk(search="water", max_price="12.50", sort="name", page_size=2) for code in page
    ]
    wanted = Product.objects.filter(name__icontains="water", price__lte="12.50")
    assert sorted(found) == sorted(row.code for row in wanted)
    assert len(found) == len(set(found))


def test_the_best_match_comes_first(cast: Cast) -> None:
    for name in ("Diet cola in a Pepsi glass", "Pepsi", "Crate for Pepsi 330ml"):
        ProductFactory(name=name, name_ar="", vendor=cast.ahmed_foods)
    assert names(search="pepsi") == [
        "Pepsi", "Pepsi 330ml", "Crate for Pepsi 330ml", "Diet cola in a Pepsi glass",
    ]  # fmt: skip
    assert names(search="pepsi", sort="newest")[0] == "Crate for Pepsi 330ml"
    pages = walk(search="pepsi", page_size=1)
    assert [page[0] for page in pages] == [row["id"] for row in ask(search="pepsi")["data"]]


def test_counting_stops_where_nobody_reads_on(shelf: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask()["meta"]["count"] == 21
    monkeypatch.setattr("catalog.search.COUNTED", 20)
    assert ask()["meta"]["count"] is None
    assert "20+ products" in Client().get("/catalog/").content.decode()


def test_readers_of_arabic_see_arabic_names_in_order(cast: Cast) -> None:
    ProductFactory(name="Aloe", name_ar="ياء", vendor=cast.ahmed_foods)
    ProductFactory(name="Zaatar", name_ar="ألف", vendor=cast.ahmed_foods)
    page = Client(headers={"accept-language": "ar"}).get("/catalog/?sort=name").content.decode()
    shown = re.findall(r'class="product-name"><a [^>]*><bdi>([^<]*)', page)
    assert shown == ["ألف", "بيبسي 330 مل", "ياء"]
    assert names(sort="name") == ["Aloe", "Pepsi 330ml", "Zaatar"]


def test_the_page_leads_on_and_back(shelf: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.views.PAGE", 8)
    client, url, seen = Client(), "?sort=price", []
    for _ in range(3):
        page = client.get(f"/catalog/{url}").content.decode()
        seen += re.findall(r'href="/catalog/(P\d+)-', page)
        url = (re.findall(r'rel="next" href="([^"]*)"', page) or [""])[0].replace("&amp;", "&")
    assert (seen, url) == (expected("price"), "")
    back = re.findall(r'rel="prev" href="([^"]*)"', page)[0].replace("&amp;", "&")
    assert (
        re.findall(r'href="/catalog/(P\d+)-', client.get(f"/catalog/{back}").content.decode()) == seen[8:16]
    )
