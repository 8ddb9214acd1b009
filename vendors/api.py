"""Vendors through the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from core import limits
from core.api import Failure, Ok, ok
from core.bodies import MULTIPART, body_of, documented
from core.forms import checked, names_of
from vendors import actions
from vendors.forms import VendorRegistration

router = Router(tags=["Sign-up"])


class RegisteredOut(Schema):
    id: str
    status: str


@router.post(
    "/register",
    response={201: Ok[RegisteredOut], 400: Failure, 429: Failure},
    openapi_extra=documented(VendorRegistration, media=(MULTIPART,)),
)
def register(request: HttpRequest) -> Any:
    """Register a vendor with its documents; staff review them before it may sell."""
    limits.hit(request, "register", "20/h")
    fields, files = body_of(request, known=set(VendorRegistration.base_fields), media=(MULTIPART,))
    facts = checked(VendorRegistration(fields, files))
    vendor = actions.register(facts, names_of(files))
    return Status(201, ok(vendor))
