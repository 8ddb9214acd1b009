"""The dispatcher's board: who has what, what waits for a driver, what ended today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.pages import for_role, made_move
from core.roles import Role
from logistics import actions
from logistics.forms import AssignForm, drivers_of
from logistics.lifecycle import LIVE
from logistics.models import Delivery

SHOWN = 100
Column = tuple[Any, list[Delivery]]


@for_role(Role.DISPATCHER)
def board(request: HttpRequest) -> HttpResponse:
    """The carrier's deliveries by driver; asked for by a page that is open, only the part that changes."""
    user: Any = request.user
    rows = Delivery.objects.seen_by(user).shown()
    live = list(rows.filter(status__in=LIVE).in_driving_order())
    drivers = list(drivers_of(membership__business_id=user.business_id))
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ended = rows.filter(Q(delivered_at__gte=today) | Q(failed_at__gte=today))
    context = {
        "waiting": [row for row in live if row.driver_id is None],
        "columns": _columns(live, drivers),
        "drivers": drivers,
        "under_way": sum(row.driver_id is not None for row in live),
        "late": sum(row.is_late for row in live),
        "done": ended.order_by("-pk")[:SHOWN],
        "done_count": ended.count(),
    }
    part = getattr(request, "htmx", False)
    return render(request, "logistics/_board.html" if part else "logistics/board.html", context)


def _columns(live: Iterable[Delivery], drivers: Iterable[Any]) -> list[Column]:
    """Each driver with the deliveries in hand, by name; one who has left stays while there is something left."""
    held: dict[Any, list[Delivery]] = {driver: [] for driver in drivers}
    for row in live:
        if row.driver_id:
            held.setdefault(row.driver, []).append(row)
    return sorted(held.items(), key=lambda column: (column[0].name, str(column[0].pk)))


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
