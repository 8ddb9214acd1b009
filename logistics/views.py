"""Pages of drivers, on a phone, and of their dispatcher."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from core.pages import for_role, made_move
from core.roles import Role
from logistics import actions
from logistics.forms import AssignForm
from logistics.lifecycle import LIVE, STEPS
from logistics.models import Delivery

SHOWN = 100


@for_role(Role.DRIVER)
def mine(request: HttpRequest) -> HttpResponse:
    """The driver's stops: open ones first, and what nobody has taken yet."""
    rows = Delivery.objects.seen_by(request.user).shown().order_by("pk")
    context = {
        "mine": rows.filter(driver=request.user, status__in=LIVE),
        "free": rows.filter(driver=None, status__in=LIVE),
        "done": rows.filter(driver=request.user).exclude(status__in=LIVE).order_by("-pk")[:20],
    }
    return render(request, "logistics/mine.html", context)


@for_role(Role.DRIVER)
def delivery(request: HttpRequest, code: str) -> HttpResponse:
    """One stop: where, what, whom to call, and the next report."""
    row: Any = Delivery.objects.shown().door(request.user, code)
    theirs = row.driver_id == request.user.pk
    moves = [move for move in row.moves_for(request.user) if (move.name == "take") != theirs]
    return render(request, "logistics/delivery.html", {"delivery": row, "moves": moves, "steps": STEPS})


@require_POST
@for_role(Role.DRIVER)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Take, picked up, out for delivery, delivered, not delivered."""
    row: Any = Delivery.objects.door(request.user, code)
    return made_move(request, actions.VERBS, move, row, then=row.page_for(Role.DRIVER))


@for_role(Role.DISPATCHER)
def board(request: HttpRequest) -> HttpResponse:
    """The carrier's deliveries: what waits for a driver, and who has what."""
    user: Any = request.user
    rows = Delivery.objects.seen_by(user).shown().order_by("-pk")
    drivers = User.objects.filter(
        role=Role.DRIVER, membership__business_id=user.business_id, is_active=True
    ).order_by("name")
    context = {
        "waiting": rows.filter(status__in=LIVE, driver=None),
        "running": rows.filter(status__in=LIVE).exclude(driver=None),
        "done": rows.exclude(status__in=LIVE)[:SHOWN],
        "drivers": drivers,
    }
    return render(request, "logistics/board.html", context)


@require_POST
@for_role(Role.DISPATCHER)
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Give a delivery to a driver."""
    row: Any = Delivery.objects.door(request.user, code)
    form = AssignForm(row.carrier_id, request.POST)
    if form.is_valid():
        actions.assign(row, request.user, driver=form.cleaned_data["driver"])
        messages.success(request, _("%(name)s has it now.") % {"name": form.cleaned_data["driver"]})
    else:
        messages.error(request, _("Please choose a driver."))
    return redirect("logistics:board")
