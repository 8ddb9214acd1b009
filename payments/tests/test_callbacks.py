"""The callback inbox: genuine ones are kept once and settled once; all else is refused."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Order
from payments import callbacks
from payments.gateways.sandbox import sign
from payments.models import Callback, Payment
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PATH = "/api/payments/webhooks/sandbox"


def told(owed: Payment, **facts: Any) -> bytes:
    """What the bank says of a payment."""
    body = {
        "event_id": "evt_1", "fact": "captured", "merchant": "aqad", "reference": owed.code, "session": "sess_1",
        "amount": str(owed.amount), "currency": "AED", "failure": None, "at": "2026-11-23T08:00:00Z",
    }  # fmt: skip
    return json.dumps(body | facts).encode()


def post(body: bytes, signature: str | None = None, path: str = PATH) -> int:
    """Deliver it, signed as the bank signs unless told otherwise."""
    if signature is None:
        signature = sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), body)
    headers = {"Sandbox-Signature": signature} if signature else {}
    return Client().post(path, body, content_type="application/json", headers=headers).status_code


def test_kept_first_settled_by_a_worker(owed: Payment) -> None:
    assert post(told(owed)) == 200
    assert Order.objects.get().status == "awaiting_payment"
    assert callbacks.apply_due() == 1
    assert Order.objects.get().status == "placed"


def test_copies_are_kept_once(owed: Payment) -> None:
    assert [post(told(owed)) for _ in range(25)] == [200] * 25
    assert Callback.objects.count() == 1
    assert callbacks.apply_due() == 1
    assert callbacks.apply_due() == 0


def test_failed_after_captured_changes_nothing(owed: Payment) -> None:
    post(told(owed))
    post(told(owed, event_id="evt_2", fact="failed"))
    callbacks.apply_due()
    assert (Payment.objects.get().status, Order.objects.get().status) == ("captured", "placed")


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: "",
        lambda body: "t=1,v1=00",
        lambda body: "nonsense",
        lambda body: "t=abc,v1=",
        lambda body: sign("another secret", int(time.time()), body),
        lambda body: sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()) - 400, body),
        lambda body: sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()) + 400, body),
        lambda body: sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), body + b" "),
    ],
)
def test_forged_and_stale_ones_are_refused(owed: Payment, forge: Any) -> None:
    body = told(owed)
    assert post(body, forge(body)) == 401
    assert not Callback.objects.exists()


def test_the_former_secret_is_good_while_secrets_change(owed: Payment, settings: Any) -> None:
    body, signed = told(owed), sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), told(owed))
    settings.SANDBOX_BANK_CALLBACK_SECRET_FORMER = settings.SANDBOX_BANK_CALLBACK_SECRET
    settings.SANDBOX_BANK_CALLBACK_SECRET = "the new one"
    assert post(body, signed) == 200
    settings.SANDBOX_BANK_CALLBACK_SECRET_FORMER = ""
    assert post(body, signed) == 401


def test_an_altered_amount_breaks_the_signature(owed: Payment) -> None:
    body = told(owed)
    good = sign(settings.SANDBOX_BANK_CALLBACK_SECRET, int(time.time()), body)
    assert post(body.replace(b"3412.50", b"0.01"), good) == 401


def test_an_unknown_gateway_is_not_there(owed: Payment) -> None:
    assert post(told(owed), path="/api/payments/webhooks/nobody") == 404


def test_too_large_a_body_is_refused(owed: Payment) -> None:
    assert post(told(owed, failure="x" * 70_000)) == 413


def test_faster_than_our_own_commit_waits_and_is_settled_later(owed: Payment) -> None:
    early = told(owed).replace(owed.code.encode(), f"PAY{owed.pk + 1}".encode())
    assert post(early) == 200
    assert callbacks.apply_due() == 0
    row = Callback.objects.get()
    assert (row.applied_at, row.parked, row.problem) == (None, False, "unknown payment")


def test_two_callbacks_of_one_capture_are_both_settled(owed: Payment) -> None:
    """The second one says nothing new, which is no problem."""
    post(told(owed))
    post(told(owed, event_id="evt_2"))
    assert callbacks.apply_due() == 2
    assert list(Callback.objects.values_list("problem", "attempts")) == [("", 1), ("", 1)]


def test_what_says_nothing_new_waits_for_nobody(owed: Payment) -> None:
    post(told(owed))
    assert callbacks.apply_due() == 1
    for number, fact in enumerate(("captured", "pending", "failed")):
        post(told(owed, event_id=f"evt_again_{number}", fact=fact))
    with CaptureQueriesContext(connection) as asked:
        assert callbacks.apply_due() == 3
    assert [each["sql"] for each in asked if "FOR NO KEY UPDATE" in each["sql"]] == []
    assert not Callback.objects.filter(applied_at=None).exists()


def test_it_is_marked_with_its_effect_or_not_at_all(owed: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    post(told(owed))
    monkeypatch.setattr(callbacks, "APPLIED", "UPDATE nowhere SET at = $1 WHERE id = $2")
    assert callbacks.apply_due() == 0
    assert (Callback.objects.get().applied_at, Payment.objects.get().status) == (None, "created")
    monkeypatch.undo()
    Callback.objects.update(due_at=Now())
    assert callbacks.apply_due() == 1
    assert Payment.objects.get().status == "captured"


def test_a_gateway_speaks_of_its_own_payments_only(owed: Payment) -> None:
    """Also a genuine callback of the sandbox bank pays nothing that goes through Stripe."""
    Payment.objects.update(gateway="stripe")
    assert post(told(owed)) == 200
    assert callbacks.apply_due() == 0
    assert Callback.objects.get().problem == "unknown payment"
    assert (Payment.objects.get().status, Order.objects.get().status) == ("created", "awaiting_payment")


def test_a_callback_knows_of_which_payment_it_speaks(owed: Payment, cast: Cast) -> None:
    """As soon as it was read, also where it can't be settled; staff find it with the payment."""
    post(told(owed, fact="pending"))
    post(told(owed, event_id="evt_2", reference="PAY999999"))
    post(told(owed, event_id="evt_3", reference="X" * 300))
    post(b"nonsense")
    assert set(Callback.objects.values_list("reference", flat=True)) == {""}
    callbacks.apply_due()
    read = dict(Callback.objects.values_list("event_id", "reference"))
    assert [read[f"evt_{n}"] for n in (1, 2, 3)] == [owed.code, "PAY999999", "X" * 100]
    assert "" in read.values()
    desk = Client()
    desk.force_login(cast.sara, backend="accounts.backends.EmailBackend")
    page = desk.get(reverse("admin:payments_payment_change", args=[owed.pk]))
    assert [row.event_id for row in page.context["callbacks"]] == ["evt_1"]


