"""Verbs about money. Nothing here talks to a gateway inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from itertools import chain
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import CharField
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import SYSTEM, Actor
from core.causes import because_of, origin
from core.errors import Away, Invalid, TooMany, WrongMoment
from core.events import following
from core.making import new, tell
from core.models import Event
from core.rows import Change, Numbers, write
from core.slots import Slot, Sql
from core.transactions import atomically
from orders import actions as orders
from orders.lifecycle import OrderStatus
from orders.models import Checkout, Order, PaymentMethod
from orders.pricing import Wish
from payments import asking
from payments.gateways import gateway
from payments.gateways.base import Fact, GatewayRefused, GatewayUnsure, Session
from payments.lifecycle import ON_ITS_WAY, OPEN, PAYMENT, PaymentStatus, RefundStatus
from payments.models import Allocation, Payment, Refund
from payments.settling import collect_cash, declined, lose_refund, paid_back, refund, settle
from retailers.models import Address

LINK_SECONDS = 3600
_page = cache(partial(reverse, "payments:pay", args=["PAY0"]))


@dataclass(frozen=True)
class Bought:
    """A checkout as it was just written: its orders, and what is owed for them, in order."""

    checkout: Checkout
    placed: list[orders.Placed]
    payments: list[Payment]

    def payment_of(self, order: Order) -> Payment:
        """The one that pays this order: the card's for all, or the cash for itself."""
        return self.payments[
            0 if len(self.payments) == 1 else [each.order for each in self.placed].index(order)
        ]


@contextmanager
def checking_out(
    wishes: Iterable[Wish],
    *,
    address: Address,
    method: str,
    by: Actor,
    expected_total: Decimal | None = None,
    note: str = "",
    goods: Sequence[Any] | None = None,
    also: Callable[[Bought], Change] | None = None,
) -> Iterator[Bought]:
    """Order and owe in one transaction: orders and payment, then what the caller does, and last of all the stock.

    What is to be changed `also` is written with them. The `goods` may have been asked for just now.

    Raises `Invalid`, `OutOfStock`, `WrongMoment` (`total_changed`) or `TooMany` (too many unpaid orders open).
    """
    with transaction.atomic(savepoint=False):
        groups = orders.agreed(wishes, expected_total, goods)
        owed = 1 if method == PaymentMethod.CARD else len(groups)
        keys = orders.needed(groups)
        counted = settings.RATELIMIT_ENABLE and method == PaymentMethod.CARD  # cash is never unpaid
        drawer = by.business_id if counted else None
        numbers = Numbers(keys | {Payment: owed, Event: keys[Event] + owed}, drawer)
        _refuse_hoarding(by)
        made, placed = orders.draft(groups, numbers, address=address, method=method, by=by, note=note)
        rows = [each.order for each in placed]
        shares = [rows] if method == PaymentMethod.CARD else [[order] for order in rows]
        payments = [_owed(made, share, numbers) for share in shares]
        bought = Bought(made, placed, payments)
        write(
            made,
            *chain.from_iterable(each.rows(by) for each in placed),
            *chain.from_iterable(_rows(*each, by, numbers) for each in zip(payments, shares, strict=True)),
            also=also(bought) if also else None,
        )
        yield bought
        orders.hold(placed)


def _refuse_hoarding(by: Actor) -> None:
    """Unpaid orders hold stock, so one retailer may have only a few open. Who pays by card orders alone for it."""
    if not settings.RATELIMIT_ENABLE:
        return
    [[unpaid]] = _unpaid().asked({"retailer": by.business_id}, Order.objects.db)
    if unpaid >= settings.OPEN_ORDERS_CAP:
        sentence = _("You have %(count)d unpaid orders. Please pay or cancel one first.") % {"count": unpaid}
        raise TooMany(sentence, code="too_many_unpaid_orders", retry_after=60)


@cache
def _unpaid() -> Sql:
    rows = Order.objects.filter(retailer=Slot("retailer", CharField()), status=OrderStatus.AWAITING_PAYMENT)
    return Sql.of(rows.order_by().values_list("pk")).counted


def _owed(made: Checkout, share: list[Order], numbers: Numbers) -> Payment:
    """A payment for some orders of a checkout."""
    return new(
        Payment,
        id=numbers.take(Payment),
        checkout=made,
        method=made.method,
        gateway=settings.PAYMENT_GATEWAY if made.method == PaymentMethod.CARD else "",
        amount=sum((order.total for order in share), Decimal(0)),
        status=PAYMENT.start,
    )


def _rows(payment: Payment, share: list[Order], by: Actor, numbers: Numbers) -> list[Any]:
    """All that is written of a payment: what of it is for which order, and the first line of its history."""
    begun = PAYMENT.first(payment, by, amount=str(payment.amount), method=payment.method)
    tell(begun, id=numbers.take(Event), at=numbers.now)
    parts = [new(Allocation, payment=payment, order=order, amount=order.total) for order in share]
    return [payment, *parts, *following(begun, payment)]


