"""Retailers through the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from core import limits
from core.api import Failure, Ok, ok, retailer
from core.bodies import JSON, MULTIPART, body_of, documented
from core.errors import Invalid
from core.forms import checked
from retailers import actions
from retailers.forms import AddressForm, RetailerRegistration
from retailers.models import Address

router = Router(tags=["Sign-up"])
addresses = Router(tags=["Addresses"], auth=retailer)

PREFIX = "address."


class RegisteredOut(Schema):
    id: str
    status: str


class AddressOut(Schema):
    id: UUID
    line1: str
    line2: str
    area: str
    city: str
    emirate: str
    contact: str
    phone: str


@router.post(
    "/register",
    response={201: Ok[RegisteredOut], 400: Failure, 429: Failure},
    openapi_extra=documented(RetailerRegistration, AddressForm, media=(MULTIPART, JSON), prefix=PREFIX),
)
def register(request: HttpRequest) -> Any:
    """Register a retailer with its first address; it may buy at once."""
    limits.hit(request, "register", "20/h")
    known = set(RetailerRegistration.base_fields) | {f"{PREFIX}{name}" for name in AddressForm.base_fields}
    fields, files = body_of(request, known=known, nested=("address",))
    place = {name.removeprefix(PREFIX): value for name, value in fields.items() if name.startswith(PREFIX)}
    facts = checked(RetailerRegistration(fields, files))
    made = actions.register(facts, _address(place))
    return Status(201, ok(made))


def _address(place: dict[str, Any]) -> dict[str, Any]:
    """The address's own form, its errors under their full names."""
    try:
        return checked(AddressForm(place))
    except Invalid as wrong:
        errors = {f"{PREFIX}{name}": lines for name, lines in wrong.errors.items()}
        raise Invalid(wrong.message, errors=errors) from wrong


@addresses.get("", response=Ok[list[AddressOut]])
def list_addresses(request: HttpRequest) -> Any:
    """My addresses."""
    return ok([_shown(address) for address in Address.objects.seen_by(request.user)])


@addresses.post(
    "",
    response={201: Ok[AddressOut], 400: Failure},
    openapi_extra=documented(AddressForm, media=("application/json",)),
)
def add_address(request: HttpRequest) -> Any:
    """One more place to deliver to."""
    fields, _files = body_of(request, known=set(AddressForm.base_fields), media=(JSON,))
    user: Any = request.user
    made = actions.add_address(user.business.retailer, checked(AddressForm(fields)))
    return Status(201, ok(_shown(made)))


def _shown(address: Address) -> dict[str, Any]:
    return {"id": address.pk, **address.copied()}
