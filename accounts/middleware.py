"""What stands around the pages people sign in by: limits on the library's forms, and staff's second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import devices, second
from core import limits
from core.errors import TooMany
from core.pages import refusal_page

GetResponse = Callable[[HttpRequest], HttpResponse]

# the library's page → group, rate, and whose count it is: a field of the form, "me", or (empty) the address
RATES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "account_login": (("login", "30/m", ""),),
    "account_reset_password": (("reset", "20/h", ""), ("reset", "5/h", "email")),
    "account_reset_password_from_key": (("reset-confirm", "20/m", ""),),
    "account_change_password": (("password", "5/m", "me"),),
    "account_reauthenticate": (("password", "10/m", "me"),),
    "account_email": (("address", "10/h", "me"),),
    "account_confirm_email": (("confirm", "30/m", ""),),
    "mfa_authenticate": (("code", "30/m", ""),),
    "mfa_reauthenticate": (("code", "10/m", "me"),),
    "mfa_activate_totp": (("code", "10/m", "me"),),
    "mfa_login_webauthn": (("login", "30/m", ""),),
}
OPEN_TO_ALL_STAFF = (
    "/account/",
    "/accounts/",
    "/static/",
    "/i18n/",
    "/theme/",
    "/api/",
    "/health/",
    "/metrics",
)


class Entrance:
    """Forms of the library are limited as those of the API are, in the same counts."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self.get_response(request)
        user: Any = request.user
        if user.is_authenticated:
            devices.see(request)
            if not request.path.startswith(OPEN_TO_ALL_STAFF) and second.lacks(user):
                messages.info(request, _("Staff sign in with a second factor. Please set one up first."))
                return redirect("mfa_activate_totp")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """429 where a form is sent too often."""
        match = request.resolver_match
        if request.method != "POST" or match is None:
            return None
        try:
            for group, rate, whose in RATES.get(match.view_name, ()):
                limits.hit(request, group, rate, key=_whose(request, whose))
        except TooMany as refusal:
            return refusal_page(request, refusal)
        return None


def _whose(request: HttpRequest, whose: str) -> str:
    if whose == "me":
        return str(request.user.pk or "")
    return request.POST.get(whose, "").strip().lower() if whose else ""
