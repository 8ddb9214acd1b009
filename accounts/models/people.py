"""People, their place in a business, and those who are asked to join."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.kinds import Kind
from accounts.models.business import Business
from core.access import Owned, OwnedQuerySet, Owner
from core.roles import Role

EMAIL_TAKEN = _("This e-mail is taken.")
HUMAN_ROLES = [role for role in Role.values if role != Role.SYSTEM]


class People(BaseUserManager["User"]):
    """Users are found by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> User:
        """A person with a hashed password; the e-mail is kept in lower case."""
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> User:
        """A member of staff: `manage.py createsuperuser`."""
        return self.create_user(email, password, role=Role.STAFF, is_superuser=True, **facts)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with one role, who signs in by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, error_messages={"unique": EMAIL_TAKEN})
    name = models.CharField(_("name"), max_length=120)
    phone = PhoneNumberField(_("phone"), blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    language = models.CharField(_("language"), max_length=5, default="en", choices=settings.LANGUAGES)
    muted = ArrayField(
        models.CharField(max_length=12, choices=Kind.choices),
        verbose_name=_("no mail about"),
        default=list,
        blank=True,
    )
    first_steps = models.BooleanField(default=True, db_default=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    sign_outs = models.PositiveIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(_("joined"), db_default=Now(), editable=False)

    objects = People()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(condition=Q(role__in=HUMAN_ROLES), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether Django Admin lets this person in."""
        return self.role == Role.STAFF

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session and token family of this person carries: a sign-out or another role ends them all."""
        salt = "accounts.models.User.session"
        value = f"{self.password}:{self.sign_outs}:{self.role}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def code(self) -> str:
        """How the audit log names this person as a subject."""
        return str(self.pk)

    @property
    def business(self) -> Business | None:
        """The party this person works for; none for staff."""
        membership = getattr(self, "membership", None)
        return membership.business if membership else None

    @property
    def business_id(self) -> str | None:
        """The readable id of that party."""
        membership = getattr(self, "membership", None)
        return membership.business_id if membership else None

    @property
    def label(self) -> str:
        """How the log names this person: Vendor V1001, Driver Bilal of C3001, Staff Sara."""
        if self.role in (Role.VENDOR, Role.RETAILER):
            return f"{self.role.capitalize()} {self.business_id}"
        of = f" of {self.business_id}" if self.business_id else ""
        return f"{self.role.capitalize()} {self.name}{of}"

    @property
    def may_work(self) -> bool:
        """Whether the API serves this person: active, and working for an active business."""
        business = self.business
        return self.is_active and (self.is_staff or (business is not None and business.is_open))


class Membership(models.Model):
    """A person's place in a business."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("team")

    def __str__(self) -> str:
        return f"{self.user} · {self.business_id}"


class InvitationQuerySet(OwnedQuerySet):
    """Invitations."""

    def open(self) -> Self:
        """Those nobody has answered or withdrawn yet, outlived ones among them."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def live(self) -> Self:
        """Those that can still be accepted."""
        return self.open().filter(expires_at__gt=Now())

    def of_token(self, token: str) -> Self:
        """The one whose mailed link carries this token; none for a token we never made."""
        try:
            return self.filter(pk=uuid.UUID(hex=Invitation.SIGNER.unsign(token)))
        except (signing.BadSignature, ValueError):
            return self.none()


class Invitation(Owned):
    """Somebody is asked by e-mail to join a business in a role. The link in the mail is good for seven days, once."""

    OWNERS: ClassVar = {role: Owner("business_id") for role in (Role.VENDOR, Role.RETAILER, Role.DISPATCHER)}
    SIGNER: ClassVar = signing.Signer(salt="accounts.invitation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    business = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("business")
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    language = models.CharField(_("language"), max_length=5, default="en", choices=settings.LANGUAGES)
    invited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("sent"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["business", "email"],
                name="invitation_one_open_per_business_and_email",
                condition=Q(accepted_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(condition=Q(role__in=HUMAN_ROLES), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.business_id}"

    @property
    def is_live(self) -> bool:
        """Whether it can still be accepted."""
        open_still = self.accepted_at is None and self.withdrawn_at is None
        return open_still and self.expires_at > timezone.now()

    @property
    def token(self) -> str:
        """What only the mailed link carries."""
        return self.SIGNER.sign(self.pk.hex)

    def get_absolute_url(self) -> str:
        """The page where the invited joins."""
        return reverse("accounts:join", args=[self.token])
