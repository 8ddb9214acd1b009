"""Whatever goes wrong, the API answers in its envelope, with the request's id."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.errors import LOST
from tests.cast import Api, Cast, key

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api/orders/elsewhere/at/all", 404, "not_found"),
        ("PUT", "/api/products", 405, "method_not_allowed"),
    ],
)
def test_no_such_path_and_no_such_method(
    bare: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = bare.generic(method, path)
    assert (answer.status_code, answer.json()["code"], answer.json()["success"]) == (status, code, False)
    assert answer["X-Request-ID"]


def test_a_bug_is_answered_with_an_id_to_quote(
    bare: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("core.slots.Sql.asked", broken)
    answer = bare.get("/api/products", headers={"X-Request-ID": "quoted-by-fatima"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "internal_error")
    assert told["request_id"] == answer["X-Request-ID"] == "quoted-by-fatima"
    assert "ZeroDivisionError" not in answer.content.decode()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("lost", LOST)
def test_a_database_that_is_away_is_503_and_nothing_half_done(
    cast: Cast, lost: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(cast.fatima)
    assert api.token

    def away(*_: Any, **__: Any) -> None:
        raise lost("connection lost")

    monkeypatch.setattr("orders.actions.hold", away)
    answer = api.post("/orders", cast.wish(1), **key())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"]
    assert api.get("/orders").json()["data"] == []


def test_an_ill_formed_request_id_is_replaced(bare: Client) -> None:
    answer = bare.get("/api/categories", headers={"X-Request-ID": "x\ny"})
    assert answer["X-Request-ID"] != "x\ny"


def test_the_documentation_is_served_by_us_alone(bare: Client) -> None:
    page = bare.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
    assert bare.get("/api/openapi.json").json()["openapi"].startswith("3.1")


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["garbage!", "MA", "LTA", "OTIyMzM3MjAzNjg1NDc3NTgwOA", "x", "٣"])
def test_a_cursor_that_is_none_of_ours_is_refused(cast: Cast, cursor: str) -> None:
    answer = Api(cast.fatima).get(f"/orders?cursor={cursor}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])
