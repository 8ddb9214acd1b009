"""Pages of orders: basket, lists, and the one page that buyer, seller and staff share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import Product
from core.errors import Invalid, NotThere
from core.forms import checked
from core.pages import for_role, made_move, of_htmx
from core.roles import Role
from orders import cart as basket
from orders import watching
from orders.actions import VERBS
from orders.forms import QuantityForm
from orders.lifecycle import OrderStatus
from orders.models import Order

PAGE = 25


@for_role(Role.RETAILER)
def cart(request: HttpRequest) -> HttpResponse:
    """The basket by vendor."""
    user: Any = request.user
    lines = list(basket.lines_of(user))
    context = {"baskets": basket.baskets(lines), "whole": basket.Basket(None, lines)}
    return render(request, "orders/cart.html", context)


@require_POST
@for_role(Role.RETAILER)
def put(request: HttpRequest, code: str) -> HttpResponse:
    """Add to the basket (`add`, the smallest order unless told), or set a line's quantity; 0 takes it out.

    To htmx an addition is told in place.
    """
    user: Any = request.user
    form = QuantityForm(request.POST)
    more = bool(request.POST.get("add"))
    if form.is_valid() and not form.cleaned_data["quantity"] and not more:
        basket.drop(code, user)
        return redirect("orders:cart")
    product: Product | None = Product.objects.on_sale().coded(code).first()
    if product is None:
        raise NotThere
    try:
        quantity = product.least if more and "quantity" not in request.POST else checked(form)["quantity"]
        (basket.add if more else basket.put)(product, quantity, user)
    except Invalid as wrong:
        messages.error(request, str(wrong.message))
    else:
        if more:
            messages.success(request, _("%(name)s is in your basket.") % {"name": product.title})
    if more and of_htmx(request):
        return render(request, "orders/_added.html")
    return redirect("orders:cart")


@for_role(Role.RETAILER)
def orders(request: HttpRequest) -> HttpResponse:
    """The retailer's orders, newest first."""
    rows = Order.objects.seen_by(request.user).shown().order_by("-pk")
    status = request.GET.get("status", "")
    rows = rows.filter(status=status) if status in OrderStatus.values else rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    mark = watching.mark(page.object_list)
    if watching.unchanged(request, mark):
        return HttpResponse(status=204)
    context = {
        "page": page,
        "mark": mark,
        "status": status,
        "statuses": OrderStatus.choices,
    }
    return render(request, "orders/list.html", context)


@for_role(Role.RETAILER, Role.VENDOR, Role.STAFF)
def order(request: HttpRequest, code: str) -> HttpResponse:
    """One order: lines, money, where it stands, what may be done."""
    row: Any = Order.objects.shown().door(request.user, code)
    mark = watching.mark([row])
    if watching.unchanged(request, mark):
        return HttpResponse(status=204)
    deliveries = sorted(row.deliveries.all(), key=lambda each: -each.pk)
    delivery = deliveries[0] if deliveries else None
    history = list(row.history())
    context = {
        "order": row,
        "mark": mark,
        "payment": row.allocation.payment,
        "delivery": delivery,
        "hand_over_code": delivery.code_for(request.user) if delivery else None,
        "driver": delivery.driver_for(request.user) if delivery else "",
        "refunds": row.refunds.all(),
        "moves": row.moves_for(request.user),
        "history": history,
        "reached": next((event.before for event in reversed(history) if event.after == row.status), ""),
    }
    return render(request, "orders/order.html", context)


@require_POST
@for_role(Role.RETAILER)
def reorder(request: HttpRequest, code: str) -> HttpResponse:
    """Order the same again: into the basket, saying what is no longer to be had."""
    user: Any = request.user
    row: Any = Order.objects.shown().door(user, code)
    lines, skipped = basket.refill(row, user)
    for sentence in skipped:
        messages.warning(request, sentence)
    if lines:
        messages.success(request, _("The products of %(code)s are in your basket.") % {"code": row.code})
    return redirect("orders:cart")


@require_POST
@for_role(Role.RETAILER, Role.VENDOR, Role.STAFF)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Accept, reject, ready, cancel."""
    row: Any = Order.objects.door(request.user, code)
    return made_move(request, VERBS, move, row, then=row.get_absolute_url())
