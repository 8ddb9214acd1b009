"""Settling: where a fact about money becomes true here.

Callback, poller, hold sweeper and staff all end in `settle`; what becomes of a refund in `paid_back` or `declined`.
Lock order: checkout, orders, payment, refund, stock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import structlog
from django.db.models import F
from django.utils.translation import gettext as _

from core.access import SYSTEM, Actor
from core.errors import WrongMoment
from core.transactions import atomically
from orders import actions as orders
from orders.lifecycle import OrderStatus
from orders.models import Order
from payments.gateways.base import Fact
from payments.lifecycle import ON_ITS_WAY, OPEN, PAYMENT, REFUND, PaymentStatus, RefundStatus
from payments.models import Payment, Refund

log = structlog.get_logger("aqad.payments")


def settle(payment: Payment, fact: Fact, then: Callable[[], object] = lambda: None) -> None:
    """Make a gateway's fact true, once, and do `then` with it: a fact that says nothing new changes nothing.

    What is known stays known, so it takes a look at the payment as the caller read it, and no lock.
    """
    if _is_known(payment, fact):
        then()
    else:
        _settle(payment, fact, then)


def _is_known(payment: Payment, fact: Fact) -> bool:
    if fact.ref and not payment.gateway_ref:
        return False
    if fact.status == "captured":
        return payment.status == PaymentStatus.CAPTURED
    return fact.status == "pending" or payment.status not in OPEN


@atomically
def _settle(payment: Payment, fact: Fact, then: Callable[[], object]) -> None:
    _checkout, every = orders.lock(payment.checkout_id)
    row = payment.locked()
    if fact.ref and not row.gateway_ref:
        row.gateway_ref = fact.ref
        row.save(update_fields=["gateway_ref"])
    if fact.status == "captured":
        _captured(row, every, fact)
    elif fact.status != "pending":
        _failed(row, every, fact)
    then()


def _captured(payment: Payment, every: Sequence[Order], fact: Fact) -> None:
    """Money arrived: it pays its orders if it is the right amount in time, otherwise all of it goes back."""
    if payment.status == PaymentStatus.CAPTURED:
        return
    amount, currency = fact.amount or Decimal(0), fact.currency
    waiting = _waiting(every)
    right = (amount, currency) == (payment.amount, payment.currency)
    settles = right and len(waiting) == len(every)
    taken = {"captured": amount, "captured_currency": currency, "settles": settles}
    PAYMENT.step(payment, "capture", SYSTEM, also=taken, amount=str(amount), currency=currency)
    if settles:
        orders.pay(waiting)
        return
    refund(payment, amount, reason="late" if right else "wrong amount", by=SYSTEM)
    orders.fail(waiting, "The bank took another amount.")


def _failed(payment: Payment, every: Sequence[Order], fact: Fact) -> None:
    """No money will come: the payment ends, its orders end, their stock is free."""
    if payment.status not in OPEN:
        return
    PAYMENT.step(payment, "fail", SYSTEM, note=fact.why, also={"failure": fact.why or fact.status})
    if fact.status == "expired":
        orders.expire(_waiting(every))
    else:
        orders.fail(_waiting(every), fact.why)


def _waiting(every: Sequence[Order]) -> list[Order]:
    return [order for order in every if order.status == OrderStatus.AWAITING_PAYMENT]


def refund(
    payment: Payment, amount: Decimal, *, reason: str, by: Actor, order: Order | None = None
) -> Refund:
    """Write a refund, guarded: never more goes back than came. The gateway is asked by a reaction.

    Raises `WrongMoment` when less than `amount` is left of the payment. The caller is in a transaction.
    """
    if not _promise(payment, amount):
        raise WrongMoment(_("Less than that is left of this payment."))
    made = Refund.objects.create(
        payment=payment, order=order, amount=amount, reason=reason, status=REFUND.start
    )
    REFUND.begin(made, by, amount=str(amount), reason=reason)
    return made


def _promise(payment: Payment, amount: Decimal) -> bool:
    """The guard: one statement that looks whether so much is left and takes it."""
    left = Payment.objects.filter(pk=payment.pk, captured__gte=F("refunding") + amount)
    return bool(left.update(refunding=F("refunding") + amount))


@atomically
def paid_back(made: Refund, ref: str) -> None:
    """The gateway has paid it back, also where we had heard before that it declined to."""
    if not reopen(made):
        log.error("declined, replaced, and paid nevertheless", refund=made.code)
        return
    row = made.locked()
    Refund.objects.filter(pk=row.pk).update(gateway_ref=ref)
    if row.status in ON_ITS_WAY:
        REFUND.step(row, "done", SYSTEM)


@atomically
def declined(made: Refund, why: str) -> None:
    """The gateway said no: the amount may be refunded in another way."""
    made.payment.locked()
    row: Refund = made.locked()
    if row.status in ON_ITS_WAY:
        REFUND.step(row, "fail", SYSTEM, note=why)
        Payment.objects.filter(pk=row.payment_id).update(refunding=F("refunding") - row.amount)


@atomically
def lose_refund(made: Refund) -> None:
    """We can't know whether it was paid back."""
    row: Refund = made.locked()
    if row.status == RefundStatus.PENDING:
        REFUND.step(row, "lose", SYSTEM)


@atomically
def reopen(made: Refund) -> bool:
    """A refund that failed may have been paid nevertheless: it is open again, and the gateway will be asked.

    False when it stays failed, for the money went back in another way meanwhile: the books differ then, and staff look.
    """
    orders.lock(made.payment.checkout_id)
    payment, row = made.payment.locked(), made.locked()
    if row.status == RefundStatus.FAILED:
        if _replaced(row) or not _promise(payment, row.amount):
            return False
        REFUND.step(row, "ask_again", SYSTEM)
    made.refresh_from_db(fields=["status"])
    return True


def _replaced(row: Refund) -> bool:
    """Whether another refund of its order has taken its place."""
    if row.order is None:
        return False
    return bool(row.order.refunds.exclude(status=RefundStatus.FAILED).exists())


@atomically
def collect_cash(order: Order) -> None:
    """The driver has the cash of a delivered order; a repetition changes nothing."""
    orders.lock(order.checkout_id)
    payment: Payment = order.allocation.payment.locked()
    if payment.status == PaymentStatus.CAPTURED:
        return
    taken = {"captured": payment.amount, "captured_currency": payment.currency, "settles": True}
    amount = {"amount": str(payment.amount), "currency": payment.currency}
    PAYMENT.step(payment, "capture", SYSTEM, also=taken, **amount)
