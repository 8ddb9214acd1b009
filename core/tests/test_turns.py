"""A turn ends by itself, and what was claimed and not begun is free again; controls show what it costs otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from core import events
from core.models import Reaction
from core.turns import TICK, TURN
from payments import asking, callbacks
from payments.models import Callback, Payment
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LONG_AGO = "2026-01-01T00:00:00Z"


class Clock:
    """Four seconds pass with each thing that is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.done = 0.0, 0
        monkeypatch.setattr("core.turns.time.monotonic", lambda: self.now)

    def slow(self, *_facts: Any) -> bool:
        self.now += 4
        self.done += 1
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def news(cast: Cast, count: int = 5) -> None:
    cast.order(1)
    event = Reaction.objects.get().event
    Reaction.objects.bulk_create(Reaction(event=event, handler=f"told.{n}") for n in range(1, count))


def test_news_that_a_turn_did_not_reach_are_done_by_the_next(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    news(cast)
    monkeypatch.setattr(events, "import_string", lambda name: clock.slow)
    events.relay(TURN)
    assert (clock.done, Reaction.objects.filter(done_at=None).count()) == (3, 2)
    events.relay(TURN)
    assert (clock.done, Reaction.objects.filter(done_at=None).count()) == (5, 0)


def test_otherwise_they_would_wait_for_their_lease(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    news(cast)
    monkeypatch.setattr(events, "import_string", lambda name: clock.slow)
    monkeypatch.setattr(events, "_let_go", lambda claimed: None)
    events.relay(TURN)
    events.relay(TURN)
    assert clock.done == 3


def test_callbacks_too(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    Callback.objects.bulk_create(
        Callback(gateway="sandbox", event_id=f"evt_{n}", body=b"{}") for n in range(5)
    )

    def slow(told: callbacks.Told) -> bool:
        callbacks._mark(told.callback)
        return clock.slow()

    monkeypatch.setattr(callbacks, "_apply", slow)
    for done in (3, 5):
        callbacks.apply_due(TURN)
        assert Callback.objects.exclude(applied_at=None).count() == done


def test_payments_at_a_gateway_that_hangs_too(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        asking.lose_sight(Payment.objects.coded(cast.order(1)["payments"][0]["id"]).get())
    Payment.objects.update(asked_at=LONG_AGO)
    monkeypatch.setattr(asking, "ask", clock.slow)
    for done in (3, 5):
        asking.poll(TURN)
        assert clock.done == done


def test_an_operator_has_everything_done(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    news(cast)
    monkeypatch.setattr(events, "import_string", lambda name: clock.slow)
    assert events.relay() == 5


@pytest.mark.parametrize("name", ["core.tasks.relay", "payments.tasks.callbacks", "payments.tasks.poll"])
def test_each_task_ends_its_turn_before_it_is_ended(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[float] = []
    for place in ("core.events", "payments.callbacks", "payments.asking"):
        monkeypatch.setattr(f"{place}.take_turns", lambda most, *rest: seconds.append(most))
    import_string(name)()
    assert seconds == [TICK]
    assert TICK < TURN < settings.CELERY_TASK_SOFT_TIME_LIMIT