def link(payment: Payment) -> str | None:
    """Our own address that leads to the gateway, for who has no session here; None when nothing is to be paid."""
    if payment.method != PaymentMethod.CARD or payment.status not in OPEN:
        return None
    ticket = signing.dumps(payment.code, salt="pay")
    return f"{settings.SITE_URL}{_page().replace('PAY0', payment.code)}?t={ticket}"


def link_opens(code: str, ticket: str) -> bool:
    """Whether the ticket of such an address is ours and fresh (an hour)."""
    try:
        return bool(signing.loads(ticket, salt="pay", max_age=LINK_SECONDS) == code)
    except signing.BadSignature:
        return False


def open_page(payment: Payment) -> str:
    """The gateway's page for this payment, opened now or found again. Raises `WrongMoment` or `Away`."""
    if payment.method != PaymentMethod.CARD or payment.status not in OPEN:
        raise WrongMoment(_("There is nothing to pay here any more."))
    if payment.gateway_url:
        return payment.gateway_url
    back = f"{settings.SITE_URL}{reverse('payments:return')}?reference={payment.code}"
    call = f"{settings.SITE_URL}/api/payments/webhooks/{payment.gateway}"
    try:
        with because_of(origin(payment), "open", payment=payment.code):
            session = gateway(payment.gateway).open(payment, back, call)
    except GatewayUnsure as unsure:
        asking.lose_sight(payment)
        raise Away(_("The bank does not answer. Please try again in a moment.")) from unsure
    except GatewayRefused as refused:
        settle(payment, Fact("failed", why=str(refused)))
        raise WrongMoment(_("The bank refused this payment.")) from refused
    row = _opened(payment, session)
    if row.status not in OPEN:  # it was called off while we asked: nobody may pay on that page
        asking.call_off(row)
        raise WrongMoment(_("There is nothing to pay here any more."))
    return session.url


@atomically
def _opened(payment: Payment, session: Session) -> Payment:
    orders.lock(payment.checkout_id)
    row: Payment = payment.locked()
    row.gateway_ref, row.gateway_url, row.asked_at = session.ref, session.url, Now()
    row.save(update_fields=["gateway_ref", "gateway_url", "asked_at"])
    if row.status in (PaymentStatus.CREATED, PaymentStatus.UNKNOWN):
        PAYMENT.step(row, "open", SYSTEM)
    return row


def order_ended(event: Event) -> None:
    """Reaction: an order was cancelled or rejected; what was paid for it goes back, what is unpaid is called off."""
    order = Order.objects.coded(event.subject).get()
    payment: Payment = order.allocation.payment
    if payment.status in OPEN and payment.method == PaymentMethod.CARD:
        asking.call_off(payment)
    elif payment.status in OPEN:
        settle(payment, Fact("cancelled", why="order ended"))
    elif payment.settles:
        _pay_back(order, event.note or event.name)


@atomically
def _pay_back(order: Order, reason: str) -> None:
    """What was paid for an order that ended, as far as it is not on its way back already."""
    orders.lock(order.checkout_id)
    row: Payment = order.allocation.payment.locked()
    if order.refunds.exclude(status=RefundStatus.FAILED).exists():
        return
    amount = min(order.allocation.amount, row.captured - row.refunding)
    if amount > 0:
        refund(row, amount, reason=reason, by=SYSTEM, order=order)


def refundable(payment: Payment) -> Decimal:
    """What is left of a card payment to give back."""
    return payment.captured - payment.refunding if payment.method == PaymentMethod.CARD else Decimal(0)


@atomically
def refund_by_staff(payment: Payment, amount: Decimal, reason: str, by: Actor) -> Refund:
    """Staff give money back beside the life of an order: a claim, a favour. At most what is left of the payment.

    Raises `Invalid` for cash, which went through no gateway, and `WrongMoment` when less is left.
    """
    if payment.method != PaymentMethod.CARD:
        raise Invalid(_("Cash is not refunded through a gateway."))
    orders.lock(payment.checkout_id)
    return refund(payment.locked(), amount, reason=reason, by=by)


def cash_collected(event: Event) -> None:
    """Reaction: an order was delivered; pay on delivery is paid."""
    order = Order.objects.coded(event.subject).get()
    if order.checkout.method == PaymentMethod.CASH_ON_DELIVERY:
        collect_cash(order)


def send_refund(event: Event) -> None:
    """Reaction: ask the gateway to pay back; raises while it is unsure, so that the outbox asks again."""
    give_back(Refund.objects.select_related("payment").coded(event.subject).get())


def give_back(made: Refund) -> None:
    """Have the gateway pay a refund back, or hear that it has; the same key each time. Raises `GatewayUnsure`."""
    if made.status not in ON_ITS_WAY:
        return
    try:
        ref = gateway(made.payment.gateway).refund(made)
    except GatewayRefused as refused:
        declined(made, str(refused))
    except GatewayUnsure:
        lose_refund(made)
        raise
    else:
        paid_back(made, ref)
