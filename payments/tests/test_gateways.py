"""What every gateway must do, asked of each alike: the sandbox bank's process and the double of Stripe."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from payments.gateways import gateway
from payments.gateways.base import BadSignature, GatewayRefused, GatewayUnsure, Session
from payments.gateways.sandbox import sign as bank_sign
from payments.models import Payment, Refund
from payments.tests.conftest import SILENT, Bank
from payments.tests.stripe_double import Problem
from payments.tests.stripe_world import Double, event, sign
from tests.cast import Cast

pytestmark = pytest.mark.django_db

BACK, CALL = "https://aqad.example/payments/return/", "https://aqad.example/api/payments/webhooks/x"


@dataclass
class Provider:
    """One gateway and what a test can make happen on its side."""

    name: str
    header: str
    pay: Callable[[Session], Any]
    lose: Callable[[str], Any]
    told: Callable[[Payment, Session], bytes]
    sign: Callable[[bytes, float], str]
    counts: Callable[[Payment, str], int]

    def headers(self, body: bytes, at: float | None = None) -> dict[str, str]:
        """Signed now, or at another moment."""
        return {self.header: self.sign(body, time.time() if at is None else at)}


def _bank(bank: Bank, settings: Any) -> Provider:
    def told(payment: Payment, session: Session) -> bytes:
        facts = {"event_id": "evt_1", "fact": "captured", "reference": payment.code, "session": session.ref}
        return json.dumps(facts | {"amount": str(payment.amount), "currency": "AED"}).encode()

    def counts(payment: Payment, kind: str) -> int:
        book = [(entry["reference"], entry["kind"]) for entry in bank.control("book")["entries"]]
        return book.count((payment.code, kind))

    return Provider(
        "sandbox",
        "Sandbox-Signature",
        pay=lambda session: bank.pay(session.url, SILENT),
        lose=lambda on: bank.behave(on, "drop"),
        told=told,
        sign=lambda body, at: bank_sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(at), body),
        counts=counts,
    )


def _stripe(double: Double) -> Provider:
    def told(payment: Payment, session: Session) -> bytes:
        paid = {"status": "complete", "payment_status": "paid"}
        return event("checkout.session.completed", double.ledger.sessions[session.ref] | paid)

    return Provider(
        "stripe",
        "Stripe-Signature",
        pay=lambda session: double.ledger.pay(session.ref),
        lose=lambda on: double.behave("POST", {"session": "sessions", "refund": "refunds"}[on], "drop"),
        told=told,
        sign=lambda body, at: sign(body, at=at),
        counts=lambda _, kind: len(double.ledger.charges if kind == "capture" else double.ledger.refunds),
    )


@pytest.fixture(params=["sandbox", "stripe"])
def provider(request: pytest.FixtureRequest, settings: Any) -> Provider:
    """Each gateway in turn."""
    if request.param == "sandbox":
        return _bank(request.getfixturevalue("bank"), settings)
    return _stripe(request.getfixturevalue("stripe"))


@pytest.fixture
def owed(provider: Provider, cast: Cast) -> Payment:
    """What Fatima owes for 100 cartons of Pepsi."""
    payment: Payment = Payment.objects.coded(cast.order()["payments"][0]["id"]).get()
    assert payment.gateway == provider.name
    return payment


def opened(payment: Payment) -> Session:
    """Its page, written down as `open_page` would."""
    session = gateway(payment.gateway).open(payment, BACK, CALL)
    payment.gateway_ref, payment.status = session.ref, "pending"
    payment.save()
    return session


def given(payment: Payment, amount: str = "65.00") -> Refund:
    """A refund as it is written before anybody is asked."""
    made: Refund = Refund.objects.create(
        payment=payment, amount=Decimal(amount), reason="Wet cartons.", status="pending"
    )
    return made


def test_opening_again_finds_the_same_page(owed: Payment) -> None:
    assert opened(owed) == opened(owed)


def test_a_lost_answer_is_unclear_and_the_page_is_found(provider: Provider, owed: Payment) -> None:
    provider.lose("session")
    with pytest.raises(GatewayUnsure):
        opened(owed)
    owed.status = "unknown"
    found = gateway(provider.name).look(owed)
    assert (found.status, found.ref) == ("pending", opened(owed).ref)


def test_what_was_never_opened_was_never_heard_of(provider: Provider, owed: Payment) -> None:
    for status in ("created", "unknown"):
        owed.status = status
        for ask in (gateway(provider.name).look, gateway(provider.name).cancel):
            with pytest.raises(GatewayRefused):
                ask(owed)


def test_open_is_pending_and_paid_is_captured_with_what_was_taken(provider: Provider, owed: Payment) -> None:
    session = opened(owed)
    assert gateway(provider.name).look(owed).status == "pending"
    provider.pay(session)
    fact = gateway(provider.name).look(owed)
    assert (fact.status, fact.amount, fact.currency) == ("captured", Decimal("3412.50"), "AED")
    assert fact.ref == session.ref


def test_a_closed_page_takes_no_money(provider: Provider, owed: Payment) -> None:
    session = opened(owed)
    assert gateway(provider.name).cancel(owed).status == "cancelled"
    with pytest.raises((AssertionError, Problem)):
        provider.pay(session)
    assert gateway(provider.name).look(owed).status in ("cancelled", "expired")
    assert gateway(provider.name).cancel(owed).status in ("cancelled", "expired")
    assert provider.counts(owed, "capture") == 0


def test_closing_what_was_paid_says_that_it_was_paid(provider: Provider, owed: Payment) -> None:
    provider.pay(opened(owed))
    fact = gateway(provider.name).cancel(owed)
    assert (fact.status, fact.amount) == ("captured", Decimal("3412.50"))


def test_a_refund_is_paid_once_for_its_key(provider: Provider, owed: Payment) -> None:
    provider.pay(opened(owed))
    made = given(owed)
    refs = {gateway(provider.name).refund(made) for _ in range(3)}
    assert (len(refs), provider.counts(owed, "refund")) == (1, 1)
    gateway(provider.name).refund(given(owed))
    assert provider.counts(owed, "refund") == 2


def test_a_refund_whose_answer_is_lost_is_paid_once(provider: Provider, owed: Payment) -> None:
    provider.pay(opened(owed))
    made = given(owed)
    provider.lose("refund")
    with pytest.raises(GatewayUnsure):
        gateway(provider.name).refund(made)
    assert gateway(provider.name).refund(made)
    assert provider.counts(owed, "refund") == 1


def test_more_than_was_taken_is_refused(provider: Provider, owed: Payment) -> None:
    provider.pay(opened(owed))
    with pytest.raises(GatewayRefused):
        gateway(provider.name).refund(given(owed, "3412.51"))
    assert provider.counts(owed, "refund") == 0


def test_away_is_unclear_whatever_is_asked(provider: Provider, owed: Payment, settings: Any) -> None:
    opened(owed)
    settings.SANDBOX_BANK_URL = settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    asked = gateway(provider.name)
    for ask in (
        lambda: asked.open(owed, BACK, CALL),
        lambda: asked.look(owed),
        lambda: asked.cancel(owed),
        lambda: asked.refund(given(owed)),
    ):
        with pytest.raises(GatewayUnsure):
            ask()


def test_a_genuine_callback_is_known_and_read(provider: Provider, owed: Payment) -> None:
    session = opened(owed)
    body = provider.told(owed, session)
    assert gateway(provider.name).event_id(provider.headers(body), body) == "evt_1"
    notice = gateway(provider.name).read(body)
    assert notice
    assert (notice.event_id, notice.payment, notice.fact.status) == ("evt_1", owed.code, "captured")
    assert (notice.fact.amount, notice.fact.currency) == (owed.amount, "AED")
    assert notice.fact.ref == session.ref


@pytest.mark.parametrize("minutes", [-6, 6])
def test_stale_altered_and_unsigned_ones_are_refused(provider: Provider, owed: Payment, minutes: int) -> None:
    body = provider.told(owed, opened(owed))
    stale = provider.headers(body, time.time() + 60 * minutes)
    for headers, heard in ((stale, body), (provider.headers(body), body + b" "), ({}, body)):
        with pytest.raises(BadSignature):
            gateway(provider.name).event_id(headers, heard)


@pytest.mark.parametrize("nonsense", [b"[]", b"{}", b"<html>", b"7", b"null"])
def test_nonsense_is_called_so(provider: Provider, nonsense: bytes) -> None:
    assert gateway(provider.name).event_id(provider.headers(nonsense), nonsense)
    with pytest.raises(ValueError):
        gateway(provider.name).read(nonsense)


def test_an_old_payment_is_asked_of_its_own_gateway(owed: Payment, settings: Any) -> None:
    settings.PAYMENT_GATEWAY = "stripe" if owed.gateway == "sandbox" else "sandbox"
    opened(owed)
    assert gateway(owed.gateway).name == owed.gateway
