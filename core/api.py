"""The grammar of the REST API: one envelope, one way in, one way to refuse, one way to page.

Success is `{"success": true, "data": …}`, failure `{"success": false, "message", "code", "errors"}`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints

from core.answers import refusal_json
from core.bodies import JSON, read_json
from core.edge import EXPECTED, as_refusal
from core.errors import Broken, Forbidden, Invalid, NotThere, Refusal, Unauthorized
from core.idempotency import Look, once_told
from core.roles import Role

T = TypeVar("T")
LARGEST_PAGE = 100

Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")]
Quantity = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class Json(Parser):
    """Bodies of schemas are read as those of forms are."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return read_json(request)


class In(Schema):
    """A request body: unknown fields are refused, so nothing is assigned by accident."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """A part of an answer, read from dicts and rows as they stand; a `Schema` can have resolvers and costs thrice."""

    model_config = ConfigDict(from_attributes=True)


class Ok(Schema, Generic[T]):
    """Success with one thing."""

    success: bool = True
    data: T


class Meta(Schema):
    """Where a list goes on; `count` is null where counting would cost more than the page."""

    next: str | None = None
    previous: str | None = None
    count: int | None = None


class Page(Schema, Generic[T]):
    """Success with a list."""

    success: bool = True
    data: list[T]
    meta: Meta


class Failure(Schema):
    """Every refusal."""

    success: bool = False
    message: str
    code: str
    errors: dict[str, list[str]] = {}


def ok(data: Any) -> dict[str, Any]:
    """The envelope of success."""
    return {"success": True, "data": data}


def page(
    rows: QuerySet[Any],
    cursor: str | None,
    size: int,
    *,
    by: str = "pk",
    show: Callable[[Any], Any] = lambda row: row,
) -> dict[str, Any]:
    """One page of rows, newest first, by the number in column `by` and never by offset.

    Raises `Invalid` for a cursor that is none of ours, or a size outside 1 to 100.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid.field("page_size", f"A page has 1 to {LARGEST_PAGE} rows.")
    edge = _edge_of(cursor)
    back = edge < 0
    beyond = rows.filter(**{f"{by}__{'gt' if back else 'lt'}": abs(edge)}) if edge else rows
    found = list(beyond.order_by(by if back else f"-{by}")[: size + 1])
    more, page = len(found) > size, found[:size][:: -1 if back else 1]
    keys = [getattr(row, by) for row in page]
    older, newer = (back, more) if back else (more, bool(edge))
    return {
        "success": True,
        "data": [show(row) for row in page],
        "meta": {
            "next": _cursor_of(keys[-1]) if keys and older else None,
            "previous": _cursor_of(-keys[0]) if keys and newer else None,
            "count": None,
        },
    }


def _cursor_of(edge: int) -> str:
    return base64.urlsafe_b64encode(str(edge).encode()).decode().rstrip("=")


def _edge_of(cursor: str | None) -> int:
    """The key after which a page begins, below zero for the page before it; 0 is where the list begins."""
    if not cursor:
        return 0
    try:
        edge = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        edge = 0
    if not 0 < abs(edge) < 2**63:
        raise Invalid.field("cursor", "This cursor is not one of ours.")
    return edge


def once_made(
    owner: str, key: str | None, asked: Any, work: Callable[..., None], look: Look | None = None
) -> HttpResponse:
    """201 with what `work` replied, once for an Idempotency-Key; its twin gets the very same bytes. See `once_told`."""
    told = once_told(owner, key, asked, work, look)
    return HttpResponse(f'{{"success": true, "data": {told}}}', content_type=JSON, status=201)


class Bearer:
    """A signed-in user of an active business, by access token alone; session cookies are not looked at."""

    openapi_security_schema: dict[str, str] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)

    def __call__(self, request: HttpRequest) -> Any:
        user = _holder()(request)
        if user is None or not user.may_work:
            raise Unauthorized
        request.user = user
        if self.roles and user.role not in self.roles:
            raise Forbidden
        return user


@cache
def _holder() -> Callable[[HttpRequest], Any]:
    """Says whom the token of a request names, if anybody: the accounts' word, who stand above this room."""
    found: Callable[[HttpRequest], Any] = import_string(settings.HOLDER)
    return found


signed_in = Bearer()
vendor = Bearer(Role.VENDOR)
retailer = Bearer(Role.RETAILER)
staff = Bearer(Role.STAFF)


def _invalid(problems: Sequence[dict[str, Any]]) -> Invalid:
    """Pydantic's problems as field errors; the first sentence speaks for all."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        path = [str(step) for step in problem["loc"] if step not in ("body", "query", "form", "path", "file")]
        name = ".".join(path[1:] if len(path) > 1 and path[0] in ("data", "payload", "filters") else path)
        errors.setdefault(name or "body", []).append(_sentence(problem))
    return Invalid(next(iter(errors.values()))[0], errors=errors)


def _sentence(problem: dict[str, Any]) -> str:
    field = str(problem["loc"][-1]).replace("_", " ")
    if "email" in field:
        return "Invalid email"
    if problem["type"] == "missing":
        return f"{field.capitalize()} is required"
    if problem["type"] == "extra_forbidden":
        return f"Unknown field: {problem['loc'][-1]}"
    return f"{field.capitalize()}: {problem['msg'].removeprefix('Value error, ')}"


def install_refusals(api: NinjaAPI) -> None:
    """Teach an API to answer every exception in the envelope."""

    def answer(kind: type[Exception], to_refusal: Callable[[Any], Refusal]) -> None:
        api.exception_handler(kind)(lambda request, exc: refusal_json(to_refusal(exc)))

    answer(ValidationError, lambda exc: _invalid(exc.errors))
    answer(AuthenticationError, lambda exc: Unauthorized())
    answer(HttpError, _unread)
    for malformed in (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent):
        answer(malformed, lambda exc: Invalid(_("The body can't be read."), code="malformed"))
    for expected in EXPECTED:
        answer(expected, lambda exc: as_refusal(exc) or Broken())


def _unread(problem: HttpError) -> Refusal:
    """The framework's own word for a body that could not be read: ours, where we said why."""
    why = problem.__cause__
    return why if isinstance(why, Refusal) else Invalid(str(problem))


def found(thing: Any) -> Any:
    """The thing, or `NotThere`."""
    if thing is None:
        raise NotThere
    return thing
