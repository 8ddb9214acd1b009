"""No input is answered with a 5xx or reaches the database as it came: a seeded sample here, far more in `make faults`.

Long form: 27,000 requests of our own list in twelve parts, and ten generated cases of each kind for each operation by
each of six people. Of all together the number, the slowest, and how the process grew are told.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from requests import Request
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from aqad.api import api
from tests.edge.asks import Ask, every
from tests.stage import PEOPLE, Stage, undone

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore"),
]
LONG = os.environ.get("AQAD_FAULTS", "") == "long"
SEED = 20_261
SHORT, WHOLE, PARTS = 400, 27_000, 12
BUG = "hostile input reached a lower layer"


class Sum:
    """What was asked and how it was answered."""

    def __init__(self) -> None:
        self.count, self.slowest = 0, (0.0, "")
        self.wrong: list[str] = []

    @property
    def told(self) -> str:
        """The slowest of them."""
        return f"slowest {self.slowest[0]:.2f} s ({self.slowest[1]:.200})"

    def take(self, told: str, answer: Any, took: float) -> None:
        self.count += 1
        self.slowest = max(self.slowest, (took, told))
        if answer.status_code >= 500 or b"Traceback (most recent" in getattr(answer, "content", b""):
            self.wrong.append(f"{answer.status_code} {told}")


@pytest.fixture
def stage(db: None, settings: Any) -> Iterator[Stage]:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    for name in PEOPLE:
        made.browser(name).raise_request_exception = False
        made.api(name).client.raise_request_exception = False
    yield made


def _made(stage: Stage, ask: Ask) -> Any:
    extra: dict[str, Any] = {
        "HTTP_" + name.upper().replace("-", "_"): value.encode("utf-8").decode("latin-1")
        for name, value in ask.headers
    }
    client = stage.browser(ask.who)
    if ask.of_api:
        api = stage.api(ask.who)
        client = api.client
        if api.user:
            extra.setdefault("HTTP_AUTHORIZATION", f"Bearer {api.token}")
    path = f"{ask.path}?{ask.query}" if ask.query else ask.path
    return client.generic(ask.method, path, ask.body, content_type=ask.kind, **extra)


def _grown(before: int) -> float:
    return (psutil.Process().memory_info().rss - before) / 2**20


@pytest.mark.parametrize("part", range(PARTS if LONG else 1))
def test_no_input_of_our_own_list_breaks_anything(
    stage: Stage, caplog: pytest.LogCaptureFixture, part: int
) -> None:
    found, asks = Sum(), list(every(stage))
    asks = random.Random(SEED).sample(asks, WHOLE if LONG else SHORT)[part :: PARTS if LONG else 1]
    caplog.set_level("ERROR")
    before = psutil.Process().memory_info().rss
    for ask in asks:
        began = time.monotonic()
        with undone():
            answer = _made(stage, ask)
        found.take(str(ask), answer, time.monotonic() - began)
        found.wrong += [f"a bug by {ask}" for line in caplog.messages if BUG in line]
        caplog.clear()
    print(f"\n{found.count} asked, {found.told}, {_grown(before):.0f} MiB grown")
    assert not found.wrong, f"{len(found.wrong)}:\n" + "\n".join(found.wrong[:60])


def _operations() -> list[Any]:
    described = schemathesis.openapi.from_dict(api.get_openapi_schema())
    return [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]


def _asked(stage: Stage, case: Any, who: str) -> Any:
    """A generated case as a request of ours, in this process and this transaction."""
    facts = case.as_transport_kwargs(base_url="http://testserver")
    facts.pop("cert", None)
    allowed = ("method", "url", "headers", "files", "data", "json", "params", "auth", "cookies")
    made = Request(**{name: facts[name] for name in allowed if name in facts}).prepare()
    body = made.body.encode() if isinstance(made.body, str) else made.body or b""
    path = re.sub(r"^http://testserver", "", made.url or "/")
    headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in made.headers.items()}
    kind = headers.pop("HTTP_CONTENT_TYPE", "")
    headers.pop("HTTP_CONTENT_LENGTH", None)
    if (token := stage.api(who).token) and who != "anonymous":
        headers["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    client: Client = stage.api(who).client
    return client.generic(made.method or "GET", path, body, content_type=kind, **headers)  # type: ignore[arg-type]


def _generated(stage: Stage, operation: Any, mode: GenerationMode, number: int, found: Sum) -> None:
    person = PEOPLE[number % len(PEOPLE)]

    @seed(SEED + number)
    @settings(
        max_examples=10 if LONG else 1, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        began = time.monotonic()
        with undone():
            answer = _asked(stage, case, person)
        told = f"{person}: {case.method} {case.formatted_path} {case.query} {case.body!r:.300}"
        found.take(told, answer, time.monotonic() - began)

    with suppress(Unsatisfiable):  # nothing can be wrong with a call that takes nothing
        one()


@pytest.mark.parametrize("turn", range(6 if LONG else 1))
def test_no_generated_call_breaks_the_api(stage: Stage, turn: int) -> None:
    found = Sum()
    for number, operation in enumerate(_operations(), turn):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _generated(stage, operation, mode, number, found)
    print(f"\n{found.count} generated, {found.told}")
    assert not found.wrong, "\n".join(found.wrong[:60])
