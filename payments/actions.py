"""Verbs about money. Nothing here talks to a gateway inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import SYSTEM, Actor
from core.errors import Away, Invalid, TooMany, WrongMoment
from core.models import Event
from orders import actions as orders
from orders.lifecycle import OrderStatus
from orders.models import Checkout, Order, PaymentMethod
from orders.pricing import Wish
from payments.gateways import gateway
from payments.gateways.base import Fact, GatewayRefused, GatewayUnsure
from payments.lifecycle import OPEN, PAYMENT, REFUND, PaymentStatus, RefundStatus
from payments.models import Allocation, Payment, Refund
from payments.settling import collect_cash, refund, settle
from retailers.models import Address

log = structlog.get_logger("aqad.payments")

LINK_SECONDS = 3600
LONGEST_HOLD = timedelta(hours=2)
MORE_TIME = timedelta(minutes=5)


def checkout(
    wishes: Iterable[Wish],
    *,
    address: Address,
    method: str,
    by: Actor,
    expected_total: Decimal | None = None,
    note: str = "",
) -> Checkout:
    """Order and owe in one transaction: orders, payment, and last of all the stock.

    Raises `Invalid`, `OutOfStock`, `WrongMoment` (`total_changed`) or `TooMany` (too many unpaid orders open).
    """
    _refuse_hoarding(by)
    with transaction.atomic():
        made = orders.place(
            wishes, address=address, method=method, by=by, expected_total=expected_total, note=note
        )
        placed = list(made.orders.order_by("pk"))
        shares = [placed] if method == PaymentMethod.CARD else [[order] for order in placed]
        for share in shares:
            _owe(made, share, by)
        orders.hold(made, by)
    return made


def _refuse_hoarding(by: Actor) -> None:
    """Unpaid orders hold stock, so one retailer may have only a few open."""
    if not settings.RATELIMIT_ENABLE:
        return
    unpaid = Order.objects.filter(retailer_id=by.business_id, status=OrderStatus.AWAITING_PAYMENT).count()
    if unpaid >= settings.OPEN_ORDERS_CAP:
        sentence = _("You have %(count)d unpaid orders. Please pay or cancel one first.") % {"count": unpaid}
        raise TooMany(sentence, code="too_many_unpaid_orders", retry_after=60)


def _owe(made: Checkout, share: list[Order], by: Actor) -> Payment:
    """A payment for some orders of a checkout, and what of it is for which."""
    payment = Payment.objects.create(
        checkout=made,
        method=made.method,
        gateway=settings.PAYMENT_GATEWAY if made.method == PaymentMethod.CARD else "",
        amount=sum((order.total for order in share), Decimal(0)),
        status=PAYMENT.start,
    )
    Allocation.objects.bulk_create(
        Allocation(payment=payment, order=order, amount=order.total) for order in share
    )
    PAYMENT.begin(payment, by, amount=str(payment.amount), method=payment.method)
    return payment


def link(payment: Payment) -> str | None:
    """Our own address that leads to the gateway, for who has no session here; None when nothing is to be paid."""
    if payment.method != PaymentMethod.CARD or payment.status not in OPEN:
        return None
    ticket = signing.dumps(payment.code, salt="pay")
    return f"{settings.SITE_URL}{reverse('payments:pay', args=[payment.code])}?t={ticket}"


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
    back = f"{settings.SITE_URL}{reverse('payments:return')}"
    call = f"{settings.SITE_URL}/api/payments/webhooks/{payment.gateway}"
    try:
        session = gateway(payment.gateway).open(payment, back, call)
    except GatewayUnsure as unsure:
        _lose_sight(payment)
        raise Away(_("The bank does not answer. Please try again in a moment.")) from unsure
    except GatewayRefused as refused:
        settle(payment, Fact("failed", why=str(refused)))
        raise WrongMoment(_("The bank refused this payment.")) from refused
    with transaction.atomic():
        orders.lock(payment.checkout_id)
        row: Payment = payment.locked()
        row.gateway_ref, row.gateway_url, row.asked_at = session.ref, session.url, timezone.now()
        row.save(update_fields=["gateway_ref", "gateway_url", "asked_at"])
        if row.status in (PaymentStatus.CREATED, PaymentStatus.UNKNOWN):
            PAYMENT.step(row, "open", SYSTEM)
    return session.url


def _lose_sight(payment: Payment) -> None:
    with transaction.atomic():
        row: Payment = payment.locked()
        if row.status in (PaymentStatus.CREATED, PaymentStatus.PENDING):
            PAYMENT.step(row, "lose", SYSTEM)


def ask(payment: Payment) -> None:
    """Ask the gateway what became of it, and settle that. No answer leaves everything as it is."""
    Payment.objects.filter(pk=payment.pk).update(asked_at=Now())
    try:
        settle(payment, gateway(payment.gateway).look(payment))
    except GatewayUnsure as unsure:
        log.warning("gateway unsure", payment=payment.code, why=str(unsure))
        _lose_sight(payment)
    except GatewayRefused:
        log.info("gateway never heard of it", payment=payment.code)


def poll() -> int:
    """Ask about open payments, the older the less often (a third of their age, at least 10 s). Returns how many."""
    open_ones = Payment.objects.filter(
        status__in=[PaymentStatus.PENDING, PaymentStatus.UNKNOWN],
        method=PaymentMethod.CARD,
        asked_at__lt=Now() - timedelta(seconds=10),
    ).order_by("asked_at")[:50]
    now, asked = timezone.now(), 0
    for payment in open_ones:
        if payment.asked_at and now - payment.asked_at >= (now - payment.created_at) / 3:
            ask(payment)
            asked += 1
    return asked


def release_holds() -> int:
    """End unpaid checkouts whose time is over, asking the gateway before freeing the stock. Returns how many."""
    over = Payment.objects.filter(
        status__in=OPEN, method=PaymentMethod.CARD, checkout__reserved_until__lt=Now()
    ).select_related("checkout")
    ended = 0
    for payment in over.order_by("pk")[:100]:
        ended += _release(payment)
    return ended


def _release(payment: Payment) -> bool:
    """Close the page at the gateway, then settle what is true; without an answer wait a little, at most two hours."""
    try:
        fact = gateway(payment.gateway).cancel(payment)
    except GatewayRefused:
        fact = Fact("expired")
    except GatewayUnsure:
        fact = Fact("pending")
    if fact.status == "cancelled":
        fact = Fact("expired", ref=fact.ref)
    if fact.status == "pending":
        waited = timezone.now() - payment.checkout.created_at
        if waited < LONGEST_HOLD:
            Checkout.objects.filter(pk=payment.checkout_id).update(
                reserved_until=F("reserved_until") + MORE_TIME
            )
            return False
        fact = Fact("expired")
    settle(payment, fact)
    return True


def order_ended(event: Event) -> None:
    """Reaction: an order was cancelled or rejected; what was paid for it goes back, what is unpaid is called off."""
    order = Order.objects.coded(event.subject).get()
    payment: Payment = order.allocation.payment
    if payment.status in OPEN and payment.method == PaymentMethod.CARD:
        _call_off(payment)
    elif payment.status in OPEN:
        settle(payment, Fact("cancelled", why="order ended"))
    elif payment.settles and not order.refunds.exclude(status=RefundStatus.FAILED).exists():
        with transaction.atomic():
            orders.lock(order.checkout_id)
            row: Payment = payment.locked()
            amount = min(order.allocation.amount, row.captured - row.refunding)
            if amount > 0:
                refund(row, amount, reason=event.note or event.name, by=SYSTEM, order=order)


def _call_off(payment: Payment) -> None:
    try:
        fact = gateway(payment.gateway).cancel(payment)
    except GatewayRefused:
        fact = Fact("cancelled")
    settle(payment, fact)


def refund_by_staff(payment: Payment, amount: Decimal, reason: str, by: Actor) -> Refund:
    """Staff give money back beside the life of an order: a claim, a favour. At most what is left of the payment.

    Raises `Invalid` for cash, which went through no gateway, and `WrongMoment` when less is left.
    """
    if payment.method != PaymentMethod.CARD:
        raise Invalid(_("Cash is not refunded through a gateway."))
    with transaction.atomic():
        orders.lock(payment.checkout_id)
        return refund(payment.locked(), amount, reason=reason, by=by)


def cash_collected(event: Event) -> None:
    """Reaction: an order was delivered; pay on delivery is paid."""
    order = Order.objects.coded(event.subject).get()
    if order.checkout.method == PaymentMethod.CASH_ON_DELIVERY:
        collect_cash(order)


def send_refund(event: Event) -> None:
    """Reaction: ask the gateway to pay back; raises while it is unsure, so that the outbox asks again."""
    made = Refund.objects.select_related("payment").coded(event.subject).get()
    if made.status not in (RefundStatus.PENDING, RefundStatus.UNKNOWN):
        return
    try:
        ref = gateway(made.payment.gateway).refund(made)
    except GatewayRefused as refused:
        _refund_failed(made, str(refused))
        return
    except GatewayUnsure:
        _refund_step(made, "lose", from_=RefundStatus.PENDING)
        raise
    Refund.objects.filter(pk=made.pk).update(gateway_ref=ref)
    _refund_step(made, "done")


def _refund_step(made: Refund, name: str, *, from_: str = "") -> None:
    with transaction.atomic():
        row: Refund = made.locked()
        if not from_ or row.status == from_:
            REFUND.step(row, name, SYSTEM)


def _refund_failed(made: Refund, why: str) -> None:
    """The gateway said no: the amount may be refunded in another way."""
    with transaction.atomic():
        made.payment.locked()
        row: Refund = made.locked()
        REFUND.step(row, "fail", SYSTEM, note=why)
        Payment.objects.filter(pk=row.payment_id).update(refunding=F("refunding") - row.amount)