def test_it_knows_it_also_when_settling_fails(owed: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_facts: Any) -> None:
        raise OperationalError("connection lost")

    monkeypatch.setattr(callbacks, "settle", away)
    post(told(owed))
    assert callbacks.apply_due() == 0
    row = Callback.objects.get()
    assert (row.reference, row.parked, "connection lost" in row.problem) == (owed.code, False, True)


@pytest.mark.parametrize(
    "amount", [None, "", "0", "-3412.50", "NaN", "Infinity", "1e30", "3412.505", "much", []]
)
def test_a_capture_that_does_not_say_how_much_is_parked(owed: Payment, amount: Any) -> None:
    assert post(told(owed, amount=amount)) == 200
    assert callbacks.apply_due() == 0
    assert Callback.objects.get().parked
    assert (Payment.objects.get().status, Payment.objects.get().captured) == ("created", 0)


@pytest.mark.parametrize(
    "poison", [b"<html>", b"[]", b'{"event_id": "evt_9"}', b'{"event_id": "x", "fact": 7}', b"\xff\x00"]
)
def test_poison_is_parked_with_a_reason_and_blocks_nobody(owed: Payment, poison: bytes) -> None:
    assert post(poison) == 200
    assert post(told(owed)) == 200
    assert callbacks.apply_due() == 1
    row = Callback.objects.get(applied_at=None)
    assert row.parked
    assert row.problem
    assert Order.objects.get().status == "placed"


@pytest.mark.parametrize(
    "facts",
    [
        {"reference": "PAY1001\x00"},
        {"reference": "\ud800"},
        {"currency": "dirham"},
        {"currency": ["AED"]},
        {"session": "s" * 300},
        {"session": "s\x00"},
        {"fact": "failed", "session": "\ud800"},
    ],
)
def test_words_we_cannot_keep_are_in_nobodys_way(owed: Payment, facts: Any) -> None:
    """Genuine, and kept as bytes; what of it fits in no column is no fact, and the next one is settled."""
    assert post(told(owed, event_id="evt_odd", **facts)) == 200
    assert post(told(owed)) == 200
    assert callbacks.apply_due() == 1
    odd = Callback.objects.get(applied_at=None)
    assert odd.parked or odd.problem == "unknown payment"
    assert Order.objects.get().status == "placed"


@pytest.mark.parametrize("event_id", ["e\x00", "\ud800", "e" * 300])
def test_an_odd_name_of_an_event_is_kept_as_far_as_it_can_be(owed: Payment, event_id: str) -> None:
    assert [post(told(owed, event_id=event_id)) for _ in range(2)] == [200, 200]
    assert callbacks.apply_due() == 1
    assert Order.objects.get().status == "placed"


def test_a_long_story_why_it_failed_is_cut(owed: Payment) -> None:
    assert post(told(owed, fact="failed", amount=None, failure="x" * 300)) == 200
    assert callbacks.apply_due() == 1
    assert Payment.objects.get().failure == "x" * 200
    assert Order.objects.get().status == "failed"
