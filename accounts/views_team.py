"""Pages of a team: who is in it, who is asked to join, and the page where the invited come in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import team
from accounts.forms import InviteForm, JoinForm
from accounts.models import Invitation, User
from accounts.tokens import BACKEND
from core import limits
from core.errors import Invalid, NotThere
from core.pages import for_role
from core.roles import Role

LEADERS = (Role.VENDOR, Role.RETAILER, Role.DISPATCHER)


@for_role(*LEADERS)
def members(request: HttpRequest) -> HttpResponse:
    """The team, those asked to join, and a form to ask one more."""
    user: Any = request.user
    form = InviteForm(user.role, request.POST or None)
    if request.method == "POST":
        limits.hit(request, "invite", "30/h", key=str(user.business_id))
        if form.is_valid() and _invited(request, form):
            return redirect("accounts:team")
    context = {
        "members": team.members(user),
        "invitations": Invitation.objects.seen_by(user).open().order_by("-created_at"),
        "form": form,
        "business": user.business,
    }
    return render(request, "accounts/team.html", context)


def _invited(request: HttpRequest, form: InviteForm) -> bool:
    """Whether it went out; a refusal stands beside its field."""
    user: Any = request.user
    try:
        team.invite(user.business, user, **form.cleaned_data)
    except Invalid as wrong:
        form.add_error("email", str(wrong.message))
        return False
    messages.success(request, _("Invited: %(email)s") % {"email": form.cleaned_data["email"]})
    return True


@require_POST
@for_role(*LEADERS)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call an invitation back."""
    row = Invitation.objects.seen_by(request.user).filter(pk=pk).first()
    if row is None:
        raise NotThere
    team.withdraw(row, request.user)  # type: ignore[arg-type]
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:team")


@require_POST
@for_role(*LEADERS)
def dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Deactivate a colleague."""
    user: Any = request.user
    member = team.members(user).filter(pk=pk).first()
    if member is None:
        raise NotThere
    team.dismiss(member, user)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": member.name})
    return redirect("accounts:team")


def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invited give a name, a phone number and a password, and are in."""
    limits.hit(request, "invitation", "60/h")
    row = Invitation.objects.of_token(token).select_related("business", "invited_by").first()
    if row is None or not (row.is_live and row.business.is_open):
        return render(request, "accounts/join_gone.html", status=404)
    if request.user.is_authenticated:
        return render(request, "accounts/join_elsewhere.html", {"invitation": row})
    form = JoinForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid() and (user := _joined(row, form)):
        login(request, user, backend=BACKEND)
        messages.success(request, _("Welcome to the team."))
        return redirect("home")
    return render(request, "accounts/join.html", {"form": form, "invitation": row})


def _joined(row: Invitation, form: JoinForm) -> User | None:
    """The new colleague; none where somebody took the e-mail meanwhile."""
    try:
        return team.accept(row, language=(get_language() or "en")[:2], **form.cleaned_data)
    except Invalid as wrong:
        form.add_error(None, str(wrong.message))
        return None
