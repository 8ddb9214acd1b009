"""Pages for whoever is signed in: inbox, profile and business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.adapter import speak
from accounts.forms import BusinessForm, MailForm, ProfileForm
from accounts.kinds import Kind
from accounts.models import Notification
from accounts.team import INVITES
from core.errors import Forbidden, NotThere
from core.pages import choice, for_role, same_site_referer
from core.roles import Role

INBOX = 100
OWNERS = (Role.VENDOR, Role.RETAILER, Role.DISPATCHER)


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
    """Who I am, whom I work for, and what I am mailed."""
    user: Any = request.user
    wanted = [kind for kind in Kind.values if kind not in user.muted]
    context = {
        "business": user.business,
        "verified": EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists(),
        "mail": MailForm(initial={"kinds": wanted}),
        "may_edit": user.role in OWNERS,
        "may_invite": user.role in INVITES and user.business is not None and user.may_work,
    }
    return render(request, "accounts/profile.html", context)


@login_required
def edit(request: HttpRequest) -> HttpResponse:
    """My name, phone number and language."""
    user: Any = request.user
    facts = {"name": user.name, "phone": user.phone, "language": user.language}
    form = ProfileForm(request.POST or None, initial=facts)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/edit.html", {"form": form})
    actions.edit_person(user, form.cleaned_data)
    language = form.cleaned_data["language"]
    with override(language):
        messages.success(request, _("Saved."))
    response = redirect("accounts:profile")
    speak(response, language)
    return response


@for_role(*OWNERS, pending=True)
def business(request: HttpRequest) -> HttpResponse:
    """The facts of my business."""
    user: Any = request.user
    form = BusinessForm(user.business, user.role, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.edit_business(user.business, user, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/business.html", {"form": form, "business": user.business})


@login_required
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """About what I am mailed."""
    user: Any = request.user
    form = MailForm(request.POST)
    if form.is_valid():
        actions.choose_mail(user, form.muted())
        messages.success(request, _("Saved."))
    return redirect("accounts:profile")


@login_required
@require_POST
def hide_steps(request: HttpRequest) -> HttpResponse:
    """Away with the first steps, for this person."""
    actions.hide_steps(request.user)  # type: ignore[arg-type]
    return redirect(same_site_referer(request) or "home")


@login_required
@require_POST
def confirm_email(request: HttpRequest) -> HttpResponse:
    """Send me the link once more that confirms my address; allauth sees that it is not asked for too often."""
    user: Any = request.user
    address, _new = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True}
    )
    if address.verified or not send_verification_email_to_address(request, address):
        messages.info(request, _("The link is on its way already. Please look among the spam too."))
    return redirect("accounts:profile")


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all my sessions, this one too."""
    user: Any = request.user
    actions.sign_out_everywhere(user)
    logout(request)
    messages.success(request, _("You are signed out on every device."))
    return redirect("account_login")


@choice
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Django's switch, remembered for whoever is signed in: mails follow it."""
    user: Any = request.user
    chosen = request.POST.get("language", "")
    if request.method == "POST" and user.is_authenticated and chosen in dict(settings.LANGUAGES):
        actions.set_language(user, chosen)
    return i18n.set_language(request)
