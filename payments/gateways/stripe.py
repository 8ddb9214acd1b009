"""Stripe, by its hosted Checkout Sessions: no script of theirs is on our pages and no card number comes near us.

A session's `expires_at` is fixed by its payment's birth, so a repeated `open` is the same request for ever.
Within a day its key finds the session; later Stripe refuses it instead of making a second one.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import stripe
import structlog
from django.conf import settings

from core.money import CURRENCY
from payments.gateways.base import BadSignature, Entry, Fact, GatewayRefused, GatewayUnsure, Notice, Session
from payments.gateways.stripe_line import NO, asking, client
from payments.lifecycle import PaymentStatus
from payments.models import Payment, Refund

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

log = structlog.get_logger("aqad.payments")

TOLERANCE = 300
LIFE = timedelta(
    hours=3
)  # longer than any hold, and the half hour Stripe asks for is still left at a hold's end
PAGE, MOST_SESSIONS = 100, 1000
USED = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
}


class Stripe:
    """Speaks to Stripe through its SDK."""

    name = "stripe"

    def open(self, payment: Payment, return_url: str, callback_url: str) -> Session:
        with asking():
            known = _lost(payment) if payment.status == PaymentStatus.UNKNOWN else None
            made = known or client().v1.checkout.sessions.create(
                _page(payment, return_url), {"idempotency_key": str(payment.key)}
            )
            if not made.url:
                raise GatewayUnsure("a session that has ended")
            return Session(made.id, made.url)

    def look(self, payment: Payment) -> Fact:
        with asking():
            return _fact(_session(_ref(payment)).to_dict())

    def cancel(self, payment: Payment) -> Fact:
        with asking():
            ref = _ref(payment)
            try:
                client().v1.checkout.sessions.expire(ref)
            except NO:
                return _fact(_session(ref).to_dict())
            return Fact("cancelled", ref=ref)

    def refund(self, refund: Refund) -> str:
        with asking():
            intent = _session(refund.payment.gateway_ref).payment_intent
            made = _given(refund, str(intent)) or client().v1.refunds.create(
                {
                    "payment_intent": str(intent),
                    "amount": _minor(refund.amount),
                    "metadata": {"reference": refund.code, "payment": refund.payment.code},
                },
                {"idempotency_key": str(refund.key)},
            )
            if made.status in ("failed", "canceled"):
                raise GatewayRefused(made.failure_reason or made.status)
            if made.status != "succeeded":
                raise GatewayUnsure(f"refund {made.status}")
            return made.id

    def book(self, since: datetime) -> Iterable[Entry]:
        with asking():
            lately: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            charges = client().v1.charges.list(lately).auto_paging_iter()
            refunds = client().v1.refunds.list(lately).auto_paging_iter()
            lines = [_entry("capture", row) for row in charges if row.status == "succeeded" and row.captured]
            lines += [_entry("refund", row) for row in refunds if row.status == "succeeded"]
        return sorted(lines, key=lambda line: line.at)

    def event_id(self, headers: Mapping[str, str], body: bytes) -> str:
        _verify(headers.get("Stripe-Signature", ""), body)
        try:
            told = json.loads(body)
            live, account, event = told["livemode"], told.get("account"), str(told["id"])[:200]
        except (ValueError, KeyError, TypeError, AttributeError):
            return hashlib.sha256(body).hexdigest()
        if account or live == _is_test(settings.STRIPE_SECRET_KEY):
            raise BadSignature("of another mode or account")
        return event

    def read(self, body: bytes) -> Notice | None:
        told = json.loads(body)
        try:
            if told["type"] not in USED:
                return None
            session = told["data"]["object"]
            reference = (session.get("metadata") or {}).get("reference")
            if not reference:
                return None
            fact = _fact(session)
            if told["type"] == "checkout.session.async_payment_failed":
                fact = Fact("failed", why="payment_failed", ref=fact.ref)
            return Notice(str(told["id"]), str(reference), fact)
        except (KeyError, TypeError, AttributeError) as odd:
            raise ValueError("not an event of Stripe") from odd


def _page(payment: Payment, return_url: str) -> SessionCreateParams:
    """What is asked for a payment; the same words each time, or Stripe takes the repetition for another request."""
    if payment.currency != CURRENCY:
        raise GatewayRefused("currency")
    known_as = {"reference": payment.code}
    what = f"AQAD {payment.checkout.code}"
    price: Any = {
        "currency": payment.currency.lower(),
        "unit_amount": _minor(payment.amount),
        "product_data": {"name": what},
    }
    return {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": payment.code,
        "metadata": known_as,
        "payment_intent_data": {"metadata": known_as, "description": what},
        "expires_at": int((payment.created_at + LIFE).timestamp()),
        "success_url": return_url,
        "cancel_url": return_url,
    }


def _minor(amount: Decimal) -> int:
    """Hundredths, exactly. Raises `GatewayRefused` rather than round."""
    if amount * 100 != int(amount * 100):
        raise GatewayRefused("not whole fils")
    return int(amount * 100)


def _hundredths(minor: object) -> Decimal:
    """Hundredths as money. Other currencies than ours are read likewise, so that all of it goes back."""
    if type(minor) is not int:
        raise TypeError("not an amount")
    return Decimal(minor) / 100


def _session(ref: str) -> stripe.checkout.Session:
    """The session we hold the id of; that Stripe does not know it means a wrong key, not that nothing was paid."""
    if not ref:
        raise GatewayRefused("no session")
    try:
        return client().v1.checkout.sessions.retrieve(ref)
    except NO as no:
        log.error("stripe does not know a session of ours", session=ref, code=no.code)  # noqa: TRY400
        raise GatewayUnsure("session unknown there") from None


def _ref(payment: Payment) -> str:
    """The session's id, also when the answer that named it was lost. Raises `GatewayRefused` when there is none.

    A page nobody asked for needs no question; one whose address never reached us can't have been paid.
    """
    if payment.gateway_ref:
        return payment.gateway_ref
    found = None if payment.status == PaymentStatus.CREATED else _lost(payment)
    if found is None:
        raise GatewayRefused("never opened")
    return found.id


def _lost(payment: Payment) -> stripe.checkout.Session | None:
    """A session whose answer we never got, among those made in its time: the list is exact, Stripe's search is late."""
    born = int(payment.created_at.timestamp())
    listed = client().v1.checkout.sessions.list(
        {"created": {"gte": born - TOLERANCE, "lte": born + int(LIFE.total_seconds())}, "limit": PAGE}
    )
    made = list(islice(listed.auto_paging_iter(), MOST_SESSIONS))
    for session in made:
        if session.client_reference_id == payment.code:
            return session
    if len(made) == MOST_SESSIONS:
        raise GatewayUnsure("too many sessions to look through")
    return None


