"""Light or dark: what the reader chose, kept in a cookie and written into the page, so that nothing flashes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import Invalid
from core.pages import choice

COOKIE = settings.THEME_COOKIE_NAME
YEAR = 365 * 24 * 3600
THEMES: dict[str, str | Promise] = dict(
    zip(settings.THEMES, (_("As the device"), _("Light"), _("Dark")), strict=True)
)
ICONS = {"system": "device-desktop", "light": "sun", "dark": "moon"}


def theme(request: HttpRequest) -> dict[str, object]:
    """For every page: the theme it wears ("system" leaves it to the device), those there are, and our own address."""
    chosen = request.COOKIES.get(COOKIE, "")
    now = chosen if chosen in THEMES else "system"
    rows = [(name, label, ICONS[name]) for name, label in THEMES.items()]
    return {"theme": now, "themes": rows, "site": settings.SITE_URL}


@choice
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember a theme on this device for a year, and go back to the page it was chosen on."""
    wanted, back = request.POST.get("theme", ""), request.POST.get("next", "")
    if wanted not in THEMES:
        raise Invalid(str(_("There is no such theme.")))
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back) if safe else redirect("home")
    response.set_cookie(COOKIE, wanted, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response
