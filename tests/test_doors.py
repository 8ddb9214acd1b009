"""Every door of the market, tried by everybody, against the table in `tests/doors.py`."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import routes
from tests.doors import API, PAGES
from tests.stage import PEOPLE, Stage, undone

Row = tuple[str, str, list[str]]


def rows(table: str) -> list[Row]:
    """Method, path, and an answer for each of the principals."""
    split = [line.split() for line in table.strip().splitlines()]
    return [(method, path, answers) for method, path, *answers in split]


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def test_the_api_answers_everybody_as_the_table_says(stage: Stage) -> None:
    wrong = []
    for method, path, answers in rows(API):
        for name, expected in zip(PEOPLE, answers, strict=True):
            with undone():
                body: dict[str, Any] | None = {} if method in ("POST", "PATCH") else None
                answer = stage.api(name).call(method, path.format(**stage.names), body)
            if str(answer.status_code) != expected:
                wrong.append(f"{method} {path} as {name}: {answer.status_code} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def test_pages_answer_everybody_as_the_table_says(stage: Stage) -> None:
    wrong = []
    for method, path, answers in rows(PAGES):
        for name, expected in zip(PEOPLE, answers, strict=True):
            with undone():
                answer = stage.browser(name).generic(method, path.format(**stage.names))
            if str(answer.status_code) != expected:
                wrong.append(f"{method} {path} as {name}: {answer.status_code} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def test_no_route_of_the_api_is_without_a_row() -> None:
    shapes = {_shape(f"{method} /api{path}") for method, path, _answers in rows(API)}
    missing = {route for route in routes.of_the_api() if _shape(route) not in shapes}
    assert not missing


def test_no_page_is_without_a_row() -> None:
    listed = [path.lstrip("/").partition("?")[0] for _method, path, _answers in rows(PAGES)]
    known = {_shape(path) for path in listed}
    missing = {page for page in routes.of_pages() if _shape(page) not in known}
    assert not missing


def _shape(path: str) -> str:
    """Parameters, whatever they are called, and names of moves, gateways, slugs and files look alike."""
    path = re.sub(r"<[^>]+>|\{[^}]+\}", "*", path)
    path = re.sub(r"\*-[a-z0-9*-]+", "*", path)
    return re.sub(r"(moves|webhooks|media|images|export|template)/[^/]+", r"\1/*", path)


@pytest.mark.parametrize(
    "page", ["", "vendors/vendor/", "orders/order/", "payments/callback/", "core/event/"]
)
def test_only_staff_enter_the_admin(stage: Stage, page: str) -> None:
    answers = {name: stage.browser(name).get(f"/admin/{page}").status_code for name in PEOPLE}
    assert answers.pop("sara") == 200
    assert set(answers.values()) == {302}


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
