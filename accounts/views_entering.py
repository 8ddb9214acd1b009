"""Pages about coming in: where I am signed in, and the mailed link that lets me in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import actions, devices, entering
from accounts.models import SignIn
from core import limits
from core.errors import NotThere


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Every browser and program I am signed in with, this one first."""
    user: Any = request.user
    here, key = SignIn.objects.seen_by(user), request.session.session_key
    context = {
        "here": here.filter(session_id=key).first(),
        "others": devices.others(user, key).order_by("-seen_at"),
    }
    return render(request, "accounts/sessions.html", context)


@login_required
@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of mine."""
    user: Any = request.user
    row = SignIn.objects.seen_by(user).filter(pk=pk)
    if not actions.end_sessions(user, row):
        raise NotThere
    messages.success(request, _("Signed out there."))
    return redirect("accounts:sessions")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one."""
    user: Any = request.user
    actions.end_sessions(user, devices.others(user, request.session.session_key))
    messages.success(request, _("You are signed in here alone."))
    return redirect("accounts:sessions")


def come_in(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: a button first, because mail programs look at links too."""
    limits.hit(request, "link", "30/m")
    if request.method == "POST":
        answer = entering.come_in(request, token)
    else:
        user = entering.of_link(token)
        answer = render(request, "accounts/come_in.html", {"person": user}) if user else None
    return answer or render(request, "accounts/come_in_gone.html", status=404)
