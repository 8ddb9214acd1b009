"""Pages of the catalogue, and of vendors who keep it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog import actions
from catalog.forms import KeptProductForm, NewProductForm, StockForm
from catalog.models import Brand, Category, Product
from core.errors import NotThere
from core.pages import for_role, made_move
from core.roles import Role

PAGE = 24


def browse(request: HttpRequest) -> HttpResponse:
    """What is on sale, searched and narrowed."""
    asked = {name: request.GET.get(name, "") for name in ("search", "category", "brand", "vendor")}
    rows = Product.objects.on_sale().shown().found(asked["search"])
    rows = rows.narrowed(asked["category"], asked["brand"], asked["vendor"]).order_by("-pk")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "categories": Category.objects.all(),
        "brands": Brand.objects.all(),
    }
    return render(request, "catalog/list.html", context)


def product(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """One product on sale; its own vendor also sees it off sale."""
    row: Product | None = Product.objects.on_sale().shown().coded(code).first()
    if row is None:
        row = Product.objects.seen_by(request.user).shown().coded(code).first()
    if row is None:
        raise NotThere
    if request.path != row.get_absolute_url():
        return redirect(row, permanent=True)
    return render(request, "catalog/product.html", {"product": row})


@for_role(Role.VENDOR)
def mine(request: HttpRequest) -> HttpResponse:
    """The vendor's products."""
    rows = Product.objects.seen_by(request.user).shown().order_by("-pk")
    context = {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    return render(request, "catalog/mine.html", context)


@for_role(Role.VENDOR)
def create(request: HttpRequest) -> HttpResponse:
    """List a product."""
    user: Any = request.user
    draft = Product(vendor_id=user.business_id)
    form = NewProductForm(request.POST or None, request.FILES or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        pictures = [facts["image"]] if facts["image"] else []
        made = actions.create(facts, facts["quantity"], user, pictures)
        messages.success(request, _("%(name)s is on sale.") % {"name": made.title})
        return redirect("catalog:edit", made.code)
    return render(request, "catalog/create.html", {"form": form})


@for_role(Role.VENDOR)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The vendor's own view of a product: facts, stock, pictures, movements."""
    row = _own(request, code)
    user: Any = request.user
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = KeptProductForm(*sent, instance=_own(request, code), initial=KeptProductForm.of(row))
    if request.method == "POST" and form.is_valid():
        actions.edit(row, form.cleaned_data, user)
        if form.cleaned_data["image"]:
            actions.add_picture(row, form.cleaned_data["image"], user)
        messages.success(request, _("Saved."))
        return redirect("catalog:edit", row.code)
    context = {
        "product": row,
        "form": form,
        "stock_form": StockForm(),
        "movements": row.movements.order_by("-pk")[:20],
        "moves": row.moves_for(request.user),
    }
    return render(request, "catalog/edit.html", context)


@require_POST
@for_role(Role.VENDOR)
def change_stock(request: HttpRequest, code: str) -> HttpResponse:
    """Receive or correct stock."""
    row, form = _own(request, code), StockForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        actions.change_stock(row, facts["change"], facts["reason"], request.user)  # type: ignore[arg-type]
        messages.success(request, _("Stock changed."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("catalog:edit", row.code)


@require_POST
@for_role(Role.VENDOR)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Put on sale, take off sale, archive."""
    row = _own(request, code)
    return made_move(request, actions.VERBS, move, row, then=row.page_for(Role.VENDOR))


def _own(request: HttpRequest, code: str) -> Product:
    row: Any = Product.objects.shown().door(request.user, code)
    return row  # type: ignore[no-any-return]
