"""The real nginx in front: what it lets in, what it says of whom, and what it answers alone."""

from __future__ import annotations

import inspect
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.urls import URLPattern, URLResolver, get_resolver

from aqad.api import api
from aqad.management.commands.nginx import UPLOADS
from local import prepare
from local.check import PRODUCTION
from local.ports import HOST
from tests.proxy import NAME, Proxy
from tests.upstreams import SHORT, Upstreams

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with tempfile.TemporaryDirectory(prefix="aqad-", dir=SHORT) as folder, ExitStack() as stack:
        both = Upstreams(Path(folder))
        stack.callback(both.close_all)
        for path in both.paths:
            both.open(path)
        yield both


@pytest.fixture(scope="module")
def settings_of_market() -> dict[str, str]:
    """A certificate for localhost needs that name, which production refuses."""
    own = {
        "AQAD_DEMO": "true",
        "AQAD_VAR": os.environ["AQAD_VAR"],
        "ALLOWED_HOSTS": NAME,
        "PATH": os.environ["PATH"],
    }
    prepare.collect(os.environ | PRODUCTION | own)
    return PRODUCTION | own


@pytest.fixture(scope="module")
def proxy(upstreams: Upstreams, settings_of_market: dict[str, str], tmp_path_factory: Any) -> Iterator[Proxy]:
    with Proxy(tmp_path_factory.mktemp("nginx"), upstreams.paths, settings_of_market) as running:
        yield running


@pytest.fixture
def ask(proxy: Proxy) -> Any:
    client = proxy.client()

    def asked(path: str, method: str = "GET", **more: Any) -> urllib3.BaseHTTPResponse:
        return client.request(method, proxy.url + path, redirect=False, **more)

    return asked


# --- Who is told to be asking -----------------------------------------------------------------------------


def test_what_a_client_says_of_itself_is_replaced(ask: Any) -> None:
    lies = {
        "X-Forwarded-For": "203.0.113.7, 198.51.100.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7", "Proxy": "http://evil.example",
    }  # fmt: skip
    told = ask("/", headers=lies).json()["headers"]
    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert told["X-Forwarded-Proto"] == "https"
    assert told["Host"] == NAME
    assert not {"X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded", "Proxy"} & told.keys()


def test_behind_a_cdn_the_last_address_it_added_is_the_client(
    upstreams: Upstreams, settings_of_market: dict[str, str], tmp_path: Path
) -> None:
    with Proxy(tmp_path, upstreams.paths, settings_of_market, "--behind", "127.0.0.0/8") as proxy:
        lies = {"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}
        told = proxy.client().request("GET", proxy.url, headers=lies).json()
    assert told["headers"]["X-Forwarded-For"] == "198.51.100.1"


def test_a_request_has_an_id(ask: Any) -> None:
    assert (
        ask("/", headers={"X-Request-ID": "order-12345"}).json()["headers"]["X-Request-ID"] == "order-12345"
    )
    for wrong in ("", "short", "x" * 65, 'evil" id'):
        told = ask("/", headers={"X-Request-ID": wrong}).json()["headers"]["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{32}", told)


# --- What comes in ----------------------------------------------------------------------------------------


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    answer = urllib3.request("GET", f"http://{NAME}:{proxy.http}/orders/?page=2", redirect=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"{proxy.url}/orders/?page=2")


def test_a_program_that_speaks_plain_http_is_refused(proxy: Proxy) -> None:
    answer = urllib3.request("POST", f"http://{NAME}:{proxy.http}/api/auth/login", json={}, redirect=False)
    assert (answer.status, answer.json()["code"]) == (403, "https_required")
    assert "Location" not in answer.headers


def test_a_name_that_is_not_ours_gets_no_answer(proxy: Proxy) -> None:
    pool = urllib3.HTTPSConnectionPool(
        HOST, proxy.https, server_hostname="evil.example", cert_reqs="NONE", retries=False
    )
    with pytest.raises(urllib3.exceptions.SSLError):
        pool.request("GET", "/")


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [
        ("/api/orders", 0.9, 200),
        ("/api/orders", 1.1, 413),
        ("/cart/", 1.1, 413),
        ("/register/vendor/", 31, 200),
        ("/api/products/P1001/images", 31, 200),
        ("/register/vendor/", 126, 413),
    ],
)
def test_bodies_are_bounded_where_they_arrive(ask: Any, path: str, megabytes: float, status: int) -> None:
    answer = ask(
        path,
        "POST",
        headers={"Content-Length": str(int(megabytes * MEGABYTE))},
        body=_chunks(megabytes, status),
    )
    assert answer.status == status
    if status == 413 and path.startswith("/api/"):
        assert answer.json()["code"] == "too_large"
    if status == 413 and not path.startswith("/api/"):
        assert b"This is too large" in answer.data


