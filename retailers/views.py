"""Pages of retailers: registration and addresses."""

from __future__ import annotations

import mimetypes
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.tokens import BACKEND
from core import limits
from core.errors import NotThere
from core.links import lent
from core.pages import for_role, handed_over
from core.roles import Role
from retailers import actions
from retailers.forms import AddressForm, CodeForm, RetailerRegistration
from retailers.models import Address, Retailer


def register(request: HttpRequest) -> HttpResponse:
    """Register as a retailer; the new owner is signed in and may buy at once."""
    form = RetailerRegistration(request.POST or None, request.FILES or None)
    address = AddressForm(request.POST or None, prefix="address")
    if request.method == "POST":
        limits.hit(request, "register", "20/h")
        if form.is_valid() and address.is_valid():
            retailer = actions.register(form.cleaned_data, address.cleaned_data)
            login(request, retailer.memberships.get().user, backend=BACKEND)
            messages.success(request, _("Welcome to AQAD. Find your first goods."))
            return redirect("catalog:list")
    return render(request, "retailers/register.html", {"form": form, "address": address})


@login_required
def licence(request: HttpRequest, code: str) -> HttpResponseBase:
    """Hand a trade licence to its owner or to staff."""
    retailer: Any = Retailer.objects.all().door(request.user, code)
    if not retailer.licence:
        raise NotThere
    kind = mimetypes.guess_type(retailer.licence.name)[0] or "application/octet-stream"
    name = f"{retailer.pk}-licence{PurePath(retailer.licence.name).suffix}"
    return lent(request, lambda: handed_over(retailer.licence, name, kind))


@for_role(Role.RETAILER)
def addresses(request: HttpRequest) -> HttpResponse:
    """The retailer's places, a form for one more, and how goods are handed over there."""
    user: Any = request.user
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_address(user.business.retailer, form.cleaned_data)
        messages.success(request, _("Address added."))
        return redirect("retailers:addresses")
    context = {
        "addresses": Address.objects.seen_by(user),
        "form": form,
        "code_form": CodeForm(initial={"asks_code": user.business.retailer.asks_code}),
    }
    return render(request, "retailers/addresses.html", context)


@require_POST
@for_role(Role.RETAILER)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Whether drivers are asked for a code."""
    user: Any = request.user
    form = CodeForm(request.POST)
    if form.is_valid():
        actions.ask_code(user.business.retailer, form.cleaned_data["asks_code"], user)
        messages.success(request, _("Saved."))
    return redirect("retailers:addresses")
