"""Pages of paying: checkout, the door to the gateway, and the way back, which shows and never decides."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import limits
from core.errors import Invalid, NotThere
from core.idempotency import once
from core.pages import for_role, to_login
from core.roles import Role
from orders import cart as basket
from orders.forms import CheckoutForm
from orders.models import Checkout, PaymentMethod
from payments import actions, asking
from payments.lifecycle import OPEN
from payments.models import Payment


@for_role(Role.RETAILER)
def checkout(request: HttpRequest) -> HttpResponse:
    """The whole checkout on one page: baskets, address, payment."""
    user: Any = request.user
    lines = list(basket.lines_of(user))
    whole = basket.Basket(None, lines)
    form = CheckoutForm(
        user, request.POST or None, initial={"key": uuid.uuid4(), "expected_total": whole.total}
    )
    if request.method == "POST" and form.is_valid():
        limits.hit(request, "order", "60/m", key=str(user.pk))
        try:
            return _placed(form.cleaned_data, user)
        except Invalid as wrong:
            form.add_error(None, str(wrong.message))
    if request.method != "POST" and not lines:
        return redirect("orders:cart")
    context = {"form": form, "baskets": basket.baskets(lines), "whole": whole}
    return render(request, "payments/checkout.html", context)


def _placed(facts: dict[str, Any], user: Any) -> HttpResponse:
    """Order what the basket holds, once for the form's key, and go on to pay."""
    asked = {name: str(facts[name]) for name in ("address", "payment_method", "expected_total")}

    def work() -> dict[str, int]:
        with actions.checking_out(
            basket.lift(user),
            address=facts["address"],
            method=facts["payment_method"],
            by=user,
            expected_total=facts["expected_total"],
            note=facts["note"],
        ) as bought:
            return {"checkout": bought.checkout.pk}

    made = Checkout.objects.get(pk=once(user.business_id, f"form-{facts['key']}", asked, work)["checkout"])
    if made.method == PaymentMethod.CARD:
        return redirect("payments:pay", made.payments.get().code)
    return redirect(made.orders.get() if made.orders.count() == 1 else "orders:list")


def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Lead the payer to the gateway's page: its owner by session, or whoever holds a fresh signed address."""
    payment: Any = _payable(request, code)
    if payment is None:
        return to_login(request)
    limits.hit(request, "pay", "30/m")
    if payment.status not in OPEN:
        return redirect(f"{reverse('payments:return')}?reference={payment.code}")
    return redirect(actions.open_page(payment))


def _payable(request: HttpRequest, code: str) -> Payment | None:
    """The payment this request may open; None for a stranger who might sign in."""
    if actions.link_opens(code, request.GET.get("t", "")):
        return Payment.objects.coded(code).first()
    if not request.user.is_authenticated:
        return None
    payment: Payment | None = Payment.objects.seen_by(request.user).coded(code).first()
    if payment is None:
        raise NotThere
    return payment


def back(request: HttpRequest) -> HttpResponse:
    """Back from the gateway: what we know by now of the payer's own payment; the address's words are ignored."""
    payment = _named(request)
    deciding = payment is not None and payment.status in OPEN
    if payment and deciding:
        asking.watched(payment)
    context = {
        "payment": payment,
        "deciding": deciding,
        "orders": payment.checkout.orders.all() if payment else [],
    }
    return render(request, "payments/return.html", context)


def _named(request: HttpRequest) -> Payment | None:
    code = request.GET.get("reference", "")[:24]
    if not request.user.is_authenticated or not code:
        return None
    return Payment.objects.seen_by(request.user).select_related("checkout").coded(code).first()
