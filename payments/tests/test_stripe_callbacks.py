"""Stripe's events: genuine ones are kept once and settled once, the rest refused or laid aside without effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from orders.models import Order
from payments import callbacks
from payments.models import Callback, Payment
from payments.tests.stripe_world import BEFORE, Double, event, post, sign
from payments.tests.test_stripe import COMPLETED, EXPIRED, now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]

OURS = {"id": "cs_9", "metadata": {"reference": "PAY1001"}}
PAID = {"status": "complete", "payment_status": "paid", "currency": "aed"}
ASYNC = "checkout.session.async_payment_"


def test_copies_in_any_order_settle_once(stripe: Double, owed: Payment, session: str) -> None:
    opened = stripe.ledger.sessions[session] | {"status": "expired"}
    paid = event(COMPLETED, stripe.ledger.pay(session))
    assert [post(paid) for _ in range(25)] == [200] * 25
    assert post(event(EXPIRED, opened, name="evt_2")) == 200
    assert Callback.objects.count() == 2
    assert callbacks.apply_due() == 2
    assert now(owed) == ("captured", "placed", 100)


def test_an_event_before_our_own_commit_names_the_session(
    stripe: Double, owed: Payment, session: str
) -> None:
    Payment.objects.update(gateway_ref="", gateway_url="")
    post(event(COMPLETED, stripe.ledger.pay(session)))
    callbacks.apply_due()
    assert Payment.objects.get().gateway_ref == session


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: "",
        lambda body: "t=1,v1=00",
        lambda body: "nonsense",
        lambda body: "t=abc,v1=",
        lambda body: "t=1,v1=é",
        lambda body: sign(body, "whsec_other"),
        lambda body: sign(body, ""),
        lambda body: sign(body, at=time.time() - 400),
        lambda body: sign(body, at=time.time() + 400),
        lambda body: sign(body + b" "),
        lambda body: sign(body).replace("v1=", "v0="),
    ],
)
def test_forged_and_stale_ones_are_refused(
    stripe: Double, owed: Payment, session: str, forge: Callable[[bytes], str]
) -> None:
    body = event(COMPLETED, stripe.ledger.pay(session))
    assert post(body, forge(body)) == 401
    assert not Callback.objects.exists()


def test_the_previous_secret_is_good_until_it_is_taken_away(
    stripe: Double, owed: Payment, session: str, settings: Any
) -> None:
    body = event(COMPLETED, stripe.ledger.pay(session))
    assert post(body, sign(body, BEFORE)) == 200
    settings.STRIPE_WEBHOOK_SECRETS = settings.STRIPE_WEBHOOK_SECRETS[:1]
    assert post(body, sign(body, BEFORE)) == 401


def test_a_market_without_secrets_believes_nobody(owed: Payment, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    settings.SANDBOX_BANK_CALLBACK_SECRET = ""
    body = event(COMPLETED, {})
    assert post(body, sign(body, "")) == 401
    from payments.gateways.sandbox import sign as bank_sign
    from payments.tests.test_callbacks import post as bank_post

    assert bank_post(body, bank_sign("", int(time.time()), body)) == 401


@pytest.mark.parametrize("other", [{"livemode": True}, {"account": "acct_other"}])
def test_another_mode_or_account_is_refused(
    stripe: Double, owed: Payment, session: str, other: dict[str, Any]
) -> None:
    assert post(event(COMPLETED, stripe.ledger.pay(session), **other)) == 401
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    ("kind", "facts", "then"),
    [
        (COMPLETED, {"payment_status": "unpaid", "status": "complete"}, ("pending", "awaiting_payment", 100)),
        (ASYNC + "succeeded", {"payment_status": "paid", "status": "complete"}, ("captured", "placed", 100)),
        (ASYNC + "failed", {"payment_status": "unpaid", "status": "complete"}, ("failed", "failed", 0)),
        (EXPIRED, {"status": "expired"}, ("failed", "expired", 0)),
    ],
)
def test_what_each_event_means(
    stripe: Double, owed: Payment, session: str, kind: str, facts: dict[str, Any], then: Any
) -> None:
    assert post(event(kind, stripe.ledger.sessions[session] | facts)) == 200
    assert callbacks.apply_due() == 1
    assert now(owed) == then


@pytest.mark.parametrize("kind", ["charge.refunded", "refund.updated", "payment_intent.succeeded", COMPLETED])
def test_events_that_are_not_ours_are_kept_without_effect(stripe: Double, owed: Payment, kind: str) -> None:
    assert post(event(kind, {"id": "cs_of_another_shop", "metadata": {}, "amount": 341250})) == 200
    assert callbacks.apply_due() == 1
    row = Callback.objects.get()
    assert (row.parked, row.problem, row.applied_at is None) == (False, "", False)
    assert now(owed) == ("created", "awaiting_payment", 100)


def test_only_the_sessions_own_amount_counts(stripe: Double, owed: Payment, session: str) -> None:
    paid = stripe.ledger.pay(session) | {
        "amount": 1,
        "amount_subtotal": 1,
        "metadata": {"reference": owed.code, "amount": "0.01"},
    }
    post(event(COMPLETED, paid))
    callbacks.apply_due()
    assert str(Payment.objects.get().captured) == "3412.50"


@pytest.mark.parametrize(
    "poison",
    [
        b"[]",
        b'{"id": "evt_9"}',
        event(COMPLETED, None, name="evt_9"),
        event(COMPLETED, OURS | {"status": "odd"}, name="evt_9"),
        event(COMPLETED, OURS | {"status": "complete", "payment_status": "paid"}, name="evt_9"),
        event(COMPLETED, OURS | PAID | {"amount_total": "x"}, name="evt_9"),
        event(COMPLETED, OURS | PAID | {"amount_total": True}, name="evt_9"),
        event(COMPLETED, OURS | PAID | {"amount_total": 12.5}, name="evt_9"),
    ],
)
def test_poison_is_parked_with_a_reason_and_blocks_nobody(
    stripe: Double, owed: Payment, session: str, poison: bytes
) -> None:
    assert post(poison) == 200
    assert post(event(COMPLETED, stripe.ledger.pay(session))) == 200
    assert callbacks.apply_due() == 1
    row = Callback.objects.get(applied_at=None)
    assert row.parked
    assert row.problem
    assert Order.objects.get().status == "placed"


def test_bytes_that_are_no_text_are_refused(stripe: Double) -> None:
    assert post(b"\xff\x00", sign(b"\xff\x00")) == 401