def _chunks(megabytes: float, status: int) -> bytes | Iterator[bytes]:
    return iter([]) if status == 413 else b"." * int(megabytes * MEGABYTE)


def test_every_route_that_takes_files_may_be_large() -> None:
    pages = {
        path for path, view in _routes(get_resolver().url_patterns) if "FILES" in inspect.getsource(view)
    }
    programs = {
        path for path, operations in api.get_openapi_schema()["paths"].items() for one in operations.values()
        if "multipart/form-data" in one.get("requestBody", {}).get("content", {}) or path.endswith("/images")
    }  # fmt: skip
    assert len(pages) > 6
    assert len(programs) > 5
    assert [path for path in sorted(pages | programs) if not re.search(UPLOADS, path)] == []


def _routes(patterns: Any, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        if isinstance(one, URLResolver) and not str(one.pattern).startswith(("admin/", "accounts/", "api/")):
            yield from _routes(one.url_patterns, prefix + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield prefix + str(one.pattern), inspect.unwrap(one.callback)


# --- Static files -----------------------------------------------------------------------------------------


def test_static_files_never_reach_the_market(ask: Any) -> None:
    names = json.loads((prepare.COLLECTED / "staticfiles.json").read_text())["paths"]
    hashed = ask(
        f"/static/{names['css/aqad.css']}", headers={"Accept-Encoding": "gzip"}, decode_content=False
    )
    assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["Content-Encoding"] == "gzip"
    assert hashed.headers["Vary"] == "Accept-Encoding"
    assert hashed.data == (prepare.COLLECTED / f"{names['css/aqad.css']}.gz").read_bytes()
    assert hashed.headers["X-Content-Type-Options"] == "nosniff"
    plain = ask("/static/css/aqad.css")
    assert (plain.status, plain.headers["Cache-Control"]) == (200, "public, max-age=60")
    assert ask("/static/css/no-such.css").status == 404
    assert ask("/static/../staticfiles.json").status != 200 or ask("/static/..%2f..%2fmanage.py").status in (
        400,
        404,
    )


def test_text_is_packed(ask: Any) -> None:
    packed = ask("/api/products", headers={"Accept-Encoding": "gzip"}, decode_content=False)
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert len(packed.data) < 1500


# --- What is nobody's business, and what nginx says alone -------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/metrics/",
        "//metrics",
        "/%6detrics",
        "/health/ready",
        "/x/../metrics",
        "/_aqad/away.html",
    ],
)
def test_machines_have_their_own_door(ask: Any, path: str) -> None:
    assert ask(path).status == 404


def test_the_markets_own_503_is_passed_on_as_it_is(ask: Any) -> None:
    assert ask("/away").json()["path"] == "/away"


def test_one_instance_away_is_not_noticed(ask: Any, upstreams: Upstreams) -> None:
    first, second = upstreams.paths
    assert {ask("/").json()["name"] for _ in range(4)} == {first.name, second.name}
    upstreams.close(first)
    assert {ask("/", method).json()["name"] for method in ("GET", "POST") * 4} == {second.name}
    upstreams.open(first)
    assert {ask("/").json()["name"] for _ in range(4)} == {first.name, second.name}


def test_a_post_that_was_sent_is_never_sent_twice(ask: Any, upstreams: Upstreams) -> None:
    upstreams.calls.clear()
    assert ask("/hang-up", "POST", body=b"x").status == 503
    assert upstreams.calls == ["POST"]
    upstreams.calls.clear()
    assert ask("/hang-up").status == 503
    assert upstreams.calls == ["GET", "GET"]


def test_with_all_away_there_is_a_page_and_an_envelope(ask: Any, upstreams: Upstreams) -> None:
    for path in upstreams.paths:
        upstreams.close(path)
    try:
        page, told = ask("/catalog/"), ask("/api/orders", "POST", body=b"{}")
    finally:
        for path in upstreams.paths:
            upstreams.open(path)
    assert (page.status, told.status) == (503, 503)
    assert page.headers["Retry-After"] == told.headers["Retry-After"] == "5"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Request-ID"]
    assert "short break" in page.data.decode()
    assert told.json() == {
        "success": False,
        "message": told.json()["message"],
        "code": "unavailable",
        "errors": {},
    }


def test_a_wrong_configuration_is_seen(proxy: Proxy) -> None:
    """Negative control of `nginx -t`."""
    file = proxy.folder / "aqad.conf"
    good = file.read_text()
    file.write_text(good.replace("proxy_pass http://aqad;", "proxy_pass http://nowhere_such;", 1))
    try:
        assert proxy.checked().returncode != 0
    finally:
        file.write_text(good)
