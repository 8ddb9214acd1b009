"""What Valkey remembers is never the truth: changes are seen at once, and without it every answer is the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
import redis
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts import actions as accounts
from catalog import actions, cache, shelves, stock
from catalog.models import Category
from catalog.stock import Take
from core import copies, ready
from core.access import SYSTEM
from core.errors import OutOfStock
from core.tests.papers import drawn, sent
from tests.cast import Api, Cast
from tests.factories import BrandFactory, CategoryFactory, ProductFactory, VendorFactory

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/products?facets=1"


@pytest.fixture(autouse=True)
def _long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgotten by itself while a test runs, unless the test is about that."""
    monkeypatch.setattr(cache, "BRIEF", 60)
    monkeypatch.setattr(ready, "GLANCE", 0)


def rows() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = Api().get(LIST).json()["data"]
    return told


def questions(path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(path).status_code == 200
    return len(captured)


def test_a_list_that_was_asked_for_is_not_asked_of_the_database_again(cast: Cast) -> None:
    assert questions(f"/api{LIST}") > 2
    assert questions(f"/api{LIST}") == 0
    assert questions("/api/products?search=pepsi") > 0


def test_who_has_just_come_is_counted_under_the_right_name(cast: Cast) -> None:
    assert shelves.makers() and shelves.sellers()
    brand, vendor = (
        BrandFactory.create(slug="newcomer", name="Newcomer"),
        VendorFactory.create(name="New Horizons"),
    )
    ProductFactory(name="Dates", brand=brand, vendor=vendor)
    assert brand.pk not in shelves.makers()
    assert vendor.pk not in shelves.sellers()
    told = Api().get("/products?facets=1&search=dates").json()["meta"]["facets"]
    assert (told["brand"][0]["name"], told["vendor"][0]["name"]) == ("Newcomer", "New Horizons")


def test_a_product_costs_one_question_for_what_is_left_of_it(cast: Cast) -> None:
    path = f"/api/products/{cast.pepsi.code}"
    assert questions(path) > 1
    assert questions(path) == 1


def test_shelves_and_makers_cost_none(cast: Cast) -> None:
    for path in ("/api/categories", "/api/brands"):
        assert questions(path) == 1
        assert questions(path) == 0


CHANGES: dict[str, Callable[[Cast], Any]] = {
    "a price": lambda cast: actions.edit(cast.pepsi, {"price": "35.00"}, cast.ahmed),
    "a name": lambda cast: actions.edit(cast.pepsi, {"name": "Pepsi can"}, cast.ahmed),
    "a shelf": lambda cast: actions.edit(
        cast.pepsi, {"category": CategoryFactory.create(slug="cans")}, cast.ahmed
    ),
    "stock": lambda cast: actions.change_stock(cast.pepsi, 7, "received", cast.ahmed),
    "a new product": lambda cast: Api(cast.ahmed).post(
        "/products",
        {
            "name": "Cola",
            "description": "x",
            "price": "9",
            "quantity": 5,
            "category": "soft-drinks",
            "brand": "pepsi",
        },
    ),
    "a picture": lambda cast: Api(cast.ahmed).upload(
        f"/products/{cast.pepsi.code}/images", {"images": [sent("a.png", drawn())]}
    ),
    "withdrawn": lambda cast: actions.withdraw(cast.pepsi, cast.ahmed),
    "hidden": lambda cast: actions.hide(cast.pepsi, cast.sara),
    "archived": lambda cast: actions.archive(cast.pepsi, cast.sara),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once(cast: Cast, change: str) -> None:
    one = f"/products/{cast.pepsi.code}"
    before = (rows(), Api().get(one).json())
    CHANGES[change](cast)
    remembered = (rows(), Api().get(one).json())
    assert remembered[0] != before[0]
    caches["default"].clear()
    ready.forget()
    cache.forget()
    assert remembered == (rows(), Api().get(one).json())


def test_what_sara_renames_is_seen_at_once(cast: Cast) -> None:
    sara = Client()
    sara.force_login(cast.sara)
    for path in (LIST, "/categories", "/brands", f"/products/{cast.pepsi.code}"):
        Api().get(path)
    kinds: dict[str, Any] = {"category": cast.pepsi.category, "brand": cast.pepsi.brand}
    for kind, row in kinds.items():
        facts = {"name": "Renamed", "name_ar": "جديد", "slug": row.slug, "position": 0, "parent": ""}
        assert sara.post(f"/admin/catalog/{kind}/{row.pk}/change/", facts).status_code == 302
    assert Api().get("/categories").json()["data"][0]["name"] == "Renamed"
    assert Api().get("/brands").json()["data"][0]["name_ar"] == "جديد"
    for told in (rows()[0], Api().get(f"/products/{cast.pepsi.code}").json()["data"]):
        assert (told["category"]["name"], told["brand"]["name"]) == ("Renamed", "Renamed")


def test_a_shelf_that_sara_removed_is_gone_at_once(cast: Cast) -> None:
    CategoryFactory(slug="empty", name="Empty")
    assert len(Api().get("/categories").json()["data"]) == 2
    sara = Client()
    sara.force_login(cast.sara)
    sara.post(f"/admin/catalog/category/{Category.objects.get(slug='empty').pk}/delete/", {"post": "yes"})
    assert len(Api().get("/categories").json()["data"]) == 1


def test_a_product_itself_is_never_stale(cast: Cast) -> None:
    path = f"/products/{cast.pepsi.code}"
    assert Api().get(path).json()["data"]["available"] == 500
    with transaction.atomic():
        stock.hold([Take(cast.pepsi.pk, 480, 1)], SYSTEM)
    assert Api().get(path).json()["data"]["available"] == 20
    accounts.suspend(cast.ahmed_foods.business, cast.sara, note="Complaints.")
    assert Api().get(path).status_code == 404


def test_lists_are_a_second_behind_at_most(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "BRIEF", 1)
    rows()
    with transaction.atomic():
        stock.hold([Take(cast.pepsi.pk, 480, 1)], SYSTEM)
    accounts.suspend(cast.ahmed_foods.business, cast.sara, note="Complaints.")
    accounts.reinstate(cast.ahmed_foods.business, cast.sara)
    time.sleep(1.1)
    assert rows()[0]["available"] == 20
    accounts.suspend(cast.ahmed_foods.business, cast.sara, note="Complaints.")
    time.sleep(1.1)
    assert rows() == []


def _panel(query: str, language: str = "en") -> str:
    """The links of the filters beside a list, as somebody sees them who is not given a ready page."""
    browser = Client(headers={"Accept-Language": language})
    browser.cookies["aqad-session"] = "none"
    page = browser.get(f"/catalog/?{query}").content.decode()
    return page[page.index('<form id="filters"') :].partition("</form>")[0]


def test_lists_that_are_counted_alike_keep_filters_of_their_own(cast: Cast) -> None:
    queries = ("sort=price", "sort=name", "", "in_stock=true", "in_stock=true&sort=name", "seen=1")
    first = {query: (_panel(query), _panel(query, "ar")) for query in queries}
    cache.forget()
    for query in reversed(queries):
        cache.forget()
        assert (_panel(query), _panel(query, "ar")) == first[query]
    assert len({*first.values()}) == len(queries)
    assert all(f"sort={sort}" in first[f"sort={sort}"][0] for sort in ("price", "name"))


def test_what_was_rolled_back_was_never_remembered(cast: Cast) -> None:
    rows()
    with pytest.raises(OutOfStock), transaction.atomic():
        actions.edit(cast.pepsi, {"price": "1.00"}, cast.ahmed)
        assert rows()[0]["price"] == "1.00"
        stock.hold([Take(cast.pepsi.pk, 501, 1)], SYSTEM)
    assert rows()[0]["price"] == "32.50"


def _kept_by_many_at_once() -> list[Exception]:
    """What goes wrong when eight threads remember more than there is room for."""
    wrong: list[Exception] = []

    def keep(thread: int) -> None:
        try:
            for number in range(20_000):
                cache._keep_near(f"{thread}:{number}", cache.Near("", 0.0, number))
        except (KeyError, RuntimeError, StopIteration) as problem:
            wrong.append(problem)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(keep, range(8)))
    finally:
        sys.setswitchinterval(before)
        cache.forget()
    return wrong


def test_many_threads_remember_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_NEAR", 5)
    assert _kept_by_many_at_once() == []


def test_control_without_turns_they_trip_over_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_NEAR", 5)
    monkeypatch.setattr(cache, "_keeping", nullcontext())
    assert _kept_by_many_at_once()


def test_a_flush_changes_no_answer(cast: Cast) -> None:
    paths = _twenty(cast)
    for path in paths:
        Api().get(path)
    before = [Api().get(path).content for path in paths]
    valkey: Any = caches["default"]
    valkey.client.get_client().flushdb()
    ready.forget()
    cache.forget()
    after = [Api().get(path).content for path in paths]
    assert len(paths) == 20
    assert after == before == [Api().get(path).content for path in paths]


def test_without_valkey_everything_is_answered(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = _twenty(cast)
    with_it = [Api().get(path).content for path in paths]
    monkeypatch.setattr(copies, "valkey", _away)
    ready.forget()
    cache.forget()
    began = time.monotonic()
    assert [Api().get(path).content for path in paths] == with_it
    actions.edit(cast.pepsi, {"price": "35.00"}, cast.ahmed)
    assert Api().get(f"/products/{cast.pepsi.code}").json()["data"]["price"] == "35.00"
    for path in ("/catalog/", cast.pepsi.get_absolute_url()):
        assert Client().get(path).status_code == 200
    assert time.monotonic() - began < 30


def _away() -> Any:
    """A client where nobody listens."""
    return redis.Redis(port=9, retry=Retry(NoBackoff(), 0))


def _twenty(cast: Cast) -> list[str]:
    brand: Any = BrandFactory(slug="spring", name="Gulf Spring")
    shelf: Any = CategoryFactory(slug="juices", name="Juices", parent=cast.pepsi.category)
    made: Any = [
        ProductFactory(name=f"Juice {n}", vendor=cast.ahmed_foods, brand=brand, category=shelf, price=10 + n)
        for n in range(4)
    ]
    lists = [
        "", "?facets=1", "?search=juice", "?search=pepsi&facets=true", "?category=juices", "?category=soft-drinks",
        "?brand=spring", f"?vendor={cast.ahmed_foods.pk}", "?min_price=12", "?max_price=12&in_stock=1",
        "?sort=price", "?sort=-price&page_size=2", "?sort=name", "?search=zzz",
    ]  # fmt: skip
    ones = [f"/products/{row.code}" for row in [*made[:3], cast.pepsi]]
    return [*(f"/products{query}" for query in lists), *ones, "/categories", "/brands"]


@pytest.mark.parametrize(
    "path", ["/products", "/products?facets=1", "/products/{code}", "/categories", "/brands"]
)
def test_a_program_that_has_it_is_told_so(cast: Cast, path: str) -> None:
    path = path.format(code=cast.pepsi.code)
    first = Api().get(path)
    assert first["Cache-Control"] == "no-cache"
    again = Api().get(path, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Api().get(path, **{"If-None-Match": '"other"'}).content == first.content


def test_and_not_when_it_changed(cast: Cast) -> None:
    for path in ("/products", f"/products/{cast.pepsi.code}"):
        tag = Api().get(path)["ETag"]
        actions.change_stock(cast.pepsi, 1, "received", cast.ahmed)
        fresh = Api().get(path, **{"If-None-Match": tag})
        assert (fresh.status_code, fresh["ETag"] != tag) == (200, True)
