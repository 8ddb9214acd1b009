"""The bank declines a refund and pays it after all: two workers asked at once, or its book says so later.

Our row follows the money, as far as that was not promised away in between; then staff hear that the books differ.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import audit
from core.models import Event
from payments import actions, asking, settling
from payments.gateways import MADE
from payments.gateways.base import GatewayRefused
from payments.models import Break, Payment, Refund
from payments.reconciling import BEGINNING, reconcile
from payments.tests.conftest import Bank
from payments.tests.planting import Garden, Planted, refund_failed_here
from tests.cast import Api, Cast, key, workers_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(owed: Payment, page: str, bank: Bank) -> Payment:
    """Fatima has paid 3,412.50."""
    bank.pay(page)
    asking.ask(owed)
    return owed


@pytest.fixture
def late(cast: Cast, paid: Payment, bank: Bank) -> Refund:
    """A refund of 65.00 as a worker took it that was slow, while another one heard that the bank declines."""
    bank.behave("refund", "decline")
    give(cast, paid, "65.00")
    taken: Refund = Refund.objects.select_related("payment").get()
    workers_run()
    assert Refund.objects.get().status == "failed"
    return taken


def give(cast: Cast, payment: Payment, amount: str) -> None:
    """Sara gives back so much."""
    body = {"amount": amount, "reason": "Two cartons arrived wet."}
    assert Api(cast.sara).post(f"/payments/{payment.code}/refunds", body, **key()).status_code == 201


def statuses() -> list[tuple[str, str]]:
    return [(str(row.amount), row.status) for row in Refund.objects.order_by("pk")]


def book(bank: Bank, payment: Payment) -> list[tuple[str, str]]:
    lines = bank.control("book")["entries"]
    return [(each["kind"], each["amount"]) for each in lines if each["reference"] == payment.code]


def compared(refund: Refund) -> tuple[int, int]:
    """How many facts a comparison of the books healed, and how many differences about this refund it found."""
    run = reconcile("sandbox", since=BEGINNING, patience=timedelta(0))
    return run.healed, Break.objects.filter(reference=refund.code).count()


def assert_whole(refunding: str) -> None:
    """So much is promised back, and every invariant of money and histories holds."""
    assert Payment.objects.latest("pk").refunding == Decimal(refunding)
    assert not {"I8", "I9", "I14", "I15"} & set(audit.audit().broken)


def test_the_slow_worker_hears_that_it_is_paid(paid: Payment, late: Refund, bank: Bank) -> None:
    assert_whole("0.00")
    actions.give_back(late)
    assert statuses() == [("65.00", "done")]
    assert book(bank, paid) == [("capture", "3412.50"), ("refund", "65.00")]
    assert_whole("65.00")
    story = Event.objects.filter(subject=late.code, seq__isnull=False).order_by("seq")
    names = ["refund.create", "refund.fail", "refund.ask_again", "refund.done"]
    assert list(story.values_list("name", flat=True)) == names


def test_a_refusal_after_it_was_paid_changes_nothing(late: Refund) -> None:
    actions.give_back(late)
    settling.declined(late, "too late")
    settling.lose_refund(late)
    assert statuses() == [("65.00", "done")]
    assert_whole("65.00")


def test_their_book_says_so_later(paid: Payment, late: Refund, bank: Bank, cast: Cast) -> None:
    MADE["sandbox"].refund(late)
    assert compared(late) == (1, 0)
    assert statuses() == [("65.00", "done")]
    assert_whole("65.00")
    titles = [note["title"] for note in _told(cast)]
    assert "A refund was paid back" in titles


def _told(cast: Cast) -> Any:
    workers_run()
    return Api(cast.fatima).get("/notifications").json()["data"]


def test_money_promised_to_another_refund_is_not_promised_twice(
    cast: Cast, paid: Payment, late: Refund, bank: Bank
) -> None:
    give(cast, paid, "3412.50")
    actions.give_back(late)
    assert statuses() == [("65.00", "failed"), ("3412.50", "pending")]
    assert_whole("3412.50")
    workers_run()
    assert statuses() == [("65.00", "failed"), ("3412.50", "failed")]
    assert compared(late) == (1, 0)
    assert statuses() == [("65.00", "done"), ("3412.50", "failed")]
    assert_whole("65.00")


@pytest.fixture
def garden(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Garden:
    planted = Planted()
    monkeypatch.setitem(MADE, "sandbox", planted)
    return Garden(cast, planted)


def test_what_went_back_both_ways_is_kept_for_staff(garden: Garden) -> None:
    refund_failed_here(garden)
    garden.bank.asked.clear()
    for found in (2, 0):
        assert garden.reconcile().found == found
    assert garden.bank.asked == []
    assert garden.open_kinds() == ["refund_excess", "refund_failed"]
    assert_whole("3412.50")
    workers_run()
    page = Api(garden.cast.sara).get("/notifications").json()["data"]
    assert "Our book and the bank's do not agree" in [note["title"] for note in page]


def test_a_list_that_the_bank_does_not_stand_by_is_not_believed(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = garden.decline("10.00")
    garden.add(garden.refund(made))

    def refuse(refund: Refund) -> str:
        raise GatewayRefused("no")

    monkeypatch.setattr(garden.bank, "refund", refuse)
    assert garden.reconcile().healed == 0
    assert garden.open_kinds() == ["refund_failed"]
    assert Refund.objects.latest("pk").status == "failed"
    assert_whole("65.00")


def test_another_amount_is_not_asked_about(garden: Garden) -> None:
    made = garden.decline("10.00")
    garden.add(garden.refund(made, amount=Decimal("11.00")))
    garden.bank.asked.clear()
    garden.reconcile()
    assert garden.bank.asked == []
    assert Break.objects.get(status="open").kind == "refund_failed"
