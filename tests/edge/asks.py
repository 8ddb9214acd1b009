"""Requests made of the words: one thing wrong at one place of one route, asked by somebody who may enter there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from aqad.api import api
from tests import doors
from tests.edge import words
from tests.stage import PEOPLE, Stage

JSON, FORM, MULTIPART = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
)
ENTERS = {"200", "201", "400", "409", "415"}
DESK = (
    "/admin/", "/admin/login/", "/admin/orders/order/", "/admin/vendors/vendor/", "/admin/payments/payment/",
    "/admin/core/event/", "/admin/payments/callback/", "/admin/catalog/product/", "/admin/accounts/user/",
    "/admin/logistics/delivery/", "/admin/catalog/category/add/", "/admin/autocomplete/", "/admin/jsi18n/",
)  # fmt: skip
ACCOUNTS = (
    "/accounts/login/", "/accounts/logout/", "/accounts/password/reset/", "/accounts/password/change/",
    "/accounts/email/", "/accounts/reauthenticate/", "/accounts/confirm-email/x/",
    "/accounts/password/reset/key/1-x/",
)  # fmt: skip


class Ask(NamedTuple):
    """One request; `asked` is by API token, otherwise by browser."""

    who: str
    method: str
    path: str
    query: str = ""
    body: bytes = b""
    kind: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def of_api(self) -> bool:
        """Whether a program asks."""
        return self.path.startswith("/api/")

    def __str__(self) -> str:
        parts = (
            self.query[:120],
            self.kind[:60],
            str(self.body[:120]),
            str([(k, v[:60]) for k, v in self.headers]),
        )
        return f"{self.who}: {self.method} {self.path[:160]} {' '.join(parts)}"


def written(word: str) -> str:
    """A word in an address, surrogates and all."""
    return quote(word.encode("utf-8", "surrogatepass"), safe="")


def every(stage: Stage) -> Iterator[Ask]:
    """All there are, route by route."""
    for who, method, path, fields in _routes(stage):
        yield from _in_the_address(who, method, path)
        yield from _in_the_headers(who, method, path)
        if method in ("POST", "PATCH", "PUT"):
            yield from _in_the_body(who, method, path, fields)
    yield from _in_the_forms(stage)


def _routes(stage: Stage) -> Iterator[tuple[str, str, str, set[str]]]:
    """Who enters, how, where, and the fields that are known there."""
    shapes = _fields_of_the_api()
    for prefix, table in (("/api", doors.API), ("", doors.PAGES)):
        for line in table.strip().splitlines():
            method, path, *answers = line.split()
            people = [name for name, answer in zip(PEOPLE, answers, strict=True) if answer in ENTERS]
            for who in (people or ["anonymous"])[:1]:
                known = shapes.get((method, re.sub(r"\{\w+\}|moves/\w+|webhooks/\w+", "*", path)), set())
                yield who, method, prefix + path.format(**stage.names), known
    for path in DESK:
        yield "sara", "GET", path, set()
        yield "sara", "POST", path, {"action", "_selected_action", "username", "password"}
    for path in ACCOUNTS:
        yield "anonymous", "GET", path, set()
        yield "anonymous", "POST", path, {"login", "password", "email", "next", "key", "password1"}


def _fields_of_the_api() -> dict[tuple[str, str], set[str]]:
    schema = api.get_openapi_schema()
    shapes = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            bodies = operation.get("requestBody", {}).get("content", {}).values()
            known = {name for body in bodies for name in _properties(body["schema"], schema)}
            shape = re.sub(r"\{[\w:]+\}", "*", path.removeprefix("/api"))
            shapes[(method.upper(), re.sub(r"moves/\*|webhooks/\*", "*", shape))] = known
    return shapes


def _properties(shape: dict[str, Any], schema: Any) -> set[str]:
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return set(shape.get("properties", {}))


def _in_the_address(who: str, method: str, path: str) -> Iterator[Ask]:
    for other in words.METHODS:
        yield Ask(who, other, path)
    if method != "GET":
        return
    for number, name in enumerate(words.QUERY):
        for word in words.WORDS[number % 3 :: 3]:
            yield Ask(who, "GET", path, f"{name}={written(word)}")
    for query in (
        "=",
        "&&&",
        "%",
        "%%%",
        "a" * 9_000,
        "&".join("a=1" for _ in range(1_200)),
        "%00=%00",
        "page=1&page=2",
    ):
        yield Ask(who, "GET", path, query)
    yield from _in_the_path(who, path)


def _in_the_path(who: str, path: str) -> Iterator[Ask]:
    steps, end = path.strip("/").split("/"), "/" if path.endswith("/") else ""
    for place, step in enumerate(steps):
        if place or any(letter.isdigit() for letter in step):
            for word in words.PATHS:
                yield Ask(who, "GET", "/" + "/".join([*steps[:place], word, *steps[place + 1 :]]) + end)


def _in_the_headers(who: str, method: str, path: str) -> Iterator[Ask]:
    body, kind = (b"{}", JSON) if path.startswith("/api/") and method != "GET" else (b"", "")
    for name, values in words.HEADERS.items():
        for value in values:
            yield Ask(who, method, path, "", body, kind, ((name, value),))


def _in_the_body(who: str, method: str, path: str, fields: set[str]) -> Iterator[Ask]:
    for body in words.BODIES:
        yield Ask(who, method, path, "", body, JSON)
        yield Ask(who, method, path, "", body, FORM)
    for body in words.PARTS:
        yield Ask(who, method, path, "", body, MULTIPART)
    for kind in words.KINDS:
        yield Ask(who, method, path, "", b"{}", kind)
    for name in sorted(fields):
        for value in words.VALUES:
            yield Ask(who, method, path, "", json.dumps({name: value}).encode(), JSON)


class Forms(HTMLParser):
    """The forms of a page: where each goes, how, and the names in it with the values they came with."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((facts.get("action", ""), facts.get("method", "get").upper(), {}))
        elif self.found and facts.get("name") and tag in ("input", "select", "textarea", "button"):
            self.found[-1][2].setdefault(facts["name"], facts.get("value", ""))


