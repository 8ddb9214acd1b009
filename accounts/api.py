"""Sign-in, passwords, and who am I."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.forms import UserTokenForm
from allauth.account.models import EmailAddress
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import EmailStr, Field

from accounts import actions, entering, tokens
from accounts.forms import ProfileForm
from accounts.models import Notification, User
from core import limits
from core.api import Failure, In, Ok, Page, found, ok, page, signed_in
from core.bodies import JSON, body_of, documented
from core.errors import Invalid
from core.forms import checked

router = Router(tags=["Sign-in"])
news = Router(tags=["Notifications"], auth=signed_in)


class LoginIn(In):
    email: EmailStr
    password: str = Field(min_length=1, max_length=128)
    code: str | None = Field(None, max_length=32)


class RefreshIn(In):
    refresh: str = Field(min_length=1, max_length=4096)


class PasswordIn(In):
    current: str = Field(min_length=1, max_length=128)
    new: str = Field(min_length=1, max_length=128)


class ForgottenIn(In):
    email: EmailStr


class ResetIn(In):
    key: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=128)


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
    email_verified: bool
    phone: str
    language: str
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
    """An access token of five minutes and a refresh token, for e-mail, password and code, where one is wanted."""
    limits.hit(request, "login", "30/m")
    user, pair = tokens.sign_in(request, body.email, body.password, body.code or "")
    return ok({**pair.__dict__, "user": user})


@router.post("/refresh", response={200: Ok[PairOut], 401: Failure})
def refresh(request: HttpRequest, body: RefreshIn) -> Any:
    """The next pair; a refresh token works once, and using it again ends its family."""
    return ok(tokens.refresh(request, body.refresh).__dict__)


@router.post("/logout", response=Ok[None])
def logout(request: HttpRequest, body: RefreshIn) -> Any:
    """End this token family, access tokens included."""
    tokens.sign_out(body.refresh)
    return ok(None)


@router.post("/logout-all", response=Ok[None], auth=signed_in)
def logout_all(request: HttpRequest) -> Any:
    """End every token family and every session of mine, this one included."""
    user: Any = request.user
    actions.sign_out_everywhere(user)
    return ok(None)


@router.post("/password/change", response={200: Ok[PairOut], 400: Failure, 429: Failure}, auth=signed_in)
def change_password(request: HttpRequest, body: PasswordIn) -> Any:
    """Another password. All sessions and tokens of mine end; the answer is a fresh pair to go on with."""
    user: Any = request.user
    limits.hit(request, "password", "5/m", key=str(user.pk))
    if not user.check_password(body.current):
        raise Invalid.field("current", _("This is not your current password."))
    _strong(body.new, user, "new")
    actions.new_password(user, body.new)
    return ok(tokens.family(request, user).__dict__)


@router.post("/password/reset", response={200: Ok[None], 400: Failure, 429: Failure})
def forgotten(request: HttpRequest, body: ForgottenIn) -> Any:
    """A mail with a link to choose a new password, if the address is known; the answer is the same if not."""
    limits.hit(request, "reset", "20/h")
    limits.hit(request, "reset", "5/h", key=body.email.lower())
    entering.forgot(body.email)
    return ok(None)


@router.post("/password/reset/confirm", response={200: Ok[None], 400: Failure, 429: Failure})
def reset(request: HttpRequest, body: ResetIn) -> Any:
    """A new password for the key of the mailed link (its last part). The key works once; sessions and tokens end."""
    limits.hit(request, "reset-confirm", "20/m")
    uidb36, _dash, key = body.key.partition("-")
    form = UserTokenForm({"uidb36": uidb36, "key": key})
    user: Any = form.reset_user if form.is_valid() else None
    if user is None or not user.is_active:
        raise Invalid.field("key", _("This link no longer works."))
    _strong(body.password, user, "password")
    actions.new_password(user, body.password)
    return ok(None)


def _strong(password: str, user: User, field: str) -> None:
    """Django's validators decide. Raises `Invalid` with what they say."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as weak:
        raise Invalid(weak.messages[0], errors={field: weak.messages}) from weak


@router.get("/me", response=Ok[MeOut], auth=signed_in)
def me(request: HttpRequest) -> Any:
    """Who am I."""
    return ok(_me(request.user))


@router.patch(
    "/me",
    response={200: Ok[MeOut], 400: Failure},
    auth=signed_in,
    openapi_extra=documented(ProfileForm, media=(JSON,)),
)
def edit(request: HttpRequest) -> Any:
    """My name, phone number or language; what is not sent stays."""
    user: Any = request.user
    fields, _files = body_of(request, known=set(ProfileForm.base_fields), media=(JSON,))
    now = {"name": user.name, "phone": str(user.phone), "language": user.language}
    actions.edit_person(user, checked(ProfileForm(now | fields)))
    user.refresh_from_db()
    return ok(_me(user))


def _me(user: Any) -> dict[str, Any]:
    facts = UserOut.from_orm(user).dict()
    mine = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    unread = Count("notifications", filter=Q(notifications__read_at=None))
    told = User.objects.filter(pk=user.pk).annotate(email_verified=Exists(mine), unread=unread)
    verified, count = told.values_list("email_verified", "unread").get()
    more = {"email": user.email, "phone": str(user.phone), "language": user.language}
    return {**facts, **more, "email_verified": verified, "notifications": count}


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
