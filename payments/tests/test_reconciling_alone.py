"""One comparison at a time for each gateway: a lease in its row, for no lock may be held while the bank is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.errors import WrongMoment
from payments import reconciling
from payments.books import BookLine, Reconciliation
from payments.gateways import MADE
from payments.gateways.base import Entry
from payments.tests.planting import Garden, Planted, foreign_capture
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Garden:
    bank = Planted()
    monkeypatch.setitem(MADE, "sandbox", bank)
    return Garden(cast, bank)


def unfinished(seen: timedelta) -> Reconciliation:
    """A run that was last at work so long ago."""
    row = Reconciliation.objects.create(gateway="sandbox", since=timezone.now())
    Reconciliation.objects.update(seen_at=F("seen_at") - seen)
    return row


def test_two_do_not_compare_at_once(garden: Garden) -> None:
    other = unfinished(reconciling.LEASE - timedelta(seconds=5))
    with pytest.raises(WrongMoment, match="being compared already"):
        garden.reconcile()
    assert Reconciliation.objects.get() == other


def test_a_killed_comparison_is_taken_over(garden: Garden) -> None:
    unfinished(reconciling.LEASE + timedelta(seconds=5))
    assert garden.reconcile() == Reconciliation.objects.get(finished_at__isnull=False)
    assert Reconciliation.objects.count() == 1


def test_the_schema_knows_of_one_at_a_time() -> None:
    unfinished(timedelta())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reconciliation.objects.create(gateway="sandbox", since=timezone.now())


def test_who_was_taken_over_writes_nothing(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    _taken_over_while_reading(garden, monkeypatch)
    with pytest.raises(WrongMoment):
        garden.reconcile()
    assert not Reconciliation.objects.exists()
    assert not BookLine.objects.exists()


def test_without_the_lease_it_would_go_on(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    _taken_over_while_reading(garden, monkeypatch)
    monkeypatch.setattr(reconciling, "_still_at_it", lambda run: None)
    garden.reconcile()
    assert Reconciliation.objects.exists()


def _taken_over_while_reading(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign_capture(garden)
    book = garden.bank.book

    def slow(since: Any) -> Iterator[Entry]:
        yield from book(since)
        Reconciliation.objects.filter(finished_at=None).delete()

    monkeypatch.setattr(garden.bank, "book", slow)
