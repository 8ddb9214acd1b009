"""Pages of a vendor's day: the dashboard, the queue of orders, and the slips that goods are packed by."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog import supply
from catalog.lifecycle import ProductStatus
from catalog.models import Product
from core import many
from core.errors import NotThere
from core.pages import for_role
from core.replicas import readable
from core.roles import Role
from core.words import headline
from orders import figures, queue
from orders.lifecycle import OrderStatus
from orders.models import Order
from vendors import expiring

PAGE = 25
WAITING_SHOWN = 8
LOW_SHOWN = 8


@for_role(Role.VENDOR)
@readable
def dashboard(request: HttpRequest) -> HttpResponse:
    """What the vendor must do now, and how it is going."""
    user: Any = request.user
    today, counts = figures.today(), figures.counts(user)
    goods = Product.objects.seen_by(user)
    sales, best = figures.sales(user, today), figures.best(user, today)
    context = {
        "waiting": queue.rows(user, "")[:WAITING_SHOWN],
        "late": queue.late(user),
        "counts": counts,
        "to_do": queue.counted(counts, ""),
        "on_the_way": queue.counted(counts, "on_the_way"),
        "listed": goods.filter(status=ProductStatus.LISTED).count(),
        "low": supply.running_low(goods)[:LOW_SHOWN],
        "papers": [paper for paper in user.business.vendor.papers() if paper.status == "rejected"],
        "licence": expiring.licence_of(user.business),
        "sales": sales,
        "best": best,
        "charts": _charts(sales, best),
    }
    return render(request, "orders/dashboard.html", context)


def _charts(sales: figures.Sales, best: list[figures.Best]) -> dict[str, Any]:
    """The numbers of both charts; amounts as plain numbers, for they are only drawn."""
    return {
        "sales": {
            "labels": [date_format(day.day, "j M") for day in sales.days],
            "now": [float(day.net) for day in sales.days],
            "before": [float(day.before) for day in sales.days],
        },
        "best": {
            "labels": [row.title for row in best],
            "now": [float(row.net) for row in best],
            "before": [float(row.before) for row in best],
        },
    }


@for_role(Role.VENDOR)
def incoming(request: HttpRequest) -> HttpResponse:
    """The vendor's orders as a queue."""
    user: Any = request.user
    view = request.GET.get("status", "")
    view = view if view in queue.VIEWS else ""
    counts = figures.counts(user)
    page = Paginator(queue.rows(user, view), PAGE).get_page(request.GET.get("page"))
    tabs = [
        {
            "label": label,
            "url": f"?status={name}" if name else "?",
            "active": name == view,
            "count": queue.counted(counts, name),
        }
        for name, (label, _statuses) in queue.VIEWS.items()
    ]
    return render(request, "orders/incoming.html", {"page": page, "view": view, "tabs": tabs})


@require_POST
@for_role(Role.VENDOR)
def move_many(request: HttpRequest, move: str) -> HttpResponse:
    """Make one move on the chosen orders, and say of each that did not move why."""
    user: Any = request.user
    codes = request.POST.getlist("order")
    report = queue.move_many(move, codes, user)
    if not codes:
        messages.warning(request, _("No order was chosen."))
    told = ngettext("%(n)d order: %(what)s", "%(n)d orders: %(what)s", len(report.moved))
    many.tell(request, report, told % {"n": len(report.moved), "what": headline(move)})
    return redirect(_back(request.POST))


@for_role(Role.VENDOR)
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """What to pack for one order."""
    row = Order.objects.door(request.user, code)
    return _slips(request, [row.pk])


@for_role(Role.VENDOR)
def slips(request: HttpRequest) -> HttpResponse:
    """What to pack for the chosen orders, a sheet each. A POST leads to an address that can be printed again."""
    user: Any = request.user
    if request.method == "POST":
        codes = request.POST.getlist("order")[: queue.MOST]
        if not codes:
            messages.warning(request, _("No order was chosen."))
            return redirect(_back(request.POST))
        return redirect(f"{reverse('orders:slips')}?{urlencode({'order': codes}, doseq=True)}")
    found = queue.chosen(request.GET.getlist("order"), user)
    if not found:
        raise NotThere
    return _slips(request, [row.pk for row in found.values()])


def _slips(request: HttpRequest, keys: list[int]) -> HttpResponse:
    rows = Order.objects.seen_by(request.user).filter(pk__in=keys)
    rows = rows.select_related("checkout", "vendor", "retailer").prefetch_related("lines__product")
    ended = {OrderStatus.CANCELLED, OrderStatus.REJECTED}
    return render(request, "orders/slips.html", {"orders": rows.order_by("placed_at", "pk"), "ended": ended})


def _back(sent: QueryDict) -> str:
    """The view of the queue that a form was sent from."""
    view = sent.get("status", "")
    return reverse("orders:incoming") + (f"?status={view}" if view in queue.VIEWS and view else "")
