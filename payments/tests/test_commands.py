"""The operators' commands: what the workers do, by hand."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from core.models import Answer, Reaction
from orders.models import Checkout, Order
from payments.gateways.sandbox import sign
from payments.models import Payment
from payments.tests.conftest import Bank
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db

LONG_AGO = "2026-01-01T00:00:00Z"


def said(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_relay_carries_out_what_is_due(cast: Cast) -> None:
    cast.order(1)
    due = Reaction.objects.filter(done_at=None).count()
    assert f"Reactions done: {due}" in said("relay")
    assert "Reactions done: 0" in said("relay")
    assert Api(cast.fatima).get("/notifications").json()["data"]


def test_settle_applies_callbacks(owed: Payment) -> None:
    body = json.dumps(
        {"event_id": "evt_1", "fact": "captured", "reference": owed.code, "session": "sess_1",
         "amount": str(owed.amount), "currency": "AED"}
    ).encode()  # fmt: skip
    signature = sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), body)
    headers = {"Sandbox-Signature": signature}
    Client().post("/api/payments/webhooks/sandbox", body, content_type="application/json", headers=headers)
    assert "Callbacks applied: 1" in said("settle")
    assert Order.objects.get().status == "placed"


def test_settle_asks_about_silent_payments(owed: Payment, page: str, bank: Bank) -> None:
    bank.pay(page, "4000000000000341")
    Payment.objects.update(asked_at=LONG_AGO)
    assert "Payments asked about: 1" in said("settle")
    assert Order.objects.get().status == "placed"


def test_sweep_ends_what_nobody_paid_and_tidies(owed: Payment, page: str, bank: Bank) -> None:
    Checkout.objects.update(reserved_until=LONG_AGO)
    Answer.objects.update(at=LONG_AGO)
    told = said("sweep")
    assert "Checkouts ended: 1" in told
    assert "Old answers deleted: 1" in told
    assert Order.objects.get().status == "expired"


def test_demo_is_refused_outside_the_demo(settings: Any) -> None:
    from django.core.management.base import CommandError

    settings.TESTING = settings.DEMO = False
    with pytest.raises(CommandError, match="only for AQAD_DEMO=true"):
        said("demo")
