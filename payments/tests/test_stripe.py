"""Paying through Stripe: the real SDK against a double over HTTP; what becomes of payment, order, stock and money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Stock
from core import events
from core.errors import Away, WrongMoment
from core.models import Reaction
from orders.models import Checkout, Order
from payments import actions, asking, callbacks
from payments.gateways import gateway, stripe_line
from payments.gateways.base import GatewayRefused, GatewayUnsure
from payments.models import Callback, Payment, Refund
from payments.tests.stripe_world import Double, event, post
from tests.cast import Api, Cast, workers_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]

COMPLETED, EXPIRED = "checkout.session.completed", "checkout.session.expired"


def now(owed: Payment) -> tuple[str, str, int]:
    """Payment, order, reserved cartons."""
    row = Payment.objects.get(pk=owed.pk)
    return row.status, Order.objects.get().status, Stock.objects.get().reserved


def paid(stripe: Double, owed: Payment, session: str) -> None:
    """Fatima paid, and we asked."""
    stripe.ledger.pay(session)
    asking.ask(owed)


def retry() -> None:
    """The outbox's pause is over."""
    Reaction.objects.filter(done_at=None).update(due_at=timezone.now())
    events.relay()


def test_the_story_over_http(stripe: Double, cast: Cast) -> None:
    made = cast.order()["payments"][0]
    browser = Api(cast.fatima).client
    answer = browser.get(made["redirect_url"])
    [session] = stripe.ledger.sessions.values()
    assert (answer.status_code, answer["Location"]) == (302, session["url"])
    assert (session["amount_total"], session["currency"]) == (341_250, "aed")
    assert made["id"] == session["client_reference_id"] == session["of_intent"]
    assert session["success_url"].startswith("http://testserver/payments/return/")
    assert post(event(COMPLETED, stripe.ledger.pay(session["id"]))) == 200
    workers_run()
    assert Api(cast.fatima).get(f"/payments/{made['id']}").json()["data"]["status"] == "captured"
    Api(cast.ahmed).post(f"/orders/{Order.objects.get().code}/moves/reject", {"reason": "Truck broke down."})
    workers_run()
    [refund] = Api(cast.fatima).get(f"/payments/{made['id']}").json()["data"]["refunds"]
    assert (refund["status"], refund["amount"]) == ("done", "3412.50")
    assert [row["amount"] for row in stripe.ledger.refunds.values()] == [341_250]


def test_opening_twice_finds_the_same_session(stripe: Double, owed: Payment, session: str) -> None:
    Payment.objects.update(gateway_url="", gateway_ref="")
    owed.refresh_from_db()
    actions.open_page(owed)
    owed.refresh_from_db()
    assert owed.gateway_ref == session
    assert len(stripe.ledger.sessions) == 1


@pytest.mark.parametrize("bad_day", ["drop", "garbage", "list", "empty", "huge", "error", "moved"])
def test_a_lost_answer_leads_to_the_same_session(stripe: Double, owed: Payment, bad_day: str) -> None:
    stripe.behave("POST", "sessions", bad_day)
    with pytest.raises(Away):
        actions.open_page(owed)
    assert now(owed) == ("unknown", "awaiting_payment", 100)
    owed.refresh_from_db()
    actions.open_page(owed)
    [session] = stripe.ledger.sessions
    paid(stripe, owed, session)
    assert now(owed) == ("captured", "placed", 100)


