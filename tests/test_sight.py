"""What a running market tells of itself: counts, slow statements, jobs, and one id from the click to the bank."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.db.models.functions import Now

from accounts import noticing
from aqad import health
from catalog import cache
from core import metrics, recent, releases, statements, sweepers
from core.models import Event, Reaction, Release, Sweep
from core.tests.papers import fresh_limits  # noqa: F401
from payments.tests.conftest import Bank, _bank_process, bank  # noqa: F401
from tests.cast import Api, Cast, key

NUMBER = re.compile(r"(?m)^(aqad_\w+)(?:\{(.*)\})? ([\d.e+-]+)$")


def told(client: Any) -> dict[str, float]:
    """What Prometheus would read, by name and labels."""
    text = client.get("/metrics").content.decode()
    return {f"{name}{{{labels or ''}}}": float(number) for name, labels, number in NUMBER.findall(text)}


def lines(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    """Structured lines of that name."""
    return [each.msg for each in caplog.records if isinstance(each.msg, dict) and each.msg["event"] == event]


def test_requests_are_counted_by_route_and_never_by_address(cast: Cast, client: Any) -> None:
    where = 'method="GET",route="api/products/<code:code>",status="200"'
    before = told(client).get(f"aqad_http_requests_total{{{where}}}", 0)
    for _ in range(3):
        assert client.get(f"/api/products/{cast.pepsi.code}").status_code == 200
    after = told(client)
    assert after[f"aqad_http_requests_total{{{where}}}"] == before + 3
    assert not any(cast.pepsi.code in name for name in after)
    assert after['aqad_http_sql_statements_total{route="api/products/<code:code>"}'] >= 3


def test_what_happens_in_the_market_is_counted(
    cast: Cast, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = told(client)
    with django_capture_on_commit_callbacks(execute=True):
        cast.order(1)
    assert Api(cast.fatima).post("/orders", cast.wish(99_999), **key()).status_code == 409
    wrong = {"email": cast.fatima.email, "password": "not this"}
    assert Api().post("/auth/login", wrong).status_code == 401
    after = told(client)
    grown = {name for name, number in after.items() if number > before.get(name, 0)}
    assert {
        'aqad_orders_placed_total{method="card"}',
        'aqad_stock_refusals_total{kind="order"}',
        'aqad_sign_ins_total{outcome="wrong"}',
        'aqad_sign_ins_total{outcome="ok"}',
    } <= grown


@pytest.mark.django_db(transaction=True)
def test_the_cache_tells_how_often_it_helped(client: Any) -> None:
    def asked(outcome: str) -> float:
        return told(client).get(f'aqad_cache_asked_total{{outcome="{outcome}",space="{cache.GOODS}"}}', 0)

    hits, misses = asked("near"), asked("miss")
    for _ in range(3):
        cache.remembered(cache.GOODS, "something", lambda: 1, 60)
    assert (asked("near"), asked("miss")) == (hits + 2, misses + 1)


def test_a_slow_statement_is_told_by_its_shape_alone(
    cast: Cast, client: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SLOW_QUERY_MS = 0
    client.get("/api/products?search=secret-wish", headers={"X-Request-ID": "slow-request-1"})
    found = [line for line in lines(caplog, "slow statement") if line["route"] == "api/products"]
    assert found
    assert {line["request_id"] for line in found} == {"slow-request-1"}
    assert all("secret-wish" not in line["statement"] for line in found)
    assert recent.lately("statement", timedelta(minutes=1))[-1]["request_id"] == "slow-request-1"
    settings.SLOW_QUERY_MS = 60_000
    caplog.clear()
    client.get("/api/products?search=other")
    assert not lines(caplog, "slow statement")


def test_asking_the_same_for_every_row_is_noticed(db: None, caplog: pytest.LogCaptureFixture) -> None:
    tally = statements.begin(None)
    for number in range(statements.MANY):
        Event.objects.filter(pk=number).exists()
    tally.close("rows/")
    assert lines(caplog, "statement repeated")[0]["times"] == statements.MANY
    caplog.clear()
    tally = statements.begin(None)
    Event.objects.exists()
    tally.close("rows/")
    statements.end()
    assert not lines(caplog, "statement repeated")


def test_a_shape_has_no_values() -> None:
    sql = "SELECT 1 WHERE a IN (%s, %s, %s) AND b = 'Fatima''s' AND c = %s"
    assert statements.shape(sql) == "SELECT 1 WHERE a IN (…) AND b = '…' AND c = %s"


def test_jobs_say_when_they_last_came_to_their_end(client: Any, db: None) -> None:
    sweepers._written.clear()
    sweepers.succeeded("core.tasks.relay")
    Sweep.objects.create(job="core.tasks.audit", succeeded_at=Now() - timedelta(hours=2))
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["late"] == ["core.tasks.audit"]
    assert ready.json()["sweepers"]["core.tasks.relay"] < 60
    assert ready.json()["sweepers"]["payments.tasks.poll"] is None
    assert told(client)['aqad_sweeper_late{task="core.tasks.audit"}'] == 1


def test_serving_does_not_hang_on_what_is_told_besides(
    client: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_migrated() -> Any:
        raise ProgrammingError("no such table")

    monkeypatch.setattr(health, "all_of_them", not_migrated)
    assert client.get("/health/ready").json() == {"status": "ok", "database": True, "cache": True}


def test_a_job_that_runs_every_second_does_not_write_every_second(
    db: None, django_assert_num_queries: Any
) -> None:
    sweepers._written.clear()
    sweepers.succeeded("core.tasks.relay")
    with django_assert_num_queries(0):
        sweepers.succeeded("core.tasks.relay")


def test_a_job_that_fails_keeps_why(db: None) -> None:
    task = type("Task", (), {"name": "core.tasks.relay"})
    sweepers._fail(sender=task, exception=ValueError("no"))
    assert Sweep.objects.get().problem == "ValueError: no"
    sweepers._succeed(sender=task, result=None)
    assert Sweep.objects.get().problem == ""
    sweepers._written.clear()
    Sweep.objects.all().delete()
    sweepers._succeed(sender=task, result=False)
    assert not Sweep.objects.exists()


def test_a_release_is_written_down_once_until_another_comes(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)
    for name in ("one", "one", "two", "one"):
        monkeypatch.setattr(releases, "release", lambda name=name: name)
        releases.started()
    assert [row.name for row in Release.objects.order_by("started_at", "pk")] == ["two", "one"]
    mark = releases.key_mark()
    settings.SECRET_KEY = "another" * 10
    assert releases.key_mark() != mark


def test_what_went_wrong_is_kept_within_bounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(recent, "FILE", tmp_path / "recent.jsonl")
    monkeypatch.setattr(recent, "FORMER", tmp_path / "recent.1.jsonl")
    monkeypatch.setattr(recent, "LARGEST", 1000)
    for number in range(100):
        recent.note("request", number=number)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 3000
    assert [line["number"] for line in recent.lately("request", timedelta(minutes=1))][-1] == 99
    monkeypatch.setattr(recent, "FILE", tmp_path / "nowhere" / "recent.jsonl")
    recent.note("request", number=100)


def test_a_refused_sign_in_names_nobody(cast: Cast) -> None:
    noticing.refused("wrong")
    last = recent.lately("sign-in", timedelta(minutes=1))[-1]
    assert set(last) == {"at", "kind", "reason", "request_id"}


@pytest.mark.django_db(transaction=True)
def test_one_id_leads_from_the_order_to_the_bank_and_back(bank: Bank, caplog: Any) -> None:  # noqa: F811
    """Web, outbox, worker, gateway call, callback: all of it is found under the id of the order's request."""
    from core import events
    from payments import asking, callbacks
    from payments.models import Callback, Payment

    cast, first = Cast(), "0123456789abcdef0123456789abcdef"
    made = Api(cast.fatima).post("/orders", cast.wish(1), **key(), **{"X-Request-ID": first})
    code = made.json()["data"]["payments"][0]["id"]
    assert set(Event.objects.filter(subject=code).values_list("request_id", flat=True)) == {first}

    caplog.clear()
    events.relay()
    assert Reaction.objects.filter(done_at=None).count() == 0

    link = made.json()["data"]["payments"][0]["redirect_url"].removeprefix("http://127.0.0.1:1")
    cast_api = Api(cast.fatima)
    opened = cast_api.client.get(link, headers={"X-Request-ID": "the-second-request"})
    call = lines(caplog, "gateway call")[-1]
    assert (call["call"], call["request_id"], call["origin"]) == ("open", "the-second-request", first)

    bank.pay(opened["Location"])
    told = bank.control("book")["entries"][0]
    body = callback_of(code, told)
    sent = cast_api.client.post(
        "/api/payments/webhooks/sandbox", body["body"], content_type="application/json",
        headers=body["headers"] | {"X-Request-ID": "the-bank-calls"},
    )  # fmt: skip
    assert sent.status_code == 200
    assert Callback.objects.get().request_id == "the-bank-calls"
    callbacks.apply_due()
    applied = lines(caplog, "callback applied")[-1]
    assert (applied["request_id"], applied["callback_request"]) == (first, "the-bank-calls")
    pay = Event.objects.get(subject=code, name="payment.capture")
    assert pay.request_id == first

    asking.ask(Payment.objects.get())
    looked = lines(caplog, "gateway call")[-1]
    assert (looked["call"], looked["request_id"]) == ("look", first)


