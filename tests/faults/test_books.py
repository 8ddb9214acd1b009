"""Lost callbacks, lost answers: afterwards every payment is right and the two books are equal.

`AQAD_BOOKS=n` makes n payments. The trade is drawn by a seed (`AQAD_SEED`), so a bad day can be had again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db.models import Q, Sum

from core import events
from core.errors import Away
from orders.lifecycle import ENDED_WITHOUT_GOODS
from orders.models import Checkout, Order
from payments import actions, asking, callbacks
from payments.books import Break
from payments.models import Payment, Refund
from payments.reconciling import BEGINNING, reconcile
from sandbox.tests.world import DECLINED, KEY, PAID, SECRET, RunningBank, Shop, until
from tests.cast import Cast
from tests.factories import ProductFactory
from tests.faults import sizes

pytestmark = pytest.mark.django_db

LOST_CALLBACKS, LOST_ANSWERS = 0.3, 0.1
DECLINES, REFUNDS = 0.1, 0.15


def payments_to_make() -> int:
    """How many, as the environment wants it."""
    return int(os.environ.get("AQAD_BOOKS") or sizes.of("G25").payments)


@dataclass
class BadDay:
    """Fatima orders and pays, again and again, while callbacks and answers go astray."""

    cast: Cast
    bank: RunningBank
    shop: Shop
    rng: Random = field(default_factory=lambda: Random(int(os.environ.get("AQAD_SEED") or 25)))
    refunds: int = 0

    def __post_init__(self) -> None:
        self.pepsi = ProductFactory.create(vendor=self.cast.ahmed_foods, quantity=100_000)

    def trade(self, number: int) -> None:
        """So many payments, some declined; nothing is heard of them yet."""
        for _ in range(number):
            self._buy()
        until(lambda: len(self.shop.got) >= number, 60)

    def _buy(self) -> None:
        code = self.cast.order(1, product=self.pepsi)["payments"][0]["id"]
        if self.rng.random() < LOST_ANSWERS:
            self.bank.spoil("session", "drop", code)
        payment = Payment.objects.coded(code).get()
        try:
            page = actions.open_page(payment)
        except Away:
            payment.refresh_from_db()
            page = actions.open_page(payment)
        card = DECLINED if self.rng.random() < DECLINES else PAID
        self.bank.pay(page.rpartition("/")[2], card)

    def hear(self) -> None:
        """What comes through of the callbacks, and what workers make of it."""
        for headers, body in self.shop.got:
            if self.rng.random() >= LOST_CALLBACKS:
                callbacks.receive("sandbox", headers, body)
        callbacks.apply_due()
        events.relay()

    def give_back(self) -> None:
        """Orders are rejected; of some refunds the answer is lost."""
        for order in Order.objects.filter(status="placed").order_by("pk"):
            if self.rng.random() < REFUNDS:
                if self.rng.random() < LOST_ANSWERS * 3:
                    self.bank.spoil("refund", "drop", order.allocation.payment.code)
                self._reject(order)
        events.relay()

    def _reject(self, order: Order) -> None:
        from orders.actions import reject

        reject(order, self.cast.ahmed, note="No truck.")
        self.refunds += 1

    def lose_answers_to_questions(self) -> None:
        """A tenth of what is asked about stays without an answer, once."""
        for payment in Payment.objects.exclude(status="captured"):
            if self.rng.random() < LOST_ANSWERS:
                self.bank.spoil("query", "drop", payment.code)

    def workers_look_again(self) -> None:
        """Poller, callbacks, outbox and the comparison of the books, as often as they would in a quarter of an hour."""
        for _ in range(3):
            Payment.objects.filter(status__in=["pending", "unknown"]).update(asked_at=BEGINNING)
            reconcile("sandbox", since=BEGINNING, patience=timedelta(0))
            while asking.poll():
                Payment.objects.filter(status="unknown").update(asked_at=BEGINNING)
            events.relay()


@pytest.fixture
def day(cast: Cast, tmp_path: Path, settings: Any) -> Iterator[BadDay]:
    shop = Shop()
    bank = RunningBank(tmp_path / "bank.sqlite3", shop, {"SANDBOX_BANK_RETRY": "3600"}).start()
    settings.SANDBOX_BANK_URL = f"http://127.0.0.1:{bank.port}"
    settings.SANDBOX_BANK_KEY, settings.SANDBOX_BANK_CALLBACK_SECRET = KEY, SECRET
    settings.SITE_URL, settings.RATELIMIT_ENABLE = shop.url, False
    yield BadDay(cast, bank, shop)
    bank.stop(kill=True)
    shop.close()


def test_after_a_bad_day_the_two_books_are_equal(day: BadDay, reached: Any) -> None:
    """G25."""
    number = payments_to_make()
    day.trade(number)
    day.hear()
    day.give_back()
    day.lose_answers_to_questions()
    assert wrong(day), "the day was not bad enough"
    day.workers_look_again()
    assert wrong(day) == []
    assert Payment.objects.count() == number
    assert Refund.objects.count() == day.refunds > 0
    assert not Break.objects.filter(status="open").exists()
    assert_money_is_where_it_belongs()
    reached(
        "G25",
        f"{number} payments, {day.refunds} refunds, 30 % of callbacks and 10 % of answers lost: every payment right",
    )


def wrong(day: BadDay) -> list[tuple[Any, ...]]:
    """Lines that stand in one book only, each book read in its own way."""
    entries = day.bank.control("book").json["entries"]
    there = Counter((one["refund"] or one["reference"], one["amount"], one["currency"]) for one in entries)
    here = Counter(
        (row.code, str(row.captured), row.captured_currency)
        for row in Payment.objects.filter(status="captured")
    ) + Counter(
        (row.code, str(row.amount), row.payment.captured_currency)
        for row in Refund.objects.filter(status="done").select_related("payment")
    )
    return sorted(((there - here) + (here - there)).elements())


def assert_money_is_where_it_belongs() -> None:
    """Captured is what live orders cost and what went back; nobody waits whose card has spoken."""
    live = Order.objects.exclude(status__in=ENDED_WITHOUT_GOODS)
    settled = live.aggregate(sum=Sum("total"))["sum"] or Decimal(0)
    back = Refund.objects.filter(status="done").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    taken = Payment.objects.aggregate(sum=Sum("captured"))["sum"]
    assert taken == settled + back
    assert not Payment.objects.exclude(status__in=["captured", "failed"]).exists()
    assert not Order.objects.filter(status="awaiting_payment").exists()
    assert not Checkout.objects.filter(
        ~Q(orders__allocation__payment__status__in=["captured", "failed"])
    ).exists()
