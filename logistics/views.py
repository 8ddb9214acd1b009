"""Pages of drivers, on a phone, and of their dispatcher; and the photo that proves a delivery."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Invalid, Refusal, WrongMoment
from core.pages import for_role, made_move
from core.roles import Role
from core.words import headline
from logistics import actions, proof
from logistics.forms import AssignForm, DeliverForm, FailForm, drivers_of
from logistics.lifecycle import LIVE
from logistics.models import Delivery

SHOWN = 100
REPORTS: dict[str, Any] = {"deliver": (actions.deliver, DeliverForm), "fail": (actions.fail, FailForm)}


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
    return _stop(request, code)


def _stop(request: HttpRequest, code: str, **sent: Form) -> HttpResponse:
    """The page of a stop; a form that was sent and refused stands there again with its errors."""
    row: Any = Delivery.objects.shown().door(request.user, code)
    forms = {name: sent.get(name) or form.for_page(row) for name, (_verb, form) in REPORTS.items()}
    context = {
        "delivery": row,
        "moves": row.moves_for(request.user),
        "forms": forms,
        "address": row.address_for(request.user),
    }
    return render(request, "logistics/delivery.html", context)


@require_POST
@for_role(Role.DRIVER)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Take, picked up, out for delivery, delivered, not delivered."""
    row: Any = Delivery.objects.shown().door(request.user, code)
    if move not in REPORTS:
        return made_move(request, actions.VERBS, move, row, then=row.page_for(Role.DRIVER))
    verb, kind = REPORTS[move]
    form = kind.for_page(row, request.POST, request.FILES)
    if not form.is_valid():
        return _stop(request, code, **{move: form})
    try:
        verb(row, request.user, **form.cleaned_data)
    except (Invalid, WrongMoment) as refusal:
        _blame(form, refusal)
        return _stop(request, code, **{move: form})
    messages.success(request, f"{row.code}: {headline(move)}")
    return redirect("logistics:mine")


def _blame(form: Form, refusal: Refusal) -> None:
    """Put what was refused beside its field."""
    for name, lines in refusal.errors.items():
        for line in lines:
            form.add_error(name if name in form.fields else None, str(line))
    if not refusal.errors:
        form.add_error(None, str(refusal.message))


@login_required
def photo(request: HttpRequest, code: str) -> FileResponse:
    """The photo of a delivery, for those whom the delivery concerns."""
    row: Any = Delivery.objects.door(request.user, code)
    return proof.photo_of(row)


@for_role(Role.DISPATCHER)
def board(request: HttpRequest) -> HttpResponse:
    """The carrier's deliveries: what waits for a driver, who has what, and what ended today."""
    user: Any = request.user
    rows = Delivery.objects.seen_by(user).shown()
    running = rows.filter(status__in=LIVE).exclude(driver=None).order_by("driver__name", "driver", "pk")
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ended = Q(delivered_at__gte=today) | Q(failed_at__gte=today)
    context = {
        "waiting": rows.filter(status__in=LIVE, driver=None).order_by("pk"),
        "running": _by_driver(running),
        "done": rows.filter(ended).order_by("-pk")[:SHOWN],
        "drivers": drivers_of(membership__business_id=user.business_id),
    }
    return render(request, "logistics/board.html", context)


def _by_driver(rows: Iterable[Delivery]) -> list[tuple[Any, list[Delivery]]]:
    """Each driver with the deliveries in hand; rows come ordered by driver."""
    return [(driver, list(held)) for driver, held in groupby(rows, key=lambda row: row.driver)]


@require_POST
@for_role(Role.DISPATCHER)
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Give a delivery to a driver."""
    row: Any = Delivery.objects.door(request.user, code)
    form = AssignForm(row.carrier_id, request.POST)
    if form.is_valid():
        actions.assign(row, request.user, driver=form.cleaned_data["driver"])  # type: ignore[arg-type]
        messages.success(request, _("%(name)s has it now.") % {"name": form.cleaned_data["driver"]})
    else:
        messages.error(request, _("Please choose a driver."))
    return redirect("logistics:board")


@require_POST
@for_role(Role.DISPATCHER)
def unlock(request: HttpRequest, code: str) -> HttpResponse:
    """Allow a few more codes."""
    row: Any = Delivery.objects.door(request.user, code)
    return made_move(request, actions.DESK_VERBS, "unlock", row, then=row.page_for(Role.DISPATCHER))
