"""Teams through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Router, Schema, Status
from pydantic import Field

from accounts import team, tokens
from accounts.api import SignedInOut
from accounts.forms import InviteForm, JoinForm
from accounts.models import Invitation
from core import limits
from core.api import Bearer, Failure, In, Ok, found, ok
from core.bodies import JSON, body_of, documented
from core.errors import NotThere
from core.forms import checked
from core.roles import Role

router = Router(tags=["Team"], auth=Bearer(Role.VENDOR, Role.RETAILER, Role.DISPATCHER))
invited = Router(tags=["Team"])


class MemberOut(Schema):
    id: UUID
    name: str
    email: str
    role: str
    is_active: bool


class InvitationOut(Schema):
    id: UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


class TeamOut(Schema):
    members: list[MemberOut]
    invitations: list[InvitationOut]


class AcceptIn(In):
    token: str = Field(min_length=1, max_length=200)
    name: str = Field("", max_length=120)
    phone: str = Field("", max_length=40)
    password: str = Field("", max_length=128)


@router.get("", response=Ok[TeamOut])
def members(request: HttpRequest) -> Any:
    """My colleagues, and who is asked to join."""
    user: Any = request.user
    open_still = Invitation.objects.seen_by(user).open().order_by("-created_at")
    return ok({"members": list(team.members(user)), "invitations": list(open_still)})


@router.post(
    "/invitations",
    response={201: Ok[InvitationOut], 400: Failure, 429: Failure},
    openapi_extra=documented(InviteForm, media=(JSON,)),
)
def invite(request: HttpRequest) -> Any:
    """Ask somebody to join; a mail brings them the link. A dispatcher says as what: dispatcher or driver."""
    user: Any = request.user
    limits.hit(request, "invite", "30/h", key=str(user.business_id))
    fields, _files = body_of(request, known=set(InviteForm.base_fields), media=(JSON,))
    made = team.invite(user.business, user, **checked(InviteForm(user.role, fields)))
    made.refresh_from_db()
    return Status(201, ok(made))


@router.delete("/invitations/{uuid:pk}", response={200: Ok[None], 409: Failure})
def withdraw(request: HttpRequest, pk: UUID) -> Any:
    """Call an invitation back."""
    user: Any = request.user
    team.withdraw(found(Invitation.objects.seen_by(user).filter(pk=pk).first()), user)
    return ok(None)


@router.post("/{uuid:pk}/deactivate", response={200: Ok[None], 409: Failure})
def dismiss(request: HttpRequest, pk: UUID) -> Any:
    """Shut a colleague out; never oneself, never the last one."""
    user: Any = request.user
    team.dismiss(found(team.members(user).filter(pk=pk).first()), user)
    return ok(None)


@invited.post(
    "/accept", response={201: Ok[SignedInOut], 400: Failure, 404: Failure, 409: Failure, 429: Failure}
)
def accept(request: HttpRequest, body: AcceptIn) -> Any:
    """Join the team that invited me, with the token of the mailed link, and be signed in."""
    limits.hit(request, "invitation", "60/h")
    row = Invitation.objects.of_token(body.token).select_related("business").first()
    if row is None:
        raise NotThere
    facts = checked(JoinForm(row, body.model_dump(exclude={"token"})))
    user = team.accept(row, language=(get_language() or "en")[:2], **facts)
    return Status(201, ok({**tokens.family(request, user).__dict__, "user": user}))
