"""The front door: each role goes to its own work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.models import Category, Product
from core.roles import Role

WORK = {
    Role.VENDOR: "orders:dashboard",
    Role.DRIVER: "logistics:mine",
    Role.DISPATCHER: "logistics:board",
    Role.STAFF: "admin:index",
}


def home(request: HttpRequest) -> HttpResponse:
    """Visitors and retailers see the market; everybody else their work; who may not work yet, where it stands."""
    user: Any = request.user
    if user.is_authenticated and not user.may_work:
        return redirect("vendors:documents" if user.role == Role.VENDOR else "accounts:profile")
    if user.is_authenticated and user.role in WORK:
        return redirect(WORK[user.role])
    newest = Product.objects.on_sale().shown().order_by("-pk")[:8]
    return render(
        request, "home.html", {"products": newest, "categories": Category.objects.filter(parent=None)}
    )