def test_a_silent_stripe_is_left_after_five_seconds(
    stripe: Double, owed: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (stripe_line.TIMEOUT.connect_timeout, stripe_line.TIMEOUT.read_timeout) == (1, 5)
    monkeypatch.setattr(stripe_line, "TIMEOUT", 0.3)
    stripe_line._client.cache_clear()
    stripe.behave("POST", "sessions", "hang")
    with pytest.raises(Away):
        actions.open_page(owed)
    stripe_line._client.cache_clear()
    owed.refresh_from_db()
    asking.ask(owed)
    assert now(owed)[0] == "unknown"
    assert Payment.objects.get().gateway_ref == next(iter(stripe.ledger.sessions))


@pytest.mark.parametrize("bad_day", ["away", "busy", "limited", "forbidden", "mismatch"])
def test_a_refusal_that_is_not_about_the_payment_fails_no_order(
    stripe: Double, owed: Payment, bad_day: str
) -> None:
    stripe.behave("POST", "sessions", bad_day)
    with pytest.raises(Away):
        actions.open_page(owed)
    assert now(owed) == ("unknown", "awaiting_payment", 100)
    owed.refresh_from_db()
    actions.open_page(owed)
    assert len(stripe.ledger.sessions) == 1


@pytest.mark.parametrize("wrong", ["sk_test_other", ""])
def test_a_wrong_or_missing_key_fails_no_order(owed: Payment, settings: Any, wrong: str) -> None:
    settings.STRIPE_SECRET_KEY = wrong
    with pytest.raises(Away):
        actions.open_page(owed)
    assert now(owed) == ("unknown", "awaiting_payment", 100)


def test_a_definite_no_fails_the_order(stripe: Double, owed: Payment) -> None:
    stripe.behave("POST", "sessions", "declined")
    with pytest.raises(WrongMoment):
        actions.open_page(owed)
    assert now(owed) == ("failed", "failed", 0)


@pytest.mark.parametrize("other", [{"amount_total": 1}, {"currency": "usd"}])
def test_the_wrong_money_goes_back_whole(
    stripe: Double, owed: Payment, session: str, other: dict[str, Any]
) -> None:
    stripe.ledger.pay(session, **other)
    asking.ask(owed)
    assert now(owed) == ("captured", "failed", 0)
    events.relay()
    assert Refund.objects.get().status == "done"
    [charge], [refund] = stripe.ledger.charges.values(), stripe.ledger.refunds.values()
    assert (refund["amount"], refund["currency"]) == (charge["amount"], charge["currency"])


def test_nobody_pays_and_the_page_is_closed(stripe: Double, owed: Payment, session: str) -> None:
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    assert asking.release_holds() == 1
    assert now(owed) == ("failed", "expired", 0)
    assert stripe.ledger.sessions[session]["status"] == "expired"


def test_a_page_whose_address_was_lost_is_found_and_closed(stripe: Double, owed: Payment) -> None:
    stripe.behave("POST", "sessions", "drop")
    with pytest.raises(Away):
        actions.open_page(owed)
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    assert asking.release_holds() == 1
    assert [row["status"] for row in stripe.ledger.sessions.values()] == ["expired"]
    assert now(owed) == ("failed", "expired", 0)


def test_a_page_nobody_asked_for_costs_no_question(stripe: Double, owed: Payment) -> None:
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    assert asking.release_holds() == 1
    assert now(owed) == ("failed", "expired", 0)
    assert stripe.ledger.asked == []


def test_paid_in_the_last_second_is_paid(stripe: Double, owed: Payment, session: str) -> None:
    stripe.ledger.pay(session)
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    asking.release_holds()
    assert now(owed) == ("captured", "placed", 100)


def test_another_accounts_key_neither_frees_nor_fails(stripe: Double, owed: Payment, session: str) -> None:
    stripe.ledger.sessions.clear()
    Checkout.objects.update(reserved_until="2026-01-01T00:00:00Z")
    assert asking.release_holds() == 0
    asking.ask(owed)
    assert now(owed) == ("unknown", "awaiting_payment", 100)


def test_long_after_a_repeated_opening_makes_no_second_session(
    stripe: Double, owed: Payment, session: str
) -> None:
    Payment.objects.update(gateway_url="", gateway_ref="", created_at=timezone.now() - timedelta(hours=25))
    stripe.ledger.kept.clear()
    owed.refresh_from_db()
    with pytest.raises(WrongMoment):
        actions.open_page(owed)
    assert list(stripe.ledger.sessions) == [session]


def test_the_lost_one_is_found_on_a_later_page_of_the_list(
    stripe: Double, owed: Payment, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.gateways.stripe.PAGE", 2)
    for n in range(5):
        stripe.ledger.sessions[f"cs_other_{n}"] = stripe.ledger.sessions[session] | {
            "id": f"cs_other_{n}",
            "client_reference_id": "PAY9",
        }
    Payment.objects.update(gateway_ref="", status="unknown")
    assert gateway("stripe").look(Payment.objects.get()).ref == session
    monkeypatch.setattr("payments.gateways.stripe.MOST_SESSIONS", 4)
    with pytest.raises(GatewayUnsure):
        gateway("stripe").look(Payment.objects.get())


def test_fractions_of_a_fils_and_other_currencies_are_refused(owed: Payment, stripe: Double) -> None:
    for wrong in ({"amount": Decimal("10.005")}, {"currency": "KWD"}):
        for name, value in wrong.items():
            setattr(owed, name, value)
        with pytest.raises(GatewayRefused):
            gateway("stripe").open(owed, "https://aqad.example/", "")
    assert stripe.ledger.asked == []


def test_the_double_keeps_stripes_rule_about_keys(owed: Payment, session: str, stripe: Double) -> None:
    with pytest.raises(GatewayUnsure, match="IdempotencyError"):
        gateway("stripe").open(owed, "https://elsewhere.example/", "")
    assert len(stripe.ledger.sessions) == 1


def test_what_a_failure_says_holds_neither_key_nor_answer(
    owed: Payment, session: str, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_not_to_be_seen"
    with pytest.raises(GatewayUnsure) as unsure:
        gateway("stripe").look(owed)
    told = f"{unsure.value!r} {unsure.value.__cause__!r} {capsys.readouterr()}"
    assert "not_to_be_seen" not in told
    assert unsure.value.__suppress_context__


def test_a_callback_settles_without_asking(stripe: Double, owed: Payment, session: str) -> None:
    before = len(stripe.ledger.asked)
    assert post(event(COMPLETED, stripe.ledger.pay(session))) == 200
    assert callbacks.apply_due() == 1
    assert now(owed) == ("captured", "placed", 100)
    assert len(stripe.ledger.asked) == before
    assert Callback.objects.get().event_id == "evt_1"