def callback_of(code: str, entry: dict[str, Any]) -> dict[str, Any]:
    """What the bank would tell of a capture, signed."""
    import json

    from django.conf import settings

    from payments.gateways.sandbox import sign

    fact = {"event_id": "evt_chain", "reference": code, "session": entry["session"], "fact": "captured"}
    body = json.dumps(fact | {"amount": entry["amount"], "currency": entry["currency"]}).encode()
    signature = sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), body)
    return {"body": body, "headers": {"Sandbox-Signature": signature}}


COUNTING = """
import os, sys, django
django.setup()
from core import metrics
metrics.count(metrics.SLOW, "of-a-process-that-ended")
os.write(1, str(os.getpid()).encode())
"""


def test_what_an_ended_process_counted_stays(client: Any, db: None) -> None:
    name = 'aqad_slow_statements_total{route="of-a-process-that-ended"}'
    values = os.environ | {"METRICS_DIR": str(metrics.FOLDER), "AQAD_DEMO": "true"}
    for _ in range(2):
        ended = subprocess.run([sys.executable, "-c", COUNTING], env=values, capture_output=True, check=True)
    before = told(client)[name]
    assert list(metrics.FOLDER.glob(f"counter_*-{ended.stdout.decode()}.db"))
    metrics.bury()
    assert not list(metrics.FOLDER.glob(f"counter_*-{ended.stdout.decode()}.db"))
    assert list(metrics.FOLDER.glob(f"counter_*-{os.getpid()}.db"))
    assert told(client)[name] == before >= 2


def test_answers_from_memory_are_counted_by_their_route(transactional_db: None, client: Any) -> None:
    def asked() -> float:
        return told(client).get('aqad_http_requests_total{method="GET",route="api/brands",status="200"}', 0)

    before, here = asked(), told(client).get('aqad_ready_asked_total{outcome="here"}', 0)
    for _ in range(3):
        assert client.get("/api/brands").status_code == 200
    assert asked() == before + 3
    assert told(client)['aqad_ready_asked_total{outcome="here"}'] >= here + 1


def test_every_name_is_written_down_with_its_labels(client: Any, db: None) -> None:
    """Few different words: no label may hold what people type or what things are called."""
    allowed = {
        "route", "method", "status", "space", "outcome", "kind", "group", "gateway", "call", "handler", "task",
    }  # fmt: skip
    assert set().union(*metrics.NAMES.values()) <= allowed
    assert not allowed & {"job", "instance"}  # Prometheus's own
