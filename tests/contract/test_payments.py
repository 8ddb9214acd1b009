"""Payments and refunds, row by row."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from payments.gateways.sandbox import sign
from payments.lifecycle import PaymentStatus, RefundStatus
from tests.cast import Api, Cast, bank_says, key, workers_run
from tests.contract.rows import row
from tests.contract.shapes import PAYMENT, PAYMENT_STATUSES, REFUND, REFUND_STATUSES, data, refused

pytestmark = pytest.mark.django_db


@row("GET /api/payments/{payment}")
def test_get_api_payment(cast: Cast) -> None:
    path = f"/payments/{cast.order(100)['payments'][0]['id']}"
    told = data(Api(cast.fatima).get(path), 200, PAYMENT)
    assert (told["amount"], told["status"]) == ("3412.50", "created")
    data(Api(cast.sara).get(path), 200, PAYMENT)
    refused(Api(cast.ahmed).get(path), 404, "not_found")
    refused(Api(cast.strangers().huda).get(path), 404, "not_found")


def callback(payment: str, signature: str | None = None) -> Any:
    """The bank says it is paid."""
    facts = {"event_id": "evt_1", "fact": "captured", "reference": payment, "session": "sess_1"}
    body = json.dumps(facts | {"amount": "3412.50", "currency": "AED"}).encode()
    good = sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), body)
    headers = {"Sandbox-Signature": good if signature is None else signature}
    path = "/api/payments/webhooks/sandbox"
    return Client().post(path, body, content_type="application/json", headers=headers)


@row("POST /api/payments/webhooks/{gateway}", "a callback that is not signed")
def test_post_api_payments_webhooks(cast: Cast) -> None:
    payment = cast.order(100)["payments"][0]["id"]
    for forged in ("", "t=1,v1=00", "nonsense"):
        refused(callback(payment, forged), 401, "unauthorized")
    workers_run()
    assert Api(cast.fatima).get(f"/payments/{payment}").json()["data"]["status"] == "created"
    data(callback(payment), 200, lambda told: told is None)
    workers_run()
    assert Api(cast.fatima).get(f"/payments/{payment}").json()["data"]["status"] == "captured"


@row("POST /api/payments/{payment}/refunds")
def test_post_api_payment_refunds(cast: Cast) -> None:
    payment = cast.order(100)["payments"][0]["id"]
    bank_says(payment)
    path, body = f"/payments/{payment}/refunds", {"amount": "65.00", "reason": "Two cartons were wet."}
    made = data(Api(cast.sara).post(path, body, **key()), 201, REFUND)
    assert (made["amount"], made["status"]) == ("65.00", "pending")
    assert data(Api(cast.fatima).get(f"/payments/{payment}"), 200, PAYMENT)["refunds"] == [made]
    refused(Api(cast.sara).post(path, body | {"amount": "4000.00"}, **key()), 409, "wrong_state")
    refused(Api(cast.sara).post(path, body | {"amount": "0"}, **key()), 400, "invalid")
    refused(Api(cast.fatima).post(path, body, **key()), 403, "forbidden")


@row("statuses")
def test_payment_and_refund_statuses() -> None:
    assert set(PaymentStatus.values) == set(PAYMENT_STATUSES)
    assert set(RefundStatus.values) == set(REFUND_STATUSES)
