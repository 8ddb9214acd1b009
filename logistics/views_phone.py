"""What a driver's phone asks for without being a page: the app's manifest, its worker, and to take kept reports."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.answers import refusal_json
from core.errors import Forbidden, Refusal
from core.forms import checked
from core.pages import for_role
from core.roles import Role
from logistics import reports
from logistics.forms import KeptForm, report_form
from logistics.models import Delivery

BACKGROUND, THEME = "#f8f7f3", "#0b5c47"
ICONS = (
    ("img/app-192.png", "192x192", "any"),
    ("img/app-512.png", "512x512", "any"),
    ("img/app-maskable.png", "512x512", "maskable"),
)
SHELL = (
    "css/fonts.css", "css/tabler.min.css", "css/tokens.css", "css/aqad.css", "css/layout.css",
    "css/components.css", "css/market.css", "css/deliveries.css",
    "fonts/inter-latin-wght-normal.woff2", "fonts/inter-latin-ext-wght-normal.woff2",
    "fonts/noto-sans-arabic-arabic-wght-normal.woff2",
    "django_htmx/htmx-2.min.js", "js/aqad.js", "js/reports.js", "js/driver.js",
    "img/icons.svg", "img/logo.svg", "img/favicon.svg", "img/empty-truck.svg", "favicon.ico",
)  # fmt: skip
IMPORTED = ("js/reports.js", "js/driver-worker.js")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The driver's pages as an app for the home screen."""
    home = reverse("logistics:mine")
    icons = [
        {"src": static(file), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for file, sizes, purpose in ICONS
    ]
    app = {
        "id": home,
        "name": _("AQAD deliveries"),
        "short_name": _("Deliveries"),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": THEME,
        "icons": icons,
    }
    return JsonResponse(app, content_type="application/manifest+json")


def shell() -> dict[str, Any]:
    """The files that every page of a driver needs, and a name for just these.

    In production every address holds the hash of its file, so a new file anywhere makes a new name.
    """
    files = [static(name) for name in SHELL]
    imported = [static(name) for name in IMPORTED]
    version = hashlib.sha256(json.dumps([files, imported]).encode()).hexdigest()[:12]
    return {"version": version, "files": files, "imported": imported, "home": reverse("logistics:mine")}


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: what makes up the shell, and the two scripts that do the work."""
    facts = shell() | {"away": _("No network, and this page is not kept on this phone.")}
    imported = ", ".join(json.dumps(path) for path in facts["imported"])
    body = f"self.SHELL = {json.dumps(facts)};\nimportScripts({imported});\n"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = facts["home"]
    return response


@require_safe
@for_role(Role.DRIVER)
def who(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and a token that forms are taken with: a phone asks before it sends what it kept."""
    return JsonResponse({"driver": str(request.user.pk), "token": get_token(request)})


def report(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """A report that was kept on the phone; answered in JSON, for the phone decides by it what to keep."""
    user: Any = request.user
    try:
        kept = checked(KeptForm(request.POST))
        if kept["driver"] != user.pk:
            raise Forbidden(_("Somebody else is signed in on this phone."), code="other_driver")
        row: Any = Delivery.objects.shown().door(user, code)
        told = checked(report_form(move, row, request.POST, request.FILES))
        at = reports.clock(kept["reported_at"])
        answer = reports.report(row, user, move, key=kept["key"], told=told, at=at)
    except Refusal as refusal:
        return refusal_json(refusal)
    status = answer.pop("status", 200)
    return JsonResponse({"success": status == 200, **answer}, status=status)
