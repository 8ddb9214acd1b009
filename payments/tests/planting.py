"""A gateway whose book says what a test plants in it, beside one paid and partly refunded order of Fatima's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from payments import actions, settling
from payments.books import Break, Reconciliation
from payments.gateways.base import Entry, Fact, GatewayUnsure, Session
from payments.gateways.sandbox import Sandbox
from payments.models import Payment, Refund
from payments.reconciling import BEGINNING, reconcile
from tests.cast import Cast, bank_says, workers_run


class Planted(Sandbox):
    """Answers from lists; `away_after` is the line of the book before which it falls silent."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.facts: dict[str, Fact] = {}
        self.pays_back = True
        self.away_after: int | None = None
        self.asked: list[str] = []

    def open(self, payment: Payment, return_url: str, callback_url: str) -> Session:
        return Session(f"sess_{payment.pk}", "http://127.0.0.1:9/pay")

    def book(self, since: datetime) -> Iterator[Entry]:
        for number, entry in enumerate(self.entries):
            if number == self.away_after:
                raise GatewayUnsure("silence")
            if entry.at >= since:
                yield entry

    def look(self, payment: Payment) -> Fact:
        self.asked.append(payment.code)
        return self.facts.get(payment.code, Fact("pending"))

    def cancel(self, payment: Payment) -> Fact:
        return Fact("cancelled")

    def refund(self, refund: Refund) -> str:
        self.asked.append(refund.code)
        if not self.pays_back:
            raise GatewayUnsure("silence")
        return f"re_{refund.pk}"


@dataclass
class Garden:
    """Two equal books, and the hands to plant a difference in either."""

    cast: Cast
    bank: Planted
    paid: Payment = field(init=False)
    back: Refund = field(init=False)

    def __post_init__(self) -> None:
        self.paid = self.order()
        bank_says(self.paid.code)
        self.back = self.give_back(self.paid, "65.00")
        self.bank.entries = [self.capture(self.paid), self.refund(self.back)]
        self.bank.asked.clear()

    def order(self, quantity: int = 100, method: str = "card") -> Payment:
        """Fatima orders again."""
        code = self.cast.order(quantity, method)["payments"][0]["id"]
        row: Payment = Payment.objects.coded(code).get()
        return row

    def give_back(self, payment: Payment, amount: str) -> Refund:
        """Sara refunds a part, and the workers ask the bank."""
        payment.refresh_from_db()
        made = actions.refund_by_staff(payment, Decimal(amount), "Wet cartons.", self.cast.sara)
        workers_run()
        made.refresh_from_db()
        return made

    def decline(self, amount: str) -> Refund:
        """A refund that the bank, as we heard, would not make."""
        self.bank.pays_back = False
        made = self.give_back(self.paid, amount)
        settling.declined(made, "no")
        self.bank.pays_back = True
        return made

    def capture(self, payment: Payment, **changes: Any) -> Entry:
        """The line of a capture as the bank would have it."""
        row = Entry("capture", payment.code, f"sess_{payment.pk}", payment.amount, "AED", self.ago())
        return replace(row, **changes)

    def refund(self, refund: Refund, **changes: Any) -> Entry:
        """The line of a refund as the bank would have it."""
        session = f"sess_{refund.payment_id}"
        return replace(Entry("refund", refund.code, session, refund.amount, "AED", self.ago()), **changes)

    def ago(self, minutes: float = 30) -> datetime:
        """So many minutes ago."""
        return timezone.now() - timedelta(minutes=minutes)

    def add(self, *entries: Entry) -> None:
        """More lines in the bank's book."""
        self.bank.entries += entries

    def change(self, number: int, **changes: Any) -> None:
        """Another line in its place."""
        self.bank.entries[number] = replace(self.bank.entries[number], **changes)

    def reconcile(
        self, since: datetime | None = BEGINNING, patience: timedelta = timedelta(0)
    ) -> Reconciliation:
        """Compare, from the beginning and at once unless told otherwise."""
        return reconcile("sandbox", since=since, patience=patience)

    def open_kinds(self) -> list[str]:
        """What differs now."""
        return sorted(Break.objects.filter(status="open").values_list("kind", flat=True))


Plant = Callable[[Garden], None]


