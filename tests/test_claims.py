"""Workers side by side: each passes by what another one holds, and nobody takes what another one has taken.

Each with its control: a claim that waits stands still, and one that does not lock takes the same rows again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Event as Flag
from typing import Any

import pytest
from django.db import OperationalError, connection, models

from core import events
from core.models import Reaction
from payments import asking, callbacks
from payments.models import Callback, Payment
from tests.cast import Cast
from tests.rivals import rival, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 3
LONG_AGO = "2026-01-01T00:00:00Z"


def news() -> None:
    """Things to tell."""
    Cast().order(1)
    event = Reaction.objects.get().event
    Reaction.objects.bulk_create(Reaction(event=event, handler=f"told.{n}") for n in range(1, ROWS))


def told() -> None:
    """Callbacks to settle."""
    Callback.objects.bulk_create(
        Callback(gateway="sandbox", event_id=f"evt_{n}", body=b"{}") for n in range(ROWS)
    )


def unsure() -> None:
    """Payments to ask about."""
    cast = Cast()
    for _ in range(ROWS):
        cast.order(1)
    Payment.objects.update(asked_at=LONG_AGO)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE payments_payment SET status = 'unknown'")
        cursor.execute("SET session_replication_role = origin")


CLAIMS: list[tuple[Callable[[], None], type[models.Model], Callable[[], Iterable[Any]]]] = [
    (news, Reaction, events.claim),
    (told, Callback, callbacks._claim),
    (unsure, Payment, asking._claim),
]
each_claim = pytest.mark.parametrize(
    ("make", "kind", "claim"), CLAIMS, ids=["outbox", "callbacks", "payments"]
)


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Whoever waits is seen to wait after a fifth of a second."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    connection.close()


def keys(rows: Iterable[Any]) -> set[int]:
    return {row.pk for row in rows}


def beside_one_that_is_held(kind: Any, claim: Callable[[], Iterable[Any]]) -> set[int]:
    """What a worker takes while another one is at the first row."""
    first, over = kind.objects.order_by("pk")[0], Flag()
    locked = lambda: kind.objects.select_for_update().get(pk=first.pk)  # noqa: E731
    with rival(locked, lambda: over.wait(20)):
        try:
            return keys(claim())
        finally:
            over.set()


def beside_another_claim(claim: Callable[[], Iterable[Any]]) -> tuple[set[int], set[int]]:
    """What two workers take, of whom the second comes while the first is in the middle of it."""
    over = Flag()
    with rival(lambda: keys(claim()), lambda: somebody_waits(unless=over.is_set)) as first:
        second = keys(claim())
        over.set()
    return first.result(), second


@each_claim
def test_what_another_holds_is_passed_by(make: Any, kind: Any, claim: Any) -> None:
    make()
    assert beside_one_that_is_held(kind, claim) == keys(kind.objects.order_by("pk")[1:])


@each_claim
def test_a_claim_that_waits_stands_still(
    make: Any, kind: Any, claim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    patient = models.QuerySet.select_for_update
    monkeypatch.setattr(
        models.QuerySet,
        "select_for_update",
        lambda self, skip_locked=False, **how: patient(self, **how),
    )
    with pytest.raises(OperationalError):
        beside_one_that_is_held(kind, claim)


@each_claim
def test_what_another_takes_is_not_taken_again(make: Any, kind: Any, claim: Any) -> None:
    make()
    first, second = beside_another_claim(claim)
    assert (len(first), second) == (ROWS, set())


@each_claim
def test_a_claim_without_a_lock_takes_it_again(
    make: Any, kind: Any, claim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **how: self)
    first, second = beside_another_claim(claim)
    assert first == second
