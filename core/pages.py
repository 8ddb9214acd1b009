"""The grammar of pages: who may open one, and how a refusal looks there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from core.errors import Forbidden, Invalid, NotThere, Refusal
from core.words import headline

View = Callable[..., HttpResponse]
OWN_PAGES = (403, 404, 413, 429, 500, 503)

IN_FRAME = (
    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


def for_role(*roles: str, pending: bool = False) -> Callable[[View], View]:
    """A page for these roles: nobody else gets in, strangers are asked to sign in.

    People of a business that is not active are led to what they may see; `pending` opens the page to them too.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user: Any = request.user
            if not user.is_authenticated:
                return to_login(request)
            if user.role not in roles:
                raise Forbidden
            if not (pending or user.may_work):
                return redirect("home")
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def of_htmx(request: HttpRequest) -> HtmxDetails:
    """What htmx tells of a request; false for one that the browser made by itself."""
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return details


def same_site_referer(request: HttpRequest) -> str | None:
    """The page of ours that the request came from, if it says so: a whole address, as browsers send it."""
    back = request.headers.get("Referer", "")
    if not back.startswith(("http://", "https://")):
        return None
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else None


def choice(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A form that changes only how pages look, without a token in it, so that pages can be the same for everybody.

    Refuses what a browser says another site sent: the rule of Go's `http.CrossOriginProtection` (2025).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and _from_elsewhere(request):
            raise Forbidden
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def _from_elsewhere(request: HttpRequest) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and split(origin).netloc != request.get_host()


def split(address: str) -> SplitResult:
    """An address somebody sent, in its parts; all of them empty where it can't be one (`http://[evil`)."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def handed_over(file: FieldFile, name: str, media_type: str, *, inline: bool = False) -> FileResponse:
    """A private file for somebody whose right to it was checked, so that a browser never runs what is in it."""
    response = FileResponse(file.open("rb"), as_attachment=not inline, filename=name, content_type=media_type)
    response["Content-Security-Policy"] = IN_FRAME if inline else "default-src 'none'; sandbox"
    response["X-Frame-Options"] = "SAMEORIGIN" if inline else "DENY"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The error page of a refusal, with its sentence, the request's id and `Retry-After`.

    All but 403 and 404 are rendered without a request, so that none needs the database to say who is signed in.
    """
    status = refusal.status
    name = f"{status}.html" if status in OWN_PAGES else "400.html"
    own = refusal.message if refusal.message is not type(refusal).message else ""
    facts = {
        "message": str(refusal.message).strip(),
        "own": own,
        "request_id": getattr(request, "request_id", ""),
    }
    body = render_to_string(name, facts, request if status in (403, 404) else None)
    response = HttpResponse(body, status=status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def to_login(request: HttpRequest) -> HttpResponse:
    """Ask a stranger to sign in, and come back here. htmx is told to leave the page, not to put a form into it."""
    if htmx := of_htmx(request):
        there = (split(htmx.current_url or "").netloc and htmx.current_url_abs_path) or "/"
        return HttpResponseClientRedirect(redirect_to_login(there).url)
    return redirect_to_login(request.get_full_path())


def made_move(
    request: HttpRequest, verbs: Mapping[str, Callable[..., Any]], name: str, thing: Any, *, then: str
) -> HttpResponse:
    """Carry out a move that a button asked for, with its reason, and go on to `then`."""
    if name not in verbs:
        raise NotThere
    try:
        verbs[name](thing, request.user, note=request.POST.get("reason", "").strip()[:500])
    except Invalid as wrong:
        messages.error(request, str(wrong.message))
    else:
        messages.success(request, f"{thing.code}: {headline(name)}")
    return redirect(then)
