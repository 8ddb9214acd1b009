"""Ready answers: the same bytes for everybody who may see the same, at once another when something changed."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import brotli
import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions as accounts
from catalog import actions, cache, search, stock
from catalog.stock import Take
from core import copies, ready
from core.access import SYSTEM
from core.tests.doors import through_the_door
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True, params=["middleware", "door"])
def _both_ways(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that holds of ready answers holds of the door before them too."""
    if request.param == "door":
        monkeypatch.setattr(copies, "TRUSTED", 60)
        through_the_door(monkeypatch)


@pytest.fixture(autouse=True)
def _long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgotten by itself while a test runs."""
    caches["default"].clear()
    monkeypatch.setattr(cache, "BRIEF", 60)
    monkeypatch.setattr("core.kept.AGE", 60)
    monkeypatch.setattr(ready, "GLANCE", 60)


def questions(path: str, client: Client | None = None, **headers: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert (client or Client()).get(path, headers=headers).status_code == 200
    return len(captured)


def pages(cast: Cast) -> dict[str, int]:
    """Addresses for anybody, and what each asks of the database once it is ready."""
    code = cast.pepsi.code
    return {
        "/": 0, "/catalog/": 0, "/catalog/?search=pepsi": 0, cast.ahmed_foods.get_absolute_url(): 0,
        cast.pepsi.get_absolute_url(): 0, "/api/products": 0, "/api/categories": 0, "/api/brands": 0,
        f"/api/products/{code}": 0,
    }  # fmt: skip


def test_what_is_ready_costs_no_question(cast: Cast) -> None:
    for path, cost in pages(cast).items():
        assert questions(path) >= cost
        assert questions(path) == cost, path


def test_a_product_is_looked_at_again_after_a_glance(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One question, and none made of what the row said before: the stock of that moment is what is shown."""
    for line, path in enumerate((cast.pepsi.get_absolute_url(), f"/api/products/{cast.pepsi.code}")):
        before = Client().get(path).content
        with transaction.atomic():
            stock.hold([Take(cast.pepsi.pk, 1, line)], SYSTEM)
        assert Client().get(path).content == before
        monkeypatch.setattr(ready, "GLANCE", 0)
        assert Client().get(path).content != before
        assert questions(path) == 1
        monkeypatch.setattr(ready, "GLANCE", 60)


def test_nothing_is_made_of_an_earlier_glance(cast: Cast) -> None:
    """An answer that has grown old is made anew of the row, not of what the row said a moment ago."""
    path = cast.pepsi.get_absolute_url()
    assert "500 available" in Client().get(path).content.decode()
    with transaction.atomic():
        stock.hold([Take(cast.pepsi.pk, 480, 1)], SYSTEM)
    ready.memory.clear()
    copies.valkey().flushdb()
    assert "20 available" in Client().get(path).content.decode()


def test_ready_answers_are_those_of_the_whole_way(cast: Cast) -> None:
    for path in pages(cast):
        whole = Client().get(path, headers={"Origin": "https://elsewhere.example"})
        made, ready_one = Client().get(path), Client().get(path)
        assert made.content == ready_one.content == whole.content
        unlike = {"X-Request-ID", "ETag", "Vary", "Cache-Control"}
        for name in set(whole.headers) - unlike:
            assert made[name] == ready_one[name] == whole[name], name
        assert made["X-Request-ID"] != ready_one["X-Request-ID"]
        assert "Set-Cookie" not in ready_one
        assert "Accept-Encoding" in ready_one["Vary"]


