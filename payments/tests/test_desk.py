"""Staff at their desk: money back by hand, callbacks settled once more, what failed tried again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import events
from core.models import Event, Reaction
from orders.models import Order
from payments import callbacks
from payments.models import Callback, Payment, Refund
from payments.tests.test_callbacks import post, told
from tests.cast import Cast, bank_says

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Client:
    """Sara in Django Admin."""
    client = Client()
    client.force_login(cast.sara, backend="accounts.backends.EmailBackend")
    return client


def give(desk: Client, owed: Payment, amount: str, key: Any = None) -> str:
    """Sara fills in the form; answers the page she lands on."""
    fields = {"amount": amount, "reason": "Two cartons arrived wet.", "key": str(key or uuid.uuid4())}
    answer = desk.post(reverse("admin:payments_payment_refund", args=[owed.pk]), fields, follow=True)
    return str(answer.content.decode())


def chosen(desk: Client, name: str, pk: int) -> None:
    """The action "Try again" on one row of a list."""
    fields = {"action": "try_again", "_selected_action": [pk]}
    assert desk.post(reverse(f"admin:{name}_changelist"), fields).status_code == 302


def test_sara_gives_back_what_is_left(desk: Client, owed: Payment) -> None:
    bank_says(owed.code)
    page = desk.get(reverse("admin:payments_payment_change", args=[owed.pk])).content.decode()
    assert 'value="3412.50"' in page
    assert "is on its way" in give(desk, owed, "65.00")
    assert str(Refund.objects.get().amount) == "65.00"
    page = desk.get(reverse("admin:payments_payment_change", args=[owed.pk])).content.decode()
    assert 'value="3347.50"' in page


def test_a_double_click_gives_back_once(desk: Client, owed: Payment) -> None:
    bank_says(owed.code)
    key = uuid.uuid4()
    for _ in range(2):
        assert "Refund RF" in give(desk, owed, "65.00", key)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "sentence"), [("3412.51", "Less than that is left"), ("-1", "greater than")]
)
def test_too_much_or_nonsense_is_told_and_changes_nothing(
    desk: Client, owed: Payment, amount: str, sentence: str
) -> None:
    bank_says(owed.code)
    assert sentence in give(desk, owed, amount)
    assert not Refund.objects.exists()


def test_no_form_where_nothing_is_left(desk: Client, owed: Payment) -> None:
    page = desk.get(reverse("admin:payments_payment_change", args=[owed.pk])).content.decode()
    assert 'form="refund"' not in page
    assert "Less than that is left" in give(desk, owed, "1.00")


def test_a_parked_callback_is_settled_once_more(desk: Client, owed: Payment) -> None:
    post(told(owed))
    Callback.objects.update(parked=True, problem="the disk was full")
    assert callbacks.apply_due() == 0
    chosen(desk, "payments_callback", Callback.objects.get().pk)
    assert callbacks.apply_due() == 1
    assert Order.objects.get().status == "placed"
    assert Event.objects.get(name="callback.again").actor == "Staff Sara"


def test_a_replayed_callback_changes_nothing_more(desk: Client, owed: Payment) -> None:
    post(told(owed))
    callbacks.apply_due()
    before = Payment.objects.get().version
    chosen(desk, "payments_callback", Callback.objects.get().pk)
    assert callbacks.apply_due() == 1
    assert Payment.objects.get().version == before


def test_a_dead_reaction_is_tried_again(desk: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.order(1)
    Reaction.objects.update(dead=True, attempts=events.DEAD_AFTER, problem="mail server away")
    assert events.relay() == 0
    chosen(desk, "core_reaction", Reaction.objects.get().pk)
    assert events.relay() >= 1
    chosen(desk, "core_reaction", Reaction.objects.exclude(done_at=None)[0].pk)
    assert Event.objects.filter(name="reaction.again").count() == 1
