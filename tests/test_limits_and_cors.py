"""How often one may ask, and from which pages elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from tests.cast import Api, Cast, key

pytestmark = pytest.mark.django_db

FRONT_END = "https://app.aqad.example"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    caches["ratelimit"].clear()


def statuses(count: int, call: Any) -> list[int]:
    return [call().status_code for _ in range(count)]


def test_ordering_too_often_is_429_with_retry_after(cast: Cast) -> None:
    api = Api(cast.fatima)
    wish = cast.wish(501)
    assert statuses(60, lambda: api.post("/orders", wish, **key())) == [409] * 60
    refused = api.post("/orders", cast.wish(1), **key())
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert refused.json()["code"] == "too_many_requests"


def test_opening_the_payment_page_too_often_is_429(cast: Cast) -> None:
    payment = cast.order(1)["payments"][0]
    path = payment["redirect_url"].partition("testserver")[2]
    browser = Client(REMOTE_ADDR="10.200.0.1")
    assert 429 in statuses(32, lambda: browser.get(path))


def test_limits_can_be_lifted_for_load_tests(cast: Cast, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    api = Api(cast.fatima)
    assert 429 not in statuses(70, lambda: api.post("/orders", {}, **key()))


@pytest.fixture
def listed(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONT_END]


def test_a_listed_front_end_may_call_the_api(cast: Cast, listed: None) -> None:
    answer = Client().get("/api/categories", headers={"Origin": FRONT_END})
    assert answer["Access-Control-Allow-Origin"] == FRONT_END
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_preflight_names_what_is_allowed(cast: Cast, listed: None) -> None:
    asked = {
        "Origin": FRONT_END,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    answer = Client().options("/api/orders", headers=asked)
    assert answer.status_code == 200
    assert "idempotency-key" in answer["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.aqad.example.evil.example", "null"])
def test_others_may_not(cast: Cast, listed: None, origin: str) -> None:
    answer = Client().get("/api/categories", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer


def test_pages_are_never_shared_with_other_origins(cast: Cast, listed: None) -> None:
    answer = Client().get("/", headers={"Origin": FRONT_END})
    assert "Access-Control-Allow-Origin" not in answer
