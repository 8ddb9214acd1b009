"""Sign-in, and who am I."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import EmailStr, Field

from accounts import actions, tokens
from accounts.models import Notification
from core import limits
from core.api import Failure, In, Ok, Page, found, ok, page, signed_in

router = Router(tags=["Sign-in"])
news = Router(tags=["Notifications"], auth=signed_in)


class LoginIn(In):
    email: EmailStr
    password: str = Field(min_length=1, max_length=128)
    code: str | None = Field(None, max_length=32)


class RefreshIn(In):
    refresh: str = Field(min_length=1, max_length=4096)


class BusinessRef(Schema):
    id: str
    name: str
    status: str


class UserOut(Schema):
    id: UUID
    name: str
    role: str
    business: BusinessRef | None


class MeOut(UserOut):
    email: str
    notifications: int


class PairOut(Schema):
    access: str
    refresh: str
    expires_in: int


class SignedInOut(PairOut):
    user: UserOut


class NotificationOut(Schema):
    id: UUID
    title: str
    subject: str
    url: str
    created_at: datetime
    read_at: datetime | None


@router.post("/login", response={200: Ok[SignedInOut], 401: Failure, 403: Failure, 429: Failure})
def login(request: HttpRequest, body: LoginIn) -> Any:
    """An access token of five minutes and a refresh token, for e-mail and password."""
    limits.hit(request, "login", "30/m")
    limits.hit(request, "login", "10/m", key=f"{limits.client_address(request)}:{body.email.lower()}")
    user, pair = tokens.sign_in(request, body.email, body.password)
    return ok({**pair.__dict__, "user": user})


@router.post("/refresh", response={200: Ok[PairOut], 401: Failure})
def refresh(request: HttpRequest, body: RefreshIn) -> Any:
    """The next pair; a refresh token works once, and using it again ends its family."""
    return ok(tokens.refresh(body.refresh).__dict__)


@router.post("/logout", response=Ok[None])
def logout(request: HttpRequest, body: RefreshIn) -> Any:
    """End this token family, access tokens included."""
    tokens.sign_out(body.refresh)
    return ok(None)


@router.get("/me", response=Ok[MeOut], auth=signed_in)
def me(request: HttpRequest) -> Any:
    """Who am I."""
    user: Any = request.user
    facts = UserOut.from_orm(user).dict()
    unread = Notification.objects.filter(user=user, read_at=None).count()
    return ok({**facts, "email": user.email, "notifications": unread})


@news.get("", response=Page[NotificationOut])
def notifications(request: HttpRequest, cursor: str | None = None, page_size: int = 25) -> Any:
    """What happened that concerns me, newest first."""
    rows = Notification.objects.seen_by(request.user).select_related("event")
    return page(rows, cursor, page_size, by="event_id", show=_shown)


@news.post("/{uuid:pk}/read", response=Ok[None])
def read(request: HttpRequest, pk: UUID) -> Any:
    """Mark one as read."""
    actions.mark_read(found(Notification.objects.seen_by(request.user).filter(pk=pk).first()))
    return ok(None)


def _shown(row: Notification) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": _(row.title),
        "subject": row.event.subject,
        "url": row.url,
        "created_at": row.created_at,
        "read_at": row.read_at,
    }