CHANGES: dict[str, Callable[[Cast], Any]] = {
    "price": lambda cast: actions.edit(cast.pepsi, {"price": "35.00"}, cast.ahmed),
    "stock": lambda cast: actions.change_stock(cast.pepsi, -490, "counted", cast.ahmed),
    "withdrawn": lambda cast: actions.withdraw(cast.pepsi, cast.ahmed),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once(cast: Cast, change: str) -> None:
    paths = ["/", "/catalog/", "/api/products"]
    before = [Client().get(path).content for path in paths]
    CHANGES[change](cast)
    after = [Client().get(path).content for path in paths]
    assert all(one != other for one, other in zip(before, after, strict=True))
    ready.forget()
    cache.forget()
    caches["default"].clear()
    assert after == [Client().get(path).content for path in paths]


def test_another_process_sees_it_by_the_version(cast: Cast) -> None:
    """Its own memory is not told: only the word in Valkey is another one."""
    before = Client().get("/catalog/").content
    type(cast.pepsi).objects.update(price="77.00")
    assert Client().get("/catalog/").content == before
    copies.valkey().set("aqad:version:goods", "0" * copies.WORD)
    copies._read.clear()
    assert b"77.00" in Client().get("/catalog/").content


def test_a_product_and_its_vendor_are_as_the_row_says(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "GLANCE", 0)
    path = cast.pepsi.get_absolute_url()
    assert "500 available" in Client().get(path).content.decode()
    with transaction.atomic():
        stock.hold([Take(cast.pepsi.pk, 480, 1)], SYSTEM)
    assert "20 available" in Client().get(path).content.decode()
    accounts.suspend(cast.ahmed_foods.business, cast.sara, note="Complaints.")
    assert (
        Client().get(path).status_code == Client().get(f"/api/products/{cast.pepsi.code}").status_code == 404
    )


def test_nobody_gets_what_is_anothers(cast: Cast) -> None:
    anybody = Client().get("/catalog/").content
    fatima = Client()
    fatima.force_login(cast.fatima)
    hers = fatima.get("/catalog/")
    assert str(cast.fatima.pk) in hers.content.decode()
    assert hers["Cache-Control"] == "private, no-store"
    assert Client().get("/catalog/").content == anybody


def test_who_was_left_a_message_goes_the_whole_way(cast: Cast) -> None:
    Client().get("/catalog/")
    client = Client()
    client.cookies["messages"] = "x"
    assert questions("/catalog/", client) > 0


def test_each_language_and_theme_has_its_own(cast: Cast) -> None:
    client, seen = Client(), set()
    for language in ("en", "ar"):
        for theme in ("light", "dark"):
            client.cookies["aqad-theme"] = theme
            answers = {
                client.get("/catalog/", headers={"Accept-Language": language}).content for _ in range(2)
            }
            assert len(answers) == 1
            seen |= answers
    assert len(seen) == 4


def test_a_part_of_a_page_is_asked_the_whole_way(cast: Cast) -> None:
    Client().get("/catalog/?search=pepsi")
    part = {"HX-Request": "true", "HX-Target": "goods", "HX-Current-URL": "http://testserver/catalog/"}
    assert Client().get("/catalog/?search=pepsi", headers=part)["HX-Push-Url"] == "/catalog/?search=pepsi"


def test_bodies_come_packed_as_asked_and_keep_their_own_tags(cast: Cast) -> None:
    plain = Client().get("/catalog/")
    for way, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        for _ in range(2):
            packed = Client().get("/catalog/", headers={"Accept-Encoding": way})
            assert packed["Content-Encoding"] == way
            assert unpack(packed.content) == plain.content
            assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3
            assert packed["ETag"] != plain["ETag"]
    assert "Content-Encoding" not in Client().get("/catalog/", headers={"Accept-Encoding": "br;q=0"})


def test_who_has_it_is_told_so_and_a_head_is_only_a_head(cast: Cast) -> None:
    for path in pages(cast):
        made = Client().get(path)
        again = Client().get(path, headers={"If-None-Match": made["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", made["ETag"])
        head = Client().head(path)
        assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(made.content)))


def test_a_strange_host_is_refused_as_ever(cast: Cast) -> None:
    Client().get("/catalog/")
    for _ in range(2):
        assert Client().get("/catalog/", headers={"Host": "evil.example"}).status_code == 400


def test_refusals_and_redirects_are_nobodys_copy(cast: Cast) -> None:
    for _ in range(2):
        assert Client().get("/api/products?page_size=0").status_code == 400
        assert Client().get(f"/catalog/{cast.pepsi.code}-wrong/").status_code == 301
        assert Client().get("/catalog/P999999-none/").status_code == 404


def test_many_at_once_make_it_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made, inside, go_on = [], threading.Event(), threading.Event()
    usual = search.page_of

    def slowly(*facts: Any) -> Any:
        made.append(facts)
        inside.set()
        go_on.wait(5)
        return usual(*facts)

    monkeypatch.setattr(search, "page_of", slowly)

    def ask(_: int) -> Any:
        try:
            return Client().get("/api/products?search=pepsi").content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(ask, 0)
        inside.wait(5)
        others = [pool.submit(ask, number) for number in range(1, 8)]
        go_on.set()
        answers = {first.result(), *(other.result() for other in others)}
    assert len(answers) == 1
    assert len(made) == 1


def test_without_valkey_it_lives_by_its_age(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "away", lambda: True)
    for path in pages(cast):
        assert Client().get(path).content == Client().get(path).content
    monkeypatch.setattr("core.kept.AGE", 0)
    ready.forget()
    cache.forget()
    assert questions("/catalog/") > 0
    assert questions("/catalog/") > 0


def test_a_choice_of_looks_is_taken_from_our_own_pages_alone(cast: Cast) -> None:
    strict, there = Client(enforce_csrf_checks=True), {"theme": "dark", "language": "ar", "next": "/catalog/"}
    for path in ("/theme/", "/i18n/setlang/"):
        assert strict.post(path, there, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
        assert strict.post(path, there, headers={"Origin": "http://testserver"}).status_code == 302
        assert strict.post(path, there, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert strict.post(path, there, headers={"Origin": "https://evil.example"}).status_code == 403
        assert strict.post(path, there, headers={"Origin": "null"}).status_code == 403
