"""A field that nobody knows is refused by every operation that reads a body: nothing is assigned by accident."""

from __future__ import annotations

from typing import Any

import pytest

from aqad.api import api
from core.bodies import JSON
from tests.access import TABLES, rows
from tests.cast import key
from tests.stage import PEOPLE, Stage, undone

INSIDE = {"200", "201", "400", "409", "415"}


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def reading() -> dict[tuple[str, ...], set[str]]:
    """Every operation with a body: method and segments of its path → the media it takes."""
    return {
        (method.upper(), *_shape(path.removeprefix("/api"))): set(operation["requestBody"]["content"])
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }


def _shape(path: str) -> tuple[str, ...]:
    return tuple("*" if "{" in step else step for step in path.strip("/").split("/"))


def _same(listed: tuple[str, ...], known: tuple[str, ...]) -> bool:
    return len(listed) == len(known) and all(
        "*" in (one, two) or one == two for one, two in zip(listed, known, strict=True)
    )


def test_no_operation_takes_a_field_nobody_knows(stage: Stage) -> None:
    bodies, wrong, tried = reading(), [], 0
    for method, path, answers in rows(TABLES["API"]):
        media = next(
            (kinds for known, kinds in bodies.items() if _same((method, *_shape(path)), known)), None
        )
        inside = [name for name, answer in zip(PEOPLE, answers, strict=True) if answer in INSIDE]
        if not media or not inside:
            continue
        tried += 1
        program = stage.api(inside[0])
        with undone():
            place = path.format(**stage.names)
            if JSON in media:
                answer = program.call(method, place, {"surprise": 1}, **key())
            else:
                answer = program.upload(place, {"surprise": "1"})
        if answer.status_code != 400 or "surprise" not in str(answer.json()["errors"]):
            wrong.append(f"{method} {path} as {inside[0]}: {answer.status_code} {answer.content[:200]!r}")
    assert not wrong, "\n".join(wrong)
    assert tried >= 25
