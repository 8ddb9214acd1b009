"""Error pages: in the house style, in both languages, with the request's id, and telling nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from django.test import Client

from core.errors import TooMany
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ID = "quoted-by-fatima"
SECRETS = (
    "Traceback", ".py", "django", "psycopg", "SELECT", "ZeroDivisionError", "/work", "SECRET_KEY", "127.0.0.1",
)  # fmt: skip


def _fail(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise problem

    for asked in ("catalog.models.ProductQuerySet.on_sale", "core.slots.Sql.asked"):
        monkeypatch.setattr(asked, failing)


def _bug(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    _fail(monkeypatch, ZeroDivisionError("psycopg SELECT /work"))
    return client.get("/", headers=headers)


def _away(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    _fail(monkeypatch, OperationalError("psycopg: connection to 127.0.0.1 lost"))
    return client.get("/", headers=headers)


def _hostile(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    _fail(monkeypatch, DataError("psycopg: SELECT"))
    return client.get("/", headers=headers)


def _often(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    _fail(monkeypatch, TooMany(retry_after=7))
    return client.get("/", headers=headers)


def _missing(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    return client.get("/nothing/", headers=headers)


def _forbidden(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    return client.get("/vendor/", headers=headers)


def _large(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    return client.post("/theme/", {"theme": "x" * 300_000}, headers=headers)


def _large_form(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    return client.post(
        "/theme/", b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", headers=headers
    )


def _host(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    return client.get("/", headers={**headers, "Host": "evil.example"})


def _token(client: Client, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    client.handler.enforce_csrf_checks = True
    return client.post("/notifications/read/", headers=headers)


WAYS: list[tuple[int, Callable[..., Any]]] = [
    (400, _hostile), (400, _host), (403, _forbidden), (403, _token), (404, _missing), (413, _large), (413, _large_form),
    (429, _often), (500, _bug), (503, _away),
]  # fmt: skip


@pytest.fixture
def fatima(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.fatima)
    return client


@pytest.mark.parametrize(
    ("language", "head"), [("en", '<html lang="en" dir="ltr"'), ("ar", '<html lang="ar" dir="rtl"')]
)
@pytest.mark.parametrize(("status", "way"), WAYS)
def test_an_error_page_is_ours_and_tells_nothing(
    fatima: Client,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    way: Callable[..., Any],
    language: str,
    head: str,
) -> None:
    answer = way(fatima, monkeypatch, **{"Accept-Language": language, "X-Request-ID": ID})
    page = answer.content.decode()
    assert answer.status_code == status
    assert head in page
    assert f"<bdi>{ID}</bdi>" in page
    assert answer["X-Request-ID"] == ID
    shown = page.partition("<body")[2]
    assert not [word for word in SECRETS if word in shown]
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert page.count("<h1") == 1


def test_a_limit_and_a_break_say_when_to_come_again(fatima: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _often(fatima, monkeypatch)["Retry-After"] == "7"
    assert _away(fatima, monkeypatch)["Retry-After"] == "5"


def test_with_no_database_at_all_there_is_still_a_page(fatima: Client) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("psycopg: connection to 127.0.0.1 lost")

    with connection.execute_wrapper(away):
        for path in ("/", "/catalog/", "/orders/", "/accounts/login/"):
            answer = fatima.get(path, headers={"Accept-Language": "ar"})
            assert answer.status_code in (200, 503), path
            assert "psycopg" not in answer.content.decode()
        told = fatima.get("/api/products")
    assert answer["X-Request-ID"]
    assert (told.status_code, told.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize("way", [_bug, _often, _hostile])
def test_what_is_told_asks_no_database(
    fatima: Client,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[..., Any],
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(2):  # who is signed in, asked before it failed
        way(fatima, monkeypatch)


def test_what_reaches_a_lower_layer_is_logged_as_a_bug(
    fatima: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert _hostile(fatima, monkeypatch).status_code == 400
    assert "hostile input reached a lower layer" in caplog.text
    assert fatima.get("/api/products").json()["code"] == "invalid"
