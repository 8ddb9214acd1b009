"""A form sent twice, one after the other or at once, orders and gives back once; both see the same."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.access import OwnedQuerySet
from orders import cart
from orders.models import CartLine, Checkout, Order
from payments.models import Payment, Refund
from tests.cast import Cast, bank_says
from tests.rivals import rival, somebody_waits
from tests.test_races import at_once

CLICKS = 4


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.EmailBackend")
    return client


def sender(person: User, path: str, fields: dict[str, Any]) -> Callable[..., tuple[int, str]]:
    """One click: the status, and where it leads."""
    cookies = browser(person).cookies

    def click(_number: int = 0) -> tuple[int, str]:
        client = Client()
        client.cookies = cookies
        answer = client.post(path, fields)
        return answer.status_code, answer.headers.get("Location", "")

    return click


def form(cast: Cast, **changed: Any) -> dict[str, Any]:
    """Fatima's basket at the checkout: 10 cartons of Pepsi."""
    CartLine.objects.create(retailer=cast.fresh_mart, product=cast.pepsi, quantity=10)
    page = browser(cast.fatima).get("/checkout/")
    initial = page.context["form"].initial
    return {
        "address": str(cast.deira.pk),
        "payment_method": "card",
        "key": str(initial["key"]),
        "expected_total": str(initial["expected_total"]),
    } | changed


@pytest.mark.django_db
def test_the_checkout_sent_again_leads_to_the_same_payment(cast: Cast) -> None:
    fields = form(cast)
    click = sender(cast.fatima, "/checkout/", fields)
    first, again = click(), click()
    assert first == again == (302, f"/payments/{Payment.objects.get().code}/")
    assert (Checkout.objects.count(), CartLine.objects.count()) == (1, 0)
    assert sender(cast.fatima, "/checkout/", fields | {"payment_method": "cash_on_delivery"})()[0] == 422


@pytest.mark.django_db(transaction=True)
def test_the_checkout_clicked_at_once_is_one_order(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    cast = Cast()
    answers = Counter(at_once(CLICKS, sender(cast.fatima, "/checkout/", form(cast))))
    assert answers == {(302, f"/payments/{Payment.objects.get().code}/"): CLICKS}
    assert Order.objects.count() == 1


def two_tabs(cast: Cast) -> None:
    """The same basket sent off twice, each time under a key of its own: the second comes while the first is at it."""
    fields = form(cast)
    first, second = (sender(cast.fatima, "/checkout/", fields | {"key": str(uuid.uuid4())}) for _ in range(2))
    with rival(first, somebody_waits) as tab:
        second()
    assert tab.result()[0] == 302


@pytest.mark.django_db(transaction=True)
def test_two_tabs_order_a_basket_once(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    two_tabs(Cast())
    assert (Order.objects.count(), CartLine.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_tabs_order_it_twice(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATELIMIT_ENABLE = False
    monkeypatch.setattr(OwnedQuerySet, "select_for_update", lambda self, **how: self)
    two_tabs(Cast())
    assert Order.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_giving_back_clicked_at_once_gives_back_once() -> None:
    cast = Cast()
    owed = Payment.objects.coded(cast.order()["payments"][0]["id"]).get()
    bank_says(owed.code)
    path = reverse("admin:payments_payment_refund", args=[owed.pk])
    fields = {"amount": "65.00", "reason": "Two cartons arrived wet.", "key": str(uuid.uuid4())}
    answers = Counter(at_once(CLICKS, sender(cast.sara, path, fields)))
    assert answers == {(302, reverse("admin:payments_payment_change", args=[owed.pk])): CLICKS}
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_additions_at_once_each_counts(cast: Cast) -> None:
    product, person = cast.pepsi, cast.fatima
    assert at_once(CLICKS, lambda _number: cart.add(product, 5, person)) == [None] * CLICKS
    assert CartLine.objects.get().quantity == 5 * CLICKS