def _in_the_forms(stage: Stage) -> Iterator[Ask]:
    """Every field of every form that somebody is shown: the rest as it stood there, this one wrong."""
    seen = set()
    for who, path in _pages(stage):
        answer = stage.browser(who).get(path)
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        parser = Forms()
        parser.feed(answer.content.decode())
        for action, method, fields in parser.found:
            where = (action or path).partition("#")[0]
            if where.startswith("/") and (key := (who, where, method, tuple(fields))) not in seen:
                seen.add(key)
                yield from _wrongly(who, method, where, fields)


def _pages(stage: Stage) -> Iterator[tuple[str, str]]:
    for line in doors.PAGES.strip().splitlines():
        method, path, *answers = line.split()
        if method == "GET":
            people = [name for name, answer in zip(PEOPLE, answers, strict=True) if answer == "200"]
            yield from ((who, path.format(**stage.names)) for who in people[:2])
    yield from (("sara", path) for path in DESK)
    yield from (("anonymous", path) for path in ACCOUNTS)
    yield from (("fatima", path) for path in ACCOUNTS)
    for thing in ("vendors/vendor", "orders/order", "catalog/category", "accounts/user", "logistics/carrier"):
        yield "sara", f"/admin/{thing}/add/"
    yield "sara", f"/admin/orders/order/{stage.bought.pk}/change/"
    yield "sara", f"/admin/vendors/vendor/{stage.ahmed_foods.pk}/change/"


def _wrongly(who: str, method: str, where: str, fields: dict[str, str]) -> Iterator[Ask]:
    path, _, query = where.partition("?")
    kept = {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}
    for name in kept:
        for word in words.WORDS:
            if method == "GET":
                yield Ask(who, "GET", path, f"{name}={written(word)}")
            else:
                rest = urlencode({key: value for key, value in kept.items() if key != name})
                body = f"{rest}&{quote(name)}={written(word)}".encode()
                yield Ask(who, "POST", path, query, body, FORM)
