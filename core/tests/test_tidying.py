"""What only served a while is forgotten, in batches and in turns; what still serves stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SignIn
from core import audit, tidying
from core.models import Answer, Event, Reaction
from core.moments import unhurried
from core.tidying import tidy
from tests.cast import Cast

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


def answers(number: int, age: timedelta) -> None:
    """So many stored answers of that age."""
    at = timezone.now() - age
    Answer.objects.bulk_create(
        Answer(owner="R2001", key=f"{age} {n}", status=201, body="{}", at=at) for n in range(number)
    )


def test_answers_of_a_week_stay(cast: Cast) -> None:
    answers(3, timedelta(days=8))
    answers(2, timedelta(days=6))
    assert tidy()["answers"] == 3
    assert Answer.objects.count() == 2


def test_they_go_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "BATCH", 10)
    monkeypatch.setattr(tidying, "LOOKED_FOR", 30)
    answers(45, YEAR)
    with CaptureQueriesContext(connection) as asked:
        assert tidying.forget(Answer.objects.order_by("at")) == 45
    assert sum(one["sql"].startswith("DELETE") for one in asked) == 5
    assert not Answer.objects.exists()


def test_a_turn_ends_and_the_next_goes_on(cast: Cast) -> None:
    answers(5, YEAR)
    assert tidy(0) == {"answers": 0, "sessions": 0, "audits": 0, "reactions": 0}
    assert tidy()["answers"] == 5


def test_a_session_takes_its_sign_in_along(cast: Cast) -> None:
    for _ in range(2):
        Client().force_login(cast.fatima, backend="accounts.backends.EmailBackend")
    ended = Session.objects.all()[0]
    Session.objects.filter(pk=ended.pk).update(expire_date=timezone.now() - YEAR)
    assert tidy()["sessions"] == 1
    assert SignIn.objects.exclude(session_id=ended.pk).count() == SignIn.objects.count() == 1


def test_the_outbox_keeps_what_is_not_done(cast: Cast) -> None:
    event = Event.objects.create(name="x.y", subject="X1", actor="AQAD")
    old, young, waiting, dead = (
        Reaction.objects.create(event=event, handler=f"x{n}", done_at=timezone.now() - YEAR) for n in range(4)
    )
    Reaction.objects.filter(pk=young.pk).update(done_at=timezone.now() - timedelta(days=99))
    Reaction.objects.filter(pk__in=[waiting.pk, dead.pk]).update(done_at=None)
    Reaction.objects.filter(pk=dead.pk).update(dead=True, problem="nobody knows")
    assert tidy()["reactions"] == 1
    assert {row.pk for row in Reaction.objects.all()} == {young.pk, waiting.pk, dead.pk}
    assert not Reaction.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize(("days", "missed"), [(89, 1), (91, 0)])
def test_the_audit_demands_no_row_that_may_be_gone(cast: Cast, days: int, missed: int) -> None:
    """An order became ready, nothing in the outbox says that a delivery follows, and nothing has happened since."""
    at = timezone.now() - timedelta(days=days)
    Event.objects.create(name="order.ready", subject="ORD1001", actor="Vendor V1001", at=at)
    unhurried()
    [outbox] = [each for each in audit.invariants() if each.id == "I15"]
    assert audit.look(outbox).broken == missed
    assert timedelta(days=91) < tidying.REACTIONS_KEPT
