"""What happens around every request: an id, one log line, and nothing private kept by a cache on the way."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from random import Random
from typing import ClassVar, NamedTuple

from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import bind_contextvars, reset_contextvars

from core import logs, metrics, recent, statements
from core.answers import refusal_json
from core.edge import as_refusal
from core.errors import Away, Broken, Forbidden, Invalid, NotThere, TooLarge, WrongMethod
from core.pages import refusal_page, same_site_referer

log = logging.getLogger("aqad.request")

WELL_FORMED = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
GetResponse = Callable[[HttpRequest], HttpResponse]

_ids = Random()  # noqa: S311  # nosec B311  (names, which open nothing; the system's own cost a wait for the others)
os.register_at_fork(after_in_child=_ids.seed)


def request_id_of(given: str | None) -> str:
    """The caller's own id if it is well-formed, otherwise one that nobody else has."""
    return given if given and WELL_FORMED.match(given) else f"{_ids.getrandbits(128):032x}"


class RequestId:
    """Give every request an id (the caller's if well-formed), in every log line and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request_id_of(request.META.get("HTTP_X_REQUEST_ID"))
        request.request_id = request_id  # type: ignore[attr-defined]
        began, tally = time.perf_counter(), statements.begin(request)
        bound = bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            statements.end()
            told = Told(
                statements.route_of(request), request.method or "", request.path, response.status_code
            )
            tell(told, request_id, time.perf_counter() - began, tally)
        finally:
            reset_contextvars(**bound)
        response["X-Request-ID"] = request_id
        return response


class Told(NamedTuple):
    """What was asked, and what it came to."""

    route: str
    method: str
    path: str
    status: int


def tell(told: Told, request_id: str, seconds: float, tally: statements.Tally | None = None) -> None:
    """One log line and the counts; what failed or took long is remembered too."""
    route, method, path, status = told
    ms, asked = round(seconds * 1000, 1), tally.count if tally else 0
    metrics.request(route, method, status, seconds)
    facts = {"method": method, "path": path, "status": status, "ms": ms, "sql": asked}
    logs.tell(log, "request", facts, {"request_id": request_id})
    if tally and asked:
        tally.close(route)
    if status >= 500 or ms >= settings.SLOW_REQUEST_MS:
        waited = round(tally.seconds * 1000, 1) if tally else 0.0
        recent.note("request", route=route, method=method, status=status, ms=ms, sql=asked, sql_ms=waited)


class ApiEnvelope:
    """Whatever goes wrong under `/api/` outside an operation (no such path, wrong method, a bug) is JSON too."""

    KNOWN: ClassVar = {403: Forbidden, 404: NotThere, 405: WrongMethod, 413: TooLarge, 503: Away}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        json = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or json or not request.path.startswith("/api/"):
            return response
        refusal = self.KNOWN.get(response.status_code, Broken if response.status_code >= 500 else Invalid)()
        if response.status_code >= 500 and refusal.status == 500:
            refusal.facts = {"request_id": getattr(request, "request_id", "")}
        enveloped = refusal_json(refusal)
        if "Allow" in response:
            enveloped["Allow"] = response["Allow"]
        return enveloped


class BrowserRules:
    """What every answer tells a browser beside Django's own headers: a policy, no devices, and no embedding elsewhere.

    The policy (CSP) is the same for all answers, so it is put together once; the library's middleware does it for each.
    Methods that nothing here listens to (TRACE, CONNECT, inventions) are 405 before anything looks at them.
    """

    METHODS: ClassVar = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")

    NO_DEVICES = ", ".join(
        f"{device}=()" for device in ("camera", "microphone", "geolocation", "payment", "usb", "serial")
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response, self.policy = get_response, build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.method in self.METHODS
        response = self.get_response(request) if known else refusal_json(WrongMethod())
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", self.NO_DEVICES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


class ApiOverTls:
    """A program that speaks plain http is refused: led on, it would go on sending its secrets (ASVS 5.0, 4.1.2)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and request.path.startswith("/api/") and not request.is_secure():
            return refusal_json(Forbidden(_("Please use https."), code="https_required"))
        return self.get_response(request)


class ApiSlash:
    """`/api/products/` is `/api/products`: stripped before routing, so a POST is never redirected."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/") and request.path_info.strip("/") != "api":
            request.path_info = request.path_info.rstrip("/")
            request.path = request.path.rstrip("/")
        return self.get_response(request)


class PageMethods:
    """Pages are looked at and sent forms; every other method is refused before anything else is asked."""

    KNOWN = ("GET", "HEAD", "POST")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in self.KNOWN or request.path.startswith("/api/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(self.KNOWN)


class PrivateByDefault:
    """An answer to a signed-in user, or to more than a look, is nobody else's: no cache on the way keeps it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        look = request.method in ("GET", "HEAD")
        if "Cache-Control" not in response and not (look and request.user.is_anonymous):
            response["Cache-Control"] = "private, no-store"
        return response


class Refusals:
    """A refusal on a page: a message where there is a page to go back to, otherwise an error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """409 becomes a message on the page it came from; other refusals a page of their own."""
        refusal = as_refusal(problem)
        if refusal is None:
            return None
        if refusal.status == 409 and request.method == "POST" and (back := same_site_referer(request)):
            messages.error(request, str(refusal.message))
            return HttpResponseRedirect(back)
        return refusal_page(request, refusal)
