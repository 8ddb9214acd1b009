"""Vendors through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from core import limits
from core.api import Failure, Ok, ok, vendor
from core.bodies import MULTIPART, body_of, documented
from core.forms import checked, names_of
from vendors import actions
from vendors.forms import DocumentForm, VendorRegistration
from vendors.models import Document

router = Router(tags=["Sign-up"])


class DocumentOut(Schema):
    id: UUID
    kind: str
    name: str
    status: str
    note: str
    uploaded_at: datetime


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
    return Status(201, ok(actions.register(facts, names_of(files))))


@router.get("/documents", response=Ok[list[DocumentOut]], auth=vendor, tags=["Documents"])
def documents(request: HttpRequest) -> Any:
    """My current papers, and what staff think of each."""
    user: Any = request.user
    return ok(user.business.vendor.papers())


@router.post(
    "/documents",
    response={201: Ok[DocumentOut], 400: Failure, 415: Failure},
    openapi_extra=documented(DocumentForm, media=(MULTIPART,)),
    auth=vendor,
    tags=["Documents"],
)
def upload(request: HttpRequest) -> Any:
    """A newer paper in the place of the one before; staff review it."""
    user: Any = request.user
    fields, files = body_of(request, known=set(DocumentForm.base_fields), media=(MULTIPART,))
    facts = checked(DocumentForm(fields, files))
    name = names_of(files).get("file", "")
    made = actions.upload(user.business.vendor, facts["kind"], facts["file"], name, user)
    return Status(201, ok(Document.objects.get(pk=made.pk)))