def _given(refund: Refund, intent: str) -> stripe.Refund | None:
    """The refund if it was made before, for Stripe forgets keys after a day and we may ask again later than that."""
    made = client().v1.refunds.list({"payment_intent": intent, "limit": PAGE})
    return next((row for row in made.auto_paging_iter() if _reference(row) == refund.code), None)


def _fact(session: Mapping[str, Any]) -> Fact:
    """A session in our words. Raises `KeyError` or `TypeError` for what is none."""
    ref, status = str(session["id"]), session["status"]
    if status == "complete" and session["payment_status"] == "paid":
        amount = _hundredths(session["amount_total"])
        return Fact("captured", amount, str(session["currency"]).upper(), ref=ref)
    return Fact({"open": "pending", "complete": "pending", "expired": "expired"}[status], ref=ref)


def _entry(kind: str, row: Any) -> Entry:
    """Capture and refunds of one payment share their payment intent; a charge does not know its session."""
    amount, at = _hundredths(row.amount), datetime.fromtimestamp(row.created, UTC)
    return Entry(kind, _reference(row), str(row.payment_intent or row.id), amount, row.currency.upper(), at)


def _reference(row: Any) -> str:
    """Our code for it; empty for what others did in the same account."""
    return str((row.metadata.to_dict() if row.metadata else {}).get("reference", ""))


def _verify(signature: str, body: bytes) -> None:
    """Signed with the current or the previous secret, at most five minutes off either way. Raises `BadSignature`."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
        except (stripe.SignatureVerificationError, ValueError, TypeError):
            continue
        moment = next(part[2:] for part in signature.split(",") if part.startswith("t="))
        if int(moment) - time.time() <= TOLERANCE:
            return
    raise BadSignature("wrong or stale signature")


def _is_test(key: str) -> bool:
    return "_test_" in key
