"""Saved lists: a retailer's usual orders, kept by name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import Product
from core.errors import Invalid, NotThere
from core.forms import checked
from core.pages import for_role
from core.roles import Role
from orders import cart
from orders import lists as keeping
from orders.forms import ListForm, NoteDownForm, QuantityForm
from orders.models import Order, SavedLine
from orders.pricing import refuse_odd


@for_role(Role.RETAILER)
def lists(request: HttpRequest) -> HttpResponse:
    """All lists, and the start of one: empty, from the basket (`cart`), or from an order (its code in `order`)."""
    user: Any = request.user
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.start(form.cleaned_data["name"], user, _source(request))
        except Invalid as wrong:
            form.add_error("name", str(wrong.message))
        else:
            messages.success(request, _("The list “%(name)s” is kept.") % {"name": made.name})
            return redirect(made)
    context = {"lists": keeping.of(user), "form": form, "source": request.POST}
    return render(request, "orders/lists.html", context)


def _source(request: HttpRequest) -> list[tuple[int, int]]:
    """What the new list begins with."""
    if request.POST.get("cart"):
        return list(cart.there(request.user).items())  # type: ignore[arg-type]
    if code := request.POST.get("order"):
        row: Any = Order.objects.door(request.user, code)
        return list(row.lines.values_list("product_id", "quantity"))
    return []


@for_role(Role.RETAILER)
def saved(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One list: its name and quantities, kept by POST."""
    row = keeping.one(pk, request.user)  # type: ignore[arg-type]
    lines = keeping.lines_of(row)
    form = ListForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        try:
            keeping.keep(row, form.cleaned_data["name"], _quantities(request, lines))
        except Invalid as wrong:
            form.add_error(None, str(wrong.message))
        else:
            messages.success(request, _("Saved."))
            return redirect(row)
    return render(request, "orders/saved.html", {"saved": row, "lines": lines, "form": form})


def _quantities(request: HttpRequest, lines: list[SavedLine]) -> dict[int, int]:
    """Product number → units, as sent; raises `Invalid` for what can't be ordered so. 0 takes it off the list."""
    quantities = {}
    for product in [line.product for line in lines]:
        sent = request.POST.get(f"quantity-{product.code}")
        if request.POST.get("remove") == product.code:
            quantities[product.pk] = 0
        elif sent is not None:
            quantities[product.pk] = checked(QuantityForm({"quantity": sent}))["quantity"]
            refuse_odd(product, quantities[product.pk] or product.least)
    return quantities


@require_POST
@for_role(Role.RETAILER)
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything on the list into the basket, saying what is not to be had."""
    user: Any = request.user
    row = keeping.one(pk, user)
    skipped = keeping.order(row, user)
    for sentence in skipped:
        messages.warning(request, sentence)
    if row.lines.count() > len(skipped):
        messages.success(request, _("“%(name)s” is in your basket.") % {"name": row.name})
    return redirect("orders:cart")


@require_POST
@for_role(Role.RETAILER)
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget a list; orders and basket stay as they are."""
    row = keeping.one(pk, request.user)  # type: ignore[arg-type]
    keeping.forget(row)
    messages.success(request, _("The list “%(name)s” is deleted.") % {"name": row.name})
    return redirect("orders:lists")


@for_role(Role.RETAILER)
def note_down(request: HttpRequest, code: str) -> HttpResponse:
    """Put a product on a list, an old or a new one."""
    user: Any = request.user
    product: Product | None = Product.objects.on_sale().coded(code).first()
    if product is None:
        raise NotThere
    form = NoteDownForm(
        user, request.POST or None, initial={"quantity": product.least, "saved": keeping.latest(user)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = _noted(product, form.cleaned_data, user)
        except Invalid as wrong:
            form.add_error(None, str(wrong.message))
        else:
            told = _("%(product)s is on the list “%(name)s”.")
            messages.success(request, told % {"product": product.title, "name": row.name})
            return redirect(product)
    return render(request, "orders/note_down.html", {"product": product, "form": form})


def _noted(product: Product, facts: dict[str, Any], user: Any) -> Any:
    quantity = facts["quantity"]
    refuse_odd(product, quantity)
    if facts["saved"] is None:
        return keeping.start(facts["name"], user, [(product.pk, quantity)])
    keeping.note_down(facts["saved"], product, quantity)
    return facts["saved"]
