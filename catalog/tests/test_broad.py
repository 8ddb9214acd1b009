"""What is broader than can be sorted and counted as a whole is walked through in order, and says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from catalog.tests.shelf import ask
from catalog.tests.test_sorting import SORTS, shelf, walk  # noqa: F401
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(shelf: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:  # noqa: F811
    """Twenty-one products, five of which are as many as are looked at as a whole."""
    monkeypatch.setattr("catalog.wishes.WIDEST", 5)
    return shelf


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "query", [{}, {"search": "water"}, {"brand": "pepsi"}, {"search": "water", "in_stock": "1"}]
)
def test_pages_are_complete_both_ways(narrow: Cast, sort: str, query: dict[str, Any]) -> None:
    pages = walk(sort=sort, page_size=4, **query)
    found = [code for page in pages for code in page]
    wanted = Product.objects.filter(name__icontains="water") if "search" in query else Product.objects.all()
    assert sorted(found) == sorted(row.code for row in wanted)
    forwards = cursor = ""
    while cursor := ask(sort=sort, page_size=4, cursor=forwards, **query)["meta"]["next"] or "":
        forwards = cursor
    back = ask(sort=sort, page_size=4, cursor=forwards, **query)["meta"]["previous"]
    assert walk(back, "previous", sort=sort, page_size=4, **query) == pages[-2::-1]


def test_counts_say_that_they_are_not_complete(narrow: Cast) -> None:
    told = ask(facets=1, search="water")["meta"]
    assert told["facets"]["at_least"] == ["brand", "category", "in_stock", "price", "vendor"]
    assert [row["count"] for row in told["facets"]["brand"]] == [6]
    assert "(6+)" in Client().get("/catalog/", {"search": "water"}).content.decode()


def test_and_say_nothing_where_they_are(narrow: Cast) -> None:
    assert "at_least" not in ask(facets=1, search="herbs", max_price="1000")["meta"]["facets"]


def test_a_facet_without_its_filter_may_be_broad_where_the_list_is_not(narrow: Cast) -> None:
    told = ask(facets=1, search="water", max_price="0.01")["meta"]
    assert (told["count"], told["facets"]["at_least"]) == (0, ["price"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "most"),
    [("/catalog/", 6), ("/catalog/?search=pepci&brand=pepsi&in_stock=1", 6), ("/api/products?search=pepsi&facets=1", 6),
     ("detail", 6)],
)  # fmt: skip
def test_questions_that_a_visitor_costs(cast: Cast, path: str, most: int) -> None:
    path = cast.pepsi.get_absolute_url() if path == "detail" else path
    Client().get("/catalog/?search=other&vendor=V1")
    Client().get(path)
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(f"{path}{'&' if '?' in path else '?'}max_price=99").status_code == 200
    assert len(asked) <= most, [question["sql"][:120] for question in asked]
