"""Reports that a phone kept: each arrives once, however often it is sent, and the phone can tell what came of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.models import Answer, Event
from core.tests.papers import drawn, sent
from logistics import reports
from logistics.models import Delivery
from logistics.tests.conftest import Start, Trip, browser
from tests.cast import Cast
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drawer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Photos of a test stay in its own folder."""
    monkeypatch.setattr(Delivery.photo.field, "storage", FileSystemStorage(tmp_path))
    return tmp_path / "proofs"


class Phone:
    """Somebody's phone: it sends what it kept, as often as it likes."""

    def __init__(self, trip: Trip, owner: User) -> None:
        self.trip, self.owner, self.browser = trip, owner, browser(owner)

    def send(self, move: str, key: str = "", **told: Any) -> Any:
        """A report, fresh unless its key is named."""
        kept = {"key": key or uuid.uuid4().hex, "driver": str(self.owner.pk)}
        return self.browser.post(f"/driver/{self.trip.row.code}/moves/{move}/", kept | told)


@pytest.fixture
def phone(cast: Cast, start: Start) -> Phone:
    """Bilal's, at the door of the shop."""
    return Phone(start().leaves(), cast.bilal)


def delivered() -> int:
    """How often the history says so."""
    return Event.objects.filter(name="delivery.deliver").count()


def test_a_report_sent_twice_arrives_once_and_is_answered_alike(phone: Phone, drawer: Path) -> None:
    code, first, second = phone.trip.code, *(sent("a.png", drawn()) for _ in range(2))
    answers = [
        phone.send("deliver", "k1", code=code, note="At the door.", photo=photo) for photo in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["success"] is True
    assert (phone.trip.row.status, delivered()) == ("delivered", 1)
    assert len(list(drawer.iterdir())) == 1
    assert phone.trip.row.photo.read()[:4] == b"RIFF"


def test_without_a_key_the_second_one_is_refused(phone: Phone) -> None:
    code, path = phone.trip.code, f"/driver/{phone.trip.row.code}/moves/deliver/"
    assert phone.browser.post(path, {"code": code}).status_code == 302
    assert "no longer possible" in phone.browser.post(path, {"code": code}).content.decode()


def test_were_the_answer_not_kept_the_twin_would_be_refused(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "once", lambda _owner, _key, _asked, work: work())
    code = phone.trip.code
    assert [phone.send("deliver", "k1", code=code).status_code for _ in range(2)] == [200, 409]


def test_the_whole_way_is_reported_in_order(cast: Cast, start: Start) -> None:
    trip = start()
    trip.move(cast.bilal, "take")
    phone = Phone(trip, cast.bilal)
    assert phone.send("out_for_delivery").status_code == 409
    for move in ("pick_up", "out_for_delivery"):
        assert phone.send(move, move).status_code == 200
        assert phone.send(move, move).status_code == 200
    assert phone.send("fail", reason="closed").status_code == 200
    names = Event.objects.filter(subject=trip.row.code).order_by("id").values_list("name", flat=True)
    moves = [name.partition(".")[2] for name in names]
    assert moves == ["create", "take", "pick_up", "out_for_delivery", "fail"]


def test_a_wrong_code_sent_twice_counts_once_and_a_right_one_comes_after(phone: Phone) -> None:
    answers = [phone.send("deliver", "k1", code="000") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {400}
    assert {answer.json()["message"] for answer in answers} == {
        "This is not the shop's code. 4 tries are left."
    }
    assert phone.trip.row.tries == 1
    assert phone.send("deliver", "k2", code=phone.trip.code).status_code == 200


def test_what_is_refused_says_why_in_words(phone: Phone) -> None:
    refused = phone.send("fail", reason="other")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["reason"])
    assert "say why" in refused.json()["message"]
    assert phone.send("fly").json()["code"] == "not_found"
    assert phone.send("take").json()["code"] == "not_found"
    assert phone.send("deliver", photo=sent("a.png", b"no picture"), code="1").status_code == 400
    assert phone.trip.row.tries == 0


def test_a_key_with_another_report_is_refused(phone: Phone) -> None:
    assert phone.send("deliver", "k1", code="000").status_code == 400
    assert phone.send("deliver", "k1", code=phone.trip.code).status_code == 422
    assert phone.trip.row.status == "out_for_delivery"


def test_while_a_part_is_away_nothing_is_stored(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_facts: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setitem(reports.VERBS, "deliver", away)
        assert phone.send("deliver", "k1", code=phone.trip.code).status_code == 503
    assert not Answer.objects.filter(key="k1").exists()
    assert phone.send("deliver", "k1", code=phone.trip.code).status_code == 200


def test_nobody_sends_what_somebody_else_reported(cast: Cast, phone: Phone) -> None:
    hassan = UserFactory.create(name="Hassan", role="driver", business=cast.fasttrack)
    phone.browser.force_login(hassan, backend="accounts.backends.EmailBackend")
    refused = phone.send("deliver", code=phone.trip.code)
    assert (refused.status_code, refused.json()["code"]) == (403, "other_driver")
    foreign = Phone(phone.trip, hassan).send("deliver", code=phone.trip.code)
    assert foreign.status_code == 404
    assert foreign.json()["success"] is False
    assert Client().post(f"/driver/{phone.trip.row.code}/moves/deliver/", {"key": "k"}).status_code == 302
    assert phone.trip.row.status == "out_for_delivery"


def test_the_keys_of_two_drivers_do_not_meet(cast: Cast, start: Start) -> None:
    hassan = UserFactory.create(name="Hassan", role="driver", business=cast.fasttrack)
    bilals = start().leaves()
    trip = start()
    for move in ("take", "pick_up", "out_for_delivery"):
        assert trip.move(hassan, move).status_code == 200
    assert Phone(bilals, cast.bilal).send("deliver", "k1", code=bilals.code).status_code == 200
    assert Phone(trip, hassan).send("deliver", "k1", code=trip.code).status_code == 200
    assert {bilals.row.status, trip.row.status} == {"delivered"}


@pytest.mark.parametrize(
    ("back", "kept"),
    [(timedelta(hours=3), True), (timedelta(hours=25), False), (-timedelta(minutes=5), False)],
    ids=["today", "too long ago", "to come"],
)
def test_the_clock_of_the_phone_is_told_but_not_believed(phone: Phone, back: timedelta, kept: bool) -> None:
    said = timezone.now() - back
    assert phone.send("deliver", code=phone.trip.code, reported_at=said.isoformat()).status_code == 200
    event = Event.objects.get(name="delivery.deliver")
    assert event.data.get("reported_at") == (said.isoformat() if kept else None)
    assert timezone.now() - event.at < timedelta(minutes=5)
    assert phone.trip.row.delivered_at is not None
    assert timezone.now() - phone.trip.row.delivered_at < timedelta(minutes=5)


@pytest.mark.parametrize("said", ["", "yesterday", "2026-13-45T99:00:00Z", "2026-01-01T10:00:00"])
def test_a_clock_that_talks_nonsense_costs_no_report(phone: Phone, said: str) -> None:
    assert phone.send("deliver", code=phone.trip.code, reported_at=said).status_code == 200
    assert "reported_at" not in Event.objects.get(name="delivery.deliver").data