def unknown_capture(g: Garden) -> None:
    g.add(g.capture(g.paid, reference="PAY999999", ref="sess_new"))


def foreign_capture(g: Garden) -> None:
    g.add(g.capture(g.paid, reference="INV-7", ref="sess_new"))


def missing_capture(g: Garden) -> None:
    del g.bank.entries[0]


def open_here(g: Garden) -> None:
    g.add(g.capture(g.order()))


def failed_here(g: Garden) -> None:
    other = g.order()
    bank_says(other.code, "failed", why="card_declined")
    g.bank.facts[other.code] = Fact("failed")
    g.add(g.capture(other))


def other_amount(g: Garden) -> None:
    g.change(0, amount=Decimal("3411.50"))


def other_currency(g: Garden) -> None:
    g.change(0, currency="USD")


def captured_twice(g: Garden) -> None:
    g.add(g.capture(g.paid))


def other_session(g: Garden) -> None:
    g.change(0, ref="sess_other")


def cash(g: Garden) -> None:
    g.add(g.capture(g.order(method="cash_on_delivery")))


def elsewhere(g: Garden) -> None:
    other = g.order()
    Payment.objects.filter(pk=other.pk).update(gateway="elsewhere")
    g.add(g.capture(other))


def unknown_refund(g: Garden) -> None:
    g.add(g.refund(g.back, reference="RF999999"))


def foreign_refund(g: Garden) -> None:
    g.add(g.refund(g.back, reference="CN-1"))


def missing_refund(g: Garden) -> None:
    del g.bank.entries[1]


def refund_on_its_way(g: Garden) -> None:
    g.bank.pays_back = False
    g.add(g.refund(g.give_back(g.paid, "10.00")))


def refund_failed_here(g: Garden) -> None:
    """And what it was to give back went another way meanwhile."""
    made = g.decline("10.00")
    rest = g.give_back(g.paid, "3347.50")
    g.add(g.refund(made), g.refund(rest))


def refund_amount(g: Garden) -> None:
    g.change(1, amount=Decimal("66.00"))


def refund_currency(g: Garden) -> None:
    g.change(1, currency="USD")


def refunded_twice(g: Garden) -> None:
    g.add(g.refund(g.back))


def refund_of_another_session(g: Garden) -> None:
    other = g.order()
    bank_says(other.code)
    g.add(g.capture(other))
    g.change(1, ref=f"sess_{other.pk}")


def refund_elsewhere(g: Garden) -> None:
    other = g.order()
    bank_says(other.code)
    made = g.give_back(other, "10.00")
    Payment.objects.filter(pk=other.pk).update(gateway="elsewhere")
    g.add(g.capture(g.paid, reference="INV-8", ref=f"sess_{other.pk}"), g.refund(made))


def uncaptured(g: Garden) -> None:
    g.add(g.refund(g.back, reference="CN-2", ref="sess_nobody"))


def too_much_back(g: Garden) -> None:
    g.change(1, amount=Decimal("3412.51"))


def unreadable(g: Garden) -> None:
    g.add(g.capture(g.paid, amount=Decimal("NaN")))


PLANTS: dict[Plant, list[str]] = {
    unknown_capture: ["capture_unknown"],
    foreign_capture: ["capture_foreign"],
    missing_capture: ["capture_missing"],
    open_here: ["capture_open"],
    failed_here: ["capture_failed"],
    other_amount: ["capture_amount"],
    other_currency: ["capture_currency"],
    captured_twice: ["capture_twice"],
    other_session: ["capture_session"],
    cash: ["capture_of_cash"],
    elsewhere: ["capture_elsewhere"],
    unknown_refund: ["refund_unknown"],
    foreign_refund: ["refund_foreign"],
    missing_refund: ["refund_missing"],
    refund_on_its_way: ["refund_open"],
    refund_failed_here: ["refund_excess", "refund_failed"],
    refund_amount: ["refund_amount"],
    refund_currency: ["refund_currency"],
    refunded_twice: ["refund_twice"],
    refund_of_another_session: ["refund_session"],
    refund_elsewhere: ["capture_foreign", "refund_elsewhere"],
    uncaptured: ["refund_foreign", "refund_uncaptured"],
    too_much_back: ["refund_amount", "refund_excess"],
    unreadable: ["unreadable"],
}
