"""Pages of drivers, on a phone; and the photo that proves a delivery."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Invalid, NotThere, Refusal, WrongMoment
from core.links import lent
from core.pages import for_role, made_move
from core.roles import Role
from core.words import headline
from logistics import actions, proof, views_phone
from logistics.forms import DeliverForm, FailForm
from logistics.lifecycle import DELIVERY, LIVE
from logistics.models import Delivery

REPORTS: dict[str, Any] = {"deliver": (actions.deliver, DeliverForm), "fail": (actions.fail, FailForm)}


def _on_a_phone() -> dict[str, Any]:
    """What every page of a driver tells its scripts, so that they can go on without the network."""
    words = {
        "labels": {move.name: str(move.label) for move in DELIVERY.table if Role.DRIVER in move.who},
        "count": _("Waiting to be sent"),
        "waiting": _("waiting to be sent"),
        "refused": _("not accepted"),
        "sent": _("has been sent"),
        "remove": _("Remove"),
    }
    return {"now": timezone.now(), "words": words, "shell": views_phone.shell()["version"]}


@for_role(Role.DRIVER)
def mine(request: HttpRequest) -> HttpResponse:
    """The driver's stops in driving order, and what nobody has taken yet."""
    rows = Delivery.objects.seen_by(request.user).shown()
    stops = list(rows.filter(driver=request.user, status__in=LIVE).in_driving_order())
    context = {
        "mine": [(row, row.reports_for(request.user)) for row in stops],
        "cash": sum((row.cash_due or Decimal(0) for row in stops), Decimal(0)),
        "free": rows.filter(driver=None, status__in=LIVE).in_driving_order(),
        "done": Delivery.objects.shown().ended_by(request.user)[:20],
    }
    return render(request, "logistics/mine.html", context | _on_a_phone())


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
        "reports": row.reports_for(request.user),
        "moves": row.moves_for(request.user),
        "forms": forms,
        "address": row.address_for(request.user),
    }
    return render(request, "logistics/delivery.html", context | _on_a_phone())


@require_POST
@for_role(Role.DRIVER)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Take, picked up, out for delivery, delivered, not delivered; with a `key` it was kept on the phone."""
    if "key" in request.POST:
        return views_phone.report(request, code, move)
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
def photo(request: HttpRequest, code: str) -> HttpResponseBase:
    """The photo of a delivery, for those whom the delivery concerns."""
    row: Any = Delivery.objects.door(request.user, code)
    if not row.photo:
        raise NotThere
    return lent(request, lambda: proof.photo_of(row))
