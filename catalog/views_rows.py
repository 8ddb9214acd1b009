"""What a vendor changes in its list of products, without leaving it: stock, price, many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog import actions, assortment
from catalog.forms import PriceForm, StockForm
from catalog.models import Product
from core import many
from core.errors import Invalid, WrongMoment
from core.forms import checked
from core.pages import for_role, of_htmx, same_site_referer
from core.roles import Role
from core.words import headline


@require_POST
@for_role(Role.VENDOR)
def change_stock(request: HttpRequest, code: str) -> HttpResponse:
    """Receive or correct stock."""

    def change(row: Product, facts: dict[str, Any]) -> None:
        actions.change_stock(row, facts["change"], facts["reason"], request.user)  # type: ignore[arg-type]

    return _changed(request, code, "stock", StockForm(request.POST), change)


@require_POST
@for_role(Role.VENDOR)
def change_price(request: HttpRequest, code: str) -> HttpResponse:
    """Ask another price from now on; orders keep what they were placed at."""

    def change(row: Product, facts: dict[str, Any]) -> None:
        actions.edit(row, facts, request.user)  # type: ignore[arg-type]

    return _changed(request, code, "price", PriceForm(request.POST), change)


def _changed(
    request: HttpRequest,
    code: str,
    part: str,
    form: forms.Form,
    change: Callable[[Product, dict[str, Any]], None],
) -> HttpResponse:
    """Carry out a change; to htmx the row as it is now, or with what is wrong, otherwise back to where it was made."""
    row = _own(request, code)
    htmx = bool(of_htmx(request))
    said: dict[str, Any] = {"changed": part}
    try:
        change(row, checked(form))
    except (Invalid, WrongMoment) as wrong:
        if not htmx and isinstance(wrong, WrongMoment):
            raise
        said = {"problem": wrong.message, "of": part, "sent": request.POST}
    if htmx:
        return render(request, "catalog/_mine_row.html", {**said, "product": _own(request, code)})
    if "problem" in said:
        messages.error(request, str(said["problem"]))
    else:
        messages.success(request, _("Stock changed.") if part == "stock" else _("Price changed."))
    in_list = request.POST.get("from") == "list" and same_site_referer(request)
    return redirect(in_list or row.page_for(Role.VENDOR))


@require_POST
@for_role(Role.VENDOR)
def move_many(request: HttpRequest, move: str) -> HttpResponse:
    """Put the chosen products on sale, or take them off, and say of each that did not move why."""
    user: Any = request.user
    codes = request.POST.getlist("product")
    report = assortment.move_many(move, codes, user)
    if not codes:
        messages.warning(request, _("No product was chosen."))
    told = ngettext("%(n)d product: %(what)s", "%(n)d products: %(what)s", len(report.moved))
    many.tell(request, report, told % {"n": len(report.moved), "what": headline(f"product.{move}")})
    return redirect(_back(request.POST))


def _back(sent: QueryDict) -> str:
    """The view of the list that a form was sent from."""
    kept = {name: sent[name] for name in ("status", "search", "page") if sent.get(name)}
    return reverse("catalog:mine") + (f"?{urlencode(kept)}" if kept else "")


def _own(request: HttpRequest, code: str) -> Product:
    row: Any = Product.objects.shown().door(request.user, code)
    return row  # type: ignore[no-any-return]
