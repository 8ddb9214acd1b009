"""Pages of retailers: registration and addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.tokens import BACKEND
from core import limits
from core.pages import for_role
from core.roles import Role
from retailers import actions
from retailers.forms import AddressForm, RetailerRegistration
from retailers.models import Address


def register(request: HttpRequest) -> HttpResponse:
    """Register as a retailer; the new owner is signed in and may buy at once."""
    form = RetailerRegistration(request.POST or None)
    address = AddressForm(request.POST or None, prefix="address")
    if request.method == "POST":
        limits.hit(request, "register", "20/h")
        if form.is_valid() and address.is_valid():
            retailer = actions.register(form.cleaned_data, address.cleaned_data)
            login(request, retailer.memberships.get().user, backend=BACKEND)
            messages.success(request, _("Welcome to AQAD. Find your first goods."))
            return redirect("catalog:list")
    return render(request, "retailers/register.html", {"form": form, "address": address})


@for_role(Role.RETAILER)
def addresses(request: HttpRequest) -> HttpResponse:
    """The retailer's places, and a form for one more."""
    user: Any = request.user
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_address(user.business.retailer, form.cleaned_data)
        messages.success(request, _("Address added."))
        return redirect("retailers:addresses")
    places = Address.objects.seen_by(request.user)
    return render(request, "retailers/addresses.html", {"addresses": places, "form": form})
