"""Things of others: every route that names a thing, called by everybody it does not belong to, with every sort of body.

Nothing opens, nothing changes, and nothing tells that it is there: the answer is that to a thing which never was.
The long form (AQAD_FAULTS=long) makes more than 5,000 such calls, the short one a seeded part of them.
"""

from __future__ import annotations

import os
import random
import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from core.access import OwnedQuerySet
from tests.access import TABLES, rows
from tests.foreign import fingerprint, still
from tests.stage import PEOPLE, Stage

pytestmark = pytest.mark.django_db

LONG = os.environ.get("AQAD_FAULTS") == "long"
CALLS, SEED = (5200, 7) if LONG else (160, 7)
REFUSED = {"401", "403", "404"}
SAME = {"X-Request-ID": "the-same-request-every-time"}


class Call(NamedTuple):
    """Somebody reaches for a thing that is not theirs."""

    table: str
    method: str
    path: str
    name: str
    expected: str


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def calls() -> Iterator[Call]:
    """Every refusal in the tables whose path names a thing."""
    for table in ("API", "Pages", "The desk"):
        for method, path, answers in rows(TABLES[table]):
            for name, expected in zip(PEOPLE, answers, strict=True):
                lost = table != "API" and name in ("anonymous", "nadia") and expected == "302"
                if "{" in path and (expected in REFUSED or lost):
                    yield Call(table, method, path, name, expected)


def never(stage: Stage) -> dict[str, Any]:
    """Names of the same shape that nothing bears."""
    return {what: _unborn(name) for what, name in stage.names.items()}


def _unborn(name: Any) -> Any:
    if isinstance(name, uuid.UUID):
        return uuid.UUID(int=name.int ^ 0xFFFFFFFF)
    if isinstance(name, int):
        return 987654321
    return f"{name.rstrip('0123456789')}987654321" if re.fullmatch(r"[A-Z]+\d+", name) else name


def bodies(stage: Stage) -> list[dict[str, Any]]:
    """What somebody might send: the right words, the words of others, and words nobody asked for."""
    return [
        {},
        {"reason": "because"},
        {"driver": str(stage.omar.pk)},
        {"driver": str(stage.bilal.pk), "status": "delivered"},
        {"code": "123456", "cash": "10.00", "note": "x"},
        {"change": 50, "reason": "received"},
        {"name": "Mine now", "price": "0.01", "vendor": stage.desert_gold.pk},
        {"amount": "1.00", "reason": "gift"},
        {"order": stage.bought.code, "id": stage.payment.code, "is_superuser": True},
        {"user": str(stage.fatima.pk), "retailer": stage.corner_shop.pk, "role": "staff"},
    ]


def asked(stage: Stage, call: Call, names: dict[str, Any], body: dict[str, Any]) -> tuple[int, str, bytes]:
    """Status, place and body of the answer, without the name that was asked for."""
    path = call.path.format(**names)
    sends = call.method in ("POST", "PATCH")
    if call.table == "API":
        headers = {**SAME, "Idempotency-Key": str(uuid.uuid4())}
        answer = stage.api(call.name).call(call.method, path, body if sends else None, **headers)
    else:
        form = urlencode(body) if sends else ""
        kind = "application/x-www-form-urlencoded"
        answer = stage.browser(call.name).generic(call.method, path, form, content_type=kind, headers=SAME)
    mine = [value for value in names.values() if str(value) in path]
    place = still(answer.get("Location", "").encode(), *mine).decode()
    return answer.status_code, place, still(answer.content, *mine)


def tried(stage: Stage, count: int) -> tuple[int, list[str]]:
    """How many calls were made, and what was wrong with them."""
    chance, every, sent, wrong = random.Random(SEED), list(calls()), bodies(stage), []
    unborn, made = never(stage), 0
    while made < count:
        for call in chance.sample(every, min(len(every), count - made)):
            body = chance.choice(sent)
            there, nowhere = asked(stage, call, stage.names, body), asked(stage, call, unborn, body)
            made += 1
            if there[0] < 400 and call.expected != "302":
                wrong.append(f"{call} let in: {there[0]}")
            if there != nowhere and call.expected == "404":
                wrong.append(f"{call} with {body}: {there[:2]}, never there: {nowhere[:2]}")
    return made, wrong


def test_nothing_opens_changes_or_tells_that_it_is_there(stage: Stage) -> None:
    before = fingerprint()
    made, wrong = tried(stage, CALLS)
    assert not wrong, "\n".join(wrong[:40])
    assert made >= CALLS
    after = fingerprint()
    assert {table for table in before if before[table] != after[table]} == set()
    print(f"{made} foreign calls and as many to nothing: 0 let in, 0 changed, 0 told apart")


def test_without_the_door_the_sweep_would_see_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: rows are shown to everybody."""
    monkeypatch.setattr(OwnedQuerySet, "seen_by", lambda rows, user: rows)
    _made, wrong = tried(stage, 120)
    assert any("let in" in line for line in wrong)


@pytest.mark.parametrize(
    ("who", "path", "body", "field"),
    [
        ("huda", "/orders", {"items": [{"product": "{product}", "quantity": 1}], "address": "{deira}",
                             "payment_method": "cash_on_delivery"}, "deira"),
        ("deepa", "/deliveries/{delivery}/moves/assign", {"driver": "{omar}"}, "omar"),
        ("deepa", "/deliveries/{delivery}/moves/assign", {"driver": "{fatima}"}, "fatima"),
        ("sara", "/deliveries/{delivery}/moves/assign", {"driver": "{fatima}"}, "fatima"),
    ],
)  # fmt: skip
def test_a_foreign_thing_in_a_body_is_not_there_either(
    stage: Stage, who: str, path: str, body: dict[str, Any], field: str
) -> None:
    people = {name: getattr(stage, name).pk for name in ("deira", "omar", "fatima")}
    before, answers = fingerprint(), []
    for names in (people, {**people, field: uuid.uuid4()}):
        filled = _filled(body, {**stage.names, **names})
        answer = stage.api(who).post(
            path.format(**stage.names), filled, **SAME, **{"Idempotency-Key": str(uuid.uuid4())}
        )
        answers.append((answer.status_code, still(answer.content, *names.values())))
    assert answers[0] == answers[1]
    assert 400 <= answers[0][0] < 500
    assert fingerprint() == before


def _filled(value: Any, names: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    return value.format(**names) if isinstance(value, str) else value
