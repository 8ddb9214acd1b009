"""Every door of the market, tried by everybody, against the table in `tests/doors.py`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin

from tests import routes
from tests.access import PAGE, TABLES, rows, written
from tests.foreign import fingerprint
from tests.stage import PEOPLE, Stage, undone


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def asked(stage: Stage, table: str, name: str, method: str, path: str) -> Any:
    """What somebody is answered, and undone again."""
    with undone():
        if table != "API":
            return stage.browser(name).generic(method, path.format(**stage.names))
        body: dict[str, Any] | None = {} if method in ("POST", "PATCH") else None
        return stage.api(name).call(method, path.format(**stage.names), body)


@pytest.mark.parametrize("table", TABLES)
def test_everybody_is_answered_as_the_table_says(stage: Stage, table: str) -> None:
    wrong = []
    for method, path, answers in rows(TABLES[table]):
        for name, expected in zip(PEOPLE, answers, strict=True):
            answer = asked(stage, table, name, method, path)
            if str(answer.status_code) != expected:
                wrong.append(f"{method} {path} as {name}: {answer.status_code} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def unlisted(table: str, methods: tuple[str, ...]) -> list[tuple[str, str]]:
    """The methods that a path has no row for."""
    listed: dict[str, set[str]] = {}
    for method, path, _answers in rows(TABLES[table]):
        listed.setdefault(path, set()).add(method)
    return [(method, path) for path, known in listed.items() for method in methods if method not in known]


@pytest.mark.parametrize("table", TABLES)
def test_other_methods_are_refused_to_everybody(stage: Stage, table: str) -> None:
    methods: tuple[str, ...] = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FLY")
    if table == "API":
        methods = (*methods, "GET", "HEAD", "POST")
    wrong = [
        f"{method} {path} as {name}: {status}"
        for method, path in unlisted(table, methods)
        if not (method == "HEAD" and table == "API")
        for name in ("anonymous", "fatima", "ahmed", "bilal", "sara")
        if (status := asked(stage, table, name, method, path).status_code) != 405
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", ["Pages", "Signing in"])
def test_a_look_without_a_body_is_answered_as_a_look(stage: Stage, table: str) -> None:
    wrong = []
    for method, path, _answers in rows(TABLES[table]):
        for name in ("anonymous", "fatima", "ahmed"):
            if method == "GET":
                whole, seen = (asked(stage, table, name, each, path) for each in ("GET", "HEAD"))
                if seen.status_code != whole.status_code or seen.content:
                    wrong.append(f"HEAD {path} as {name}: {seen.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_form_sent_to_a_page_that_has_none_changes_nothing(stage: Stage) -> None:
    before, wrong = fingerprint(), []
    for method, path in unlisted("Pages", ("POST", "GET")):
        for name in ("anonymous", "fatima", "ahmed", "sara"):
            answer = stage.browser(name).generic(method, path.format(**stage.names))
            if method == "GET" and answer.status_code == 200:
                wrong.append(f"GET {path} as {name}: a look at what only takes forms")
    assert not wrong, "\n".join(wrong)
    assert fingerprint() == before


def test_no_route_of_the_api_is_without_a_row() -> None:
    shapes = {_shape(f"{method} /api{path}") for method, path, _answers in rows(TABLES["API"])}
    missing = {route for route in routes.of_the_api() if _shape(route) not in shapes}
    assert not missing


def test_no_page_is_without_a_row() -> None:
    tables = [table for title, table in TABLES.items() if title != "API"]
    listed = [
        path.lstrip("/").partition("?")[0] for table in tables for _method, path, _answers in rows(table)
    ]
    known = {_shape(path) for path in listed}
    missing = {page for page in routes.of_pages() if _shape(page) not in known}
    assert not missing


def test_no_list_of_the_desk_is_without_a_row() -> None:
    listed = {path for _method, path, _answers in rows(TABLES["The desk"])}
    lists = {f"/admin/{model._meta.label_lower.replace('.', '/')}/" for model in admin.site._registry}
    assert not {path + more for path in lists for more in ("", "add/")} - listed


def test_the_page_of_the_docs_says_what_the_table_says() -> None:
    assert written() == PAGE.read_text(), "run: python -m tests.access"


def _shape(path: str) -> str:
    """Parameters, whatever they are called, and names of moves, gateways, slugs and files look alike."""
    path = re.sub(r"\(\?P<[^>]+>[^)]*\)", "*", path).replace("^", "").removesuffix("$")
    path = (
        re.sub(r"<[^>]+>|\{[^}]+\}", "*", path).replace("nothing-nothing", "*-*").replace("keys/9", "keys/*")
    )
    path = re.sub(r"confirm-email/nothing", "confirm-email/*", path)
    path = re.sub(r"\*-[a-z0-9*-]+", "*", path)
    return re.sub(r"(moves|webhooks|media|images|export|template)/[^/]+", r"\1/*", path)


def test_what_is_not_yours_and_what_never_was_are_told_alike(stage: Stage) -> None:
    for kind, code in (("orders", stage.bought.code), ("deliveries", stage.shipment.code)):
        for stranger in ("huda", "yusuf", "omar", "salma"):
            foreign = stage.api(stranger).get(f"/{kind}/{code}")
            never = stage.api(stranger).get(f"/{kind}/{code[:3]}999999")
            assert (
                (foreign.status_code, foreign.content)
                == (never.status_code, never.content)
                == (404, never.content)
            )


def test_lists_show_strangers_nothing(stage: Stage) -> None:
    for stranger in ("huda", "yusuf", "omar", "salma"):
        for kind in ("orders", "deliveries"):
            assert stage.api(stranger).get(f"/{kind}").json()["data"] == []


def test_a_driver_sees_no_prices(stage: Stage) -> None:
    told = stage.api("bilal").get(f"/deliveries/{stage.shipment.code}").content.decode()
    assert "32.50" not in told
    assert str(stage.bought.total) not in told
