"""The door before Django: gives what lies ready, knows all that an answer follows, and tells of it as of any request.

What holds of ready answers is tried by this way too in `test_ready.py`.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from catalog import cache
from core import copies, kept, metrics, middleware, places, ready
from core.tests.doors import through_the_door
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = ("/catalog/", "/api/products")
NOTHING_BY_IT = {
    "HTTP_X_REQUEST_ID",
    "SCRIPT_URL",
    "REDIRECT_URL",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "wsgi.input",
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that the door has answered; nothing is forgotten by itself."""
    for module, name in ((cache, "BRIEF"), (kept, "AGE"), (ready, "GLANCE"), (copies, "TRUSTED")):
        monkeypatch.setattr(module, name, 60)
    return through_the_door(monkeypatch)


def looked_at(path: str, **headers: str) -> Any:
    """Asked often enough for the door to know it."""
    for _ in range(3):
        answer = Client().get(path, headers=headers)
    return answer


def test_what_lies_ready_is_given_at_the_door(cast: Cast, given: list[str]) -> None:
    paths = [*OPEN, "/", cast.pepsi.get_absolute_url(), f"/api/products/{cast.pepsi.code}"]
    for path in paths:
        looked_at(path)
    assert set(paths) == set(given)


@pytest.mark.parametrize(
    "other",
    [
        {"Authorization": "Bearer x"}, {"Origin": "https://elsewhere.example"}, {"HX-Request": "true"},
        {"If-None-Match": "x"}, {"Cookie": "aqad-session=x"}, {"Cookie": "messages=x"},
    ],
    ids=str,
)  # fmt: skip
def test_who_asks_for_more_goes_further(cast: Cast, given: list[str], other: dict[str, str]) -> None:
    looked_at("/catalog/")
    given.clear()
    looked_at("/catalog/", **other)
    assert not given
    Client().get("/catalog/")
    assert given, "the control"


def test_where_requests_are_traced_each_goes_the_whole_way(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1"
    given = through_the_door(monkeypatch)
    looked_at("/catalog/")
    assert not given


def test_after_a_moment_nothing_is_believed(
    cast: Cast, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the versions, nor what the row said, nor the answer."""
    path = cast.pepsi.get_absolute_url()
    for module, name in ((copies, "TRUSTED"), (ready, "GLANCE")):
        looked_at(path)
        given.clear()
        with monkeypatch.context() as old:
            old.setattr(module, name, -1)
            Client().get(path)
        assert not given, name
    looked_at(path)
    given.clear()
    ready.memory.clear()
    Client().get(path)
    assert not given


class Read(dict[str, Any]):
    """What a request says, and which of it was looked at."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: str, *otherwise: Any) -> Any:
        self.names.add(name)
        return super().get(name, *otherwise)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


@pytest.mark.parametrize("path", OPEN)
def test_the_door_looks_at_all_that_a_ready_answer_follows(cast: Cast, path: str, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # as behind a proxy
    asked = Read(
        RequestFactory().get(path, headers={"Accept-Language": "ar", "Accept-Encoding": "br"}).environ
    )
    handler: Any = WSGIHandler()
    handler(dict(asked), lambda *_: None)  # made
    asked.names.clear()
    handler(asked, lambda *_: None)  # from memory
    assert asked.names - NOTHING_BY_IT <= set(places.SAID)
    assert {"HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE"} <= asked.names, "the control"
    assert ready.places.of(asked)


def test_a_door_tells_of_a_request_as_the_whole_way_does(
    cast: Cast, given: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    name = "aqad_http_requests_total"
    Client().get("/catalog/")
    usual, before = caplog.records[-1].msg, metrics.sums(name, "route")["catalog/"]
    looked_at("/catalog/")
    given.clear()
    answer = Client().get("/catalog/", headers={"X-Request-ID": "fatima-looks"})
    assert given
    told: Any = caplog.records[-1].msg
    assert answer["X-Request-ID"] == told["request_id"] == "fatima-looks"
    assert set(told) == set(usual)
    assert (told["path"], told["method"], told["status"], told["sql"]) == ("/catalog/", "GET", 200, 0)
    assert metrics.sums(name, "route")["catalog/"] == before + 4


def test_what_is_remembered_of_requests_is_bounded(cast: Cast, given: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(places.Places, "MOST", 3)
    for number in range(5):
        looked_at("/catalog/", **{"Accept-Language": f"en;q=0.{number}"})
    looked_at("/catalog/", **{"Accept-Language": "en;q=0.1" * 200})
    assert len(ready.places._rows) == 3


def test_two_processes_give_unlike_ids() -> None:
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, middleware.request_id_of(None).encode())
        os._exit(0)
    os.wait()
    assert os.read(reader, 32).decode() != middleware.request_id_of(None)
