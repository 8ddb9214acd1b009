"""The envelope, every status, and what all answers carry."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from tests.cast import Api, Cast, key
from tests.contract.rows import ROWS, row
from tests.contract.shapes import CHECKOUT, ORDER, TIME, data, fits, refused
from tests.factories import ProductFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db

CALLS = [name.split(" /api") for rows in list(ROWS.values())[:6] for name in rows]  # method, path


@row("success", "X-Request-ID")
def test_success_and_its_request_id(cast: Cast) -> None:
    answer = Api().get("/categories", **{"X-Request-ID": "asked-by-fatima"})
    data(answer)
    assert answer["X-Request-ID"] == "asked-by-fatima"
    assert re.fullmatch(r"[0-9a-f]{32}", Api().get("/categories")["X-Request-ID"])


@row("X-Request-ID")
def test_every_log_line_of_a_request_carries_its_id(cast: Cast, caplog: Any) -> None:
    api = Api(cast.fatima)
    assert api.token
    caplog.clear()
    api.post("/orders", cast.wish(1), **key(), **{"X-Request-ID": "fatima-orders"})
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert lines
    assert {line["request_id"] for line in lines} == {"fatima-orders"}


@row("trailing slash")
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_trailing_slash_changes_nothing(stage: Stage, method: str, path: str) -> None:
    known = {**stage.names, "n": 1, "move": "fly", "gateway": "sandbox"}
    bare, slashed = (
        Client(REMOTE_ADDR="10.9.9.9").generic(
            method, f"/api{path.format(**known)}{end}", b"{}", "application/json"
        )
        for end in ("", "/")
    )
    assert bare.status_code != 404 or "fly" in path.format(**known)
    assert (bare.status_code, bare.content) == (slashed.status_code, slashed.content)


@row("no cookies")
def test_session_cookies_open_nothing_of_the_api(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.fatima)
    refused(browser.get("/api/orders"), 401, "unauthorized")


@row("/api/openapi.json", "/api/docs")
def test_the_documentation_names_every_row(client: Client) -> None:
    told = client.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    shape = re.compile(r"\{[^}]+\}")
    paths = {
        f"{method.upper()} {shape.sub('*', path)}"
        for path, all_of in told["paths"].items()
        for method in all_of
    }
    assert {shape.sub("*", f"{method} /api{path}") for method, path in CALLS} <= paths
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()


BROKEN = {
    "no JSON": b"{", "a list": b"[]", "not a number": b'{"email": NaN}', "no UTF-8": b"\xff",
    "a field twice": b'{"email": "a@example.com", "email": "b@example.com", "password": "x"}',
    "33 levels": b'{"a":' * 33 + b"1" + b"}" * 33,
    "a million levels": b"[" * 100_000,
}  # fmt: skip


@row("400", "failure")
@pytest.mark.parametrize("path", ["/auth/login", "/retailer/register"])
@pytest.mark.parametrize("kind", BROKEN)
def test_400_malformed(path: str, kind: str) -> None:
    answer = Api().client.post(f"/api{path}", BROKEN[kind], content_type="application/json")
    refused(answer, 400, "malformed")


@row("400", "failure", "an invalid e-mail")
def test_400_invalid() -> None:
    assert refused(Api().post("/auth/login", {"email": "abc", "password": "x"}), 400, "invalid") == {
        "success": False, "message": "Invalid email", "code": "invalid", "errors": {"email": ["Invalid email"]},
    }  # fmt: skip
    unknown = Api().post("/auth/login", {"email": "a@example.com", "password": "x", "role": "staff"})
    assert refused(unknown, 400, "invalid")["message"] == "Unknown field: role"


@row("401", "an expired token")
def test_401(cast: Cast, settings: Any) -> None:
    told = {"success": False, "message": "Unauthorized", "code": "unauthorized", "errors": {}}
    assert refused(Api().get("/orders"), 401, "unauthorized") == told
    wrong = {"Authorization": "Bearer nonsense"}
    assert refused(Api().get("/orders", **wrong), 401, "unauthorized") == told
    settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = -1
    assert refused(Api(cast.fatima).get("/orders"), 401, "unauthorized") == told


@row("403")
def test_403(cast: Cast) -> None:
    assert refused(Api(cast.fatima).post("/products", {}), 403, "forbidden")["message"] == "Forbidden"


@row("404")
def test_404_is_the_same_for_what_is_not_there_and_what_is_not_yours(stage: Stage) -> None:
    foreign = stage.api("huda").get(f"/orders/{stage.bought.code}")
    never = stage.api("huda").get("/orders/ORD999999")
    refused(foreign, 404, "not_found")
    assert foreign.content == never.content


@row("409", "too little stock")
def test_409(cast: Cast) -> None:
    told = refused(Api(cast.fatima).post("/orders", cast.wish(501), **key()), 409, "out_of_stock")
    assert (told["product"], told["asked"], told["available"]) == (cast.pepsi.code, 501, 500)
    assert told["message"] == "Only 500 of Pepsi 330ml are left; you asked for 501."
    late = Api(cast.fatima).post("/orders", cast.wish(1) | {"expected_total": "1.00"}, **key())
    assert refused(late, 409, "total_changed")["total"] == "34.13"


@row("413")
def test_413(cast: Cast) -> None:
    big = b'{"name": "' + b"x" * 300_000 + b'"}'
    headers = {"Authorization": f"Bearer {Api(cast.ahmed).token}"}
    for path in ("/api/products", "/api/auth/login"):
        answer = Client().post(path, big, content_type="application/json", headers=headers)
        refused(answer, 413, "too_large")


@row("415")
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", ["/auth/login", "/retailer/register"])
def test_415(path: str, kind: str) -> None:
    answer = Client().post(f"/api{path}", b'{"email": "a@example.com"}', content_type=kind)
    assert "application/json" in refused(answer, 415, "unsupported_media_type")["message"]


@row("422")
def test_422(cast: Cast) -> None:
    named = key("basket-7")
    first = data(Api(cast.fatima).post("/orders", cast.wish(5), **named), 201, CHECKOUT)
    assert data(Api(cast.fatima).post("/orders", cast.wish(5), **named), 201)["id"] == first["id"]
    refused(Api(cast.fatima).post("/orders", cast.wish(6), **named), 422, "idempotency_key_reused")


@row("429", "100 registrations in a minute")
def test_429() -> None:
    nadia = Api()
    answers = [nadia.upload("/vendor/register", {"name": "Nadia"}) for _ in range(100)]
    refused(answers[-1], 429, "too_many_requests")
    assert int(answers[-1]["Retry-After"]) > 0


@row("503")
def test_503_leaves_nothing_half_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(cast.fatima)
    assert api.token

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("connection lost")

    monkeypatch.setattr("orders.actions.hold", away)
    answer = api.post("/orders", cast.wish(1), **key())
    refused(answer, 503, "unavailable")
    assert int(answer["Retry-After"]) > 0
    assert api.get("/orders").json()["data"] == []


@row("readable ids", "times")
def test_readable_ids_and_times(stage: Stage) -> None:
    told = data(stage.api("fatima").get(f"/orders/{stage.bought.code}"), 200, ORDER)
    fits(told["placed_at"], TIME)
    lower = stage.api("fatima").get(f"/orders/{stage.bought.code.lower()}")
    assert lower.json() == {"success": True, "data": told}
    assert "Dubai" in stage.browser("fatima").get(f"/orders/{stage.bought.code}/").content.decode()


VAT = {"S": ("0.05", "1.63"), "Z": ("0", "0.00"), "E": ("0", "0.00"), "O": ("0", "0.00")}


@row("money", "VAT")
@pytest.mark.parametrize("category", VAT)
def test_money_and_vat_per_line(cast: Cast, category: str) -> None:
    rate, vat = VAT[category]
    product = ProductFactory.create(vendor=cast.ahmed_foods, name="Water", vat_category=category)
    assert Api().get(f"/products/{product.code}").json()["data"]["vat_rate"] == rate
    [line] = cast.order(1, product=product)["orders"][0]["lines"]
    assert (line["unit_price"], line["net"], line["vat"]) == ("32.50", "32.50", vat)
