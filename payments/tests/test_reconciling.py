"""Two books: every planted difference is reported, what we missed is settled, and the list alone makes nothing true."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.models import Event
from orders.models import Order
from payments import reconciling
from payments.books import BookLine, Break, BreakKind, Reconciliation
from payments.gateways import GATEWAYS
from payments.gateways.base import Fact, GatewayUnsure
from payments.models import Payment, Refund
from payments.tests.planting import (
    PLANTS,
    Garden,
    Plant,
    Planted,
    foreign_capture,
    missing_capture,
    missing_refund,
    open_here,
    other_amount,
    refund_on_its_way,
    unreadable,
)
from tests.cast import Api, Cast, bank_says, workers_run

pytestmark = pytest.mark.django_db

BY_NAME = {"ids": lambda plant: plant.__name__}


@pytest.fixture
def garden(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Garden:
    bank = Planted()
    monkeypatch.setitem(GATEWAYS, "sandbox", bank)
    return Garden(cast, bank)


def test_equal_books_are_equal(garden: Garden) -> None:
    run = garden.reconcile()
    assert (run.entries, run.healed, run.found) == (2, 0, 0)
    assert garden.open_kinds() == []
    assert garden.bank.asked == []


@pytest.mark.parametrize("plant", PLANTS, **BY_NAME)
def test_a_planted_difference_is_reported(garden: Garden, plant: Plant) -> None:
    plant(garden)
    assert garden.reconcile().found == len(PLANTS[plant])
    assert garden.open_kinds() == PLANTS[plant]


def test_every_kind_of_difference_is_planted() -> None:
    assert {kind for kinds in PLANTS.values() for kind in kinds} == set(BreakKind.values)


@pytest.mark.parametrize("plant", PLANTS, **BY_NAME)
def test_without_the_comparison_nobody_would_know(
    garden: Garden, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(garden)
    monkeypatch.setattr(reconciling, "differences", lambda match: ())
    for question in ("_twice", "_more_back_than_taken", "_missing"):
        monkeypatch.setattr(reconciling, question, lambda *facts: None)
    garden.reconcile()
    assert garden.open_kinds() == []


def test_a_capture_we_missed_is_asked_about_and_settled(garden: Garden) -> None:
    other = garden.order()
    garden.add(garden.capture(other))
    garden.bank.facts[other.code] = Fact("captured", other.amount, "AED", ref=f"sess_{other.pk}")
    assert garden.reconcile().healed == 1
    other.refresh_from_db()
    assert (other.status, other.settles) == ("captured", True)
    assert Order.objects.get(checkout=other.checkout).status == "placed"
    assert garden.open_kinds() == []


def test_money_for_a_failed_payment_is_taken_in_and_sent_back(garden: Garden) -> None:
    other = garden.order()
    bank_says(other.code, "failed", why="card_declined")
    garden.add(garden.capture(other))
    garden.bank.facts[other.code] = Fact("captured", other.amount, "AED", ref=f"sess_{other.pk}")
    assert garden.reconcile().healed == 1
    assert Refund.objects.get(payment=other).amount == other.amount


def test_a_refund_we_missed_is_asked_about_and_done(garden: Garden) -> None:
    refund_on_its_way(garden)
    assert Refund.objects.latest("pk").status == "unknown"
    garden.bank.pays_back = True
    assert garden.reconcile().healed == 1
    assert Refund.objects.latest("pk").status == "done"
    assert garden.open_kinds() == []


def test_the_list_alone_is_not_believed(garden: Garden) -> None:
    open_here(garden)
    before = Payment.objects.latest("pk").status
    garden.reconcile()
    assert garden.bank.asked == [Payment.objects.latest("pk").code]
    assert Payment.objects.latest("pk").status == before
    assert garden.open_kinds() == ["capture_open"]


def test_a_gateway_that_hangs_on_every_question_is_not_asked_for_ever(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        garden.add(garden.capture(garden.order(1)))
    asked = []

    def silent(payment: Payment) -> Fact:
        asked.append(payment)
        raise GatewayUnsure("silence")

    monkeypatch.setattr(garden.bank, "look", silent)
    garden.reconcile()
    assert len(asked) == reconciling.MOST_SILENCES
    assert garden.open_kinds() == ["capture_open"] * 8


def test_young_facts_are_left_to_the_workers(garden: Garden) -> None:
    garden.add(garden.capture(garden.order(), at=garden.ago(1)))
    missing_refund(garden)
    garden.reconcile(patience=timedelta(minutes=5))
    assert garden.open_kinds() == []
    assert garden.bank.asked == []
    garden.reconcile(patience=timedelta(0))
    assert garden.open_kinds() == ["capture_open", "refund_missing"]


def test_what_we_heard_while_their_book_was_read_is_not_missing(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, other = garden.bank.book, garden.order()

    def meanwhile(since: Any) -> Any:
        yield from book(since)
        bank_says(other.code)

    monkeypatch.setattr(garden.bank, "book", meanwhile)
    garden.reconcile()
    assert garden.open_kinds() == []


def test_a_difference_that_is_gone_is_resolved(garden: Garden) -> None:
    there = list(garden.bank.entries)
    missing_capture(garden)
    garden.reconcile()
    garden.bank.entries = there
    assert garden.reconcile().resolved == 1
    row = Break.objects.get()
    assert (row.status, row.resolved_at is None) == ("resolved", False)
    names = Event.objects.filter(subject=row.code).order_by("id").values_list("name", flat=True)
    assert list(names) == ["break.find", "break.resolve"]


def test_a_known_difference_is_kept_once_and_told_once(garden: Garden) -> None:
    foreign_capture(garden)
    assert [garden.reconcile().found for _ in range(3)] == [1, 0, 0]
    row = Break.objects.get()
    assert row.last_seen > row.first_seen
    workers_run()
    told = [note["title"] for note in Api(garden.cast.sara).get("/notifications").json()["data"]]
    assert told.count("Our book and the bank's do not agree") == 1


def test_a_narrow_window_says_nothing_of_what_is_older(garden: Garden) -> None:
    foreign_capture(garden)
    garden.reconcile()
    assert garden.reconcile(since=garden.ago(20)).resolved == 0
    assert garden.open_kinds() == ["capture_foreign"]


def test_the_next_window_begins_a_day_before_the_last_one(garden: Garden) -> None:
    first = garden.reconcile(since=None)
    assert first.since == reconciling.BEGINNING
    assert garden.reconcile(since=None).since == first.started_at - reconciling.OVERLAP


def test_what_staff_closed_stays_closed_until_it_changes(garden: Garden) -> None:
    other_amount(garden)
    garden.reconcile()
    reconciling.close(Break.objects.get(), garden.cast.sara, note="The bank took its fee.")
    assert garden.reconcile().found == 0
    garden.change(0, amount=Decimal("3400.00"))
    assert garden.reconcile().found == 1
    assert [row.status for row in Break.objects.order_by("pk")] == ["closed", "open"]


def test_refunds_that_tell_only_their_payment_are_found_by_amount(garden: Garden) -> None:
    twin, third = garden.give_back(garden.paid, "65.00"), garden.give_back(garden.paid, "10.00")
    garden.add(garden.refund(twin), garden.refund(third))
    for number in (1, 2, 3):
        garden.change(number, reference=garden.paid.code)
    garden.reconcile()
    assert garden.open_kinds() == []
    garden.add(garden.refund(twin, reference=garden.paid.code))
    garden.reconcile()
    assert garden.open_kinds() == ["refund_unknown"]


@pytest.mark.parametrize(
    "poison",
    [
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
        {"amount": Decimal("-1.00")},
        {"amount": Decimal("0.001")},
        {"amount": Decimal("1e30")},
        {"currency": "dirham"},
        {"kind": "gift"},
        {"reference": ""},
        {"reference": "PAY1001\x00", "amount": Decimal(0)},
        {"reference": "PAY" + "9" * 400, "amount": Decimal(0)},
        {"at": "future"},
    ],
    ids=str,
)
def test_poison_is_shown_and_blocks_nobody(garden: Garden, poison: dict[str, Any]) -> None:
    if "at" in poison:
        poison = {"at": garden.ago(-60 * 24 * 900)}
    garden.bank.entries.insert(0, garden.capture(garden.paid, **poison))
    foreign_capture(garden)
    garden.reconcile()
    assert garden.open_kinds() == ["capture_foreign", "unreadable"]


def test_a_huge_number_is_foreign(garden: Garden) -> None:
    garden.add(garden.capture(garden.paid, reference="PAY" + "9" * 90, ref="sess_new"))
    garden.reconcile()
    assert garden.open_kinds() == ["capture_foreign"]


def test_a_book_that_breaks_off_changes_nothing(garden: Garden) -> None:
    unreadable(garden)
    garden.bank.away_after = 2
    with pytest.raises(GatewayUnsure):
        garden.reconcile()
    assert not Break.objects.exists()
    assert not Reconciliation.objects.exists()
    assert not BookLine.objects.exists()


def test_nothing_of_their_book_is_kept(garden: Garden) -> None:
    garden.reconcile()
    assert not BookLine.objects.exists()
