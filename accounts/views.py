"""Pages for whoever is signed in: inbox and profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.models import Notification
from core.errors import Forbidden, NotThere

INBOX = 100


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first."""
    rows = Notification.objects.seen_by(request.user).select_related("event")
    return render(
        request, "accounts/notifications.html", {"notifications": rows.order_by("-event_id")[:INBOX]}
    )


@login_required
@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark one as read and go where it leads."""
    row = Notification.objects.seen_by(request.user).filter(pk=pk).first()
    if row is None:
        raise NotThere
    actions.mark_read(row)
    safe = url_has_allowed_host_and_scheme(row.url, allowed_hosts=None)
    return redirect(row.url if row.url and safe else "accounts:notifications")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    user: Any = request.user
    actions.mark_all_read(user)
    return redirect("accounts:notifications")


def staff_door(request: HttpRequest) -> HttpResponse:
    """Where Django Admin sends whom it does not let in: strangers sign in, everybody else is at the wrong door."""
    if request.user.is_authenticated:
        raise Forbidden
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am and whom I work for."""
    user: Any = request.user
    return render(request, "accounts/profile.html", {"business": user.business})
