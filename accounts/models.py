"""People and the parties they work for. A business is the owner of everything; people join it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.lifecycle import BUSINESS, BusinessStatus
from core.access import Actor, Owned, OwnedQuerySet, Owner
from core.codes import CodedQuerySet
from core.lifecycle import Moving
from core.models import Event
from core.roles import Role

EMAIL_TAKEN = _("This e-mail is taken.")
HUMAN_ROLES = [role for role in Role.values if role != Role.SYSTEM]


class Emirate(models.TextChoices):
    """The seven emirates by the codes of PINT AE."""

    ABU_DHABI = "AUH", _("Abu Dhabi")
    DUBAI = "DXB", _("Dubai")
    SHARJAH = "SHJ", _("Sharjah")
    AJMAN = "AJM", _("Ajman")
    UMM_AL_QUWAIN = "UAQ", _("Umm Al Quwain")
    RAS_AL_KHAIMAH = "RAK", _("Ras Al Khaimah")
    FUJAIRAH = "FUJ", _("Fujairah")


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
    language = models.CharField(_("language"), max_length=5, default="en")
    is_active = models.BooleanField(_("active"), default=True)
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


class BusinessQuerySet(OwnedQuerySet):
    """Businesses."""

    coded = cast(Any, lambda self, code: self.filter(pk=code.upper()))
    door = cast(Any, CodedQuerySet.door)


class Business(Moving):
    """A party of the market. `Vendor`, `Retailer` and `Carrier` are its profiles; its readable id is the key."""

    LIFECYCLE = BUSINESS
    LETTERS: ClassVar = {Role.VENDOR: "V", Role.RETAILER: "R", Role.DISPATCHER: "C"}
    OWNERS: ClassVar = {
        role: Owner("pk") for role in (Role.VENDOR, Role.RETAILER, Role.DISPATCHER, Role.DRIVER)
    }

    id = models.CharField(_("id"), primary_key=True, max_length=20, editable=False)
    name = models.CharField(_("company name"), max_length=200)
    trn = models.CharField(
        _("TRN"),
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"^1\d{12}03$", _("A TRN has 15 digits, begins with 1 and ends in 03."))],
    )
    emirate = models.CharField(_("emirate"), max_length=3, choices=Emirate.choices, blank=True)
    licence_number = models.CharField(_("trade licence number"), max_length=60, blank=True)
    licence_authority = models.CharField(_("licensing authority"), max_length=120, blank=True)
    licence_expiry = models.DateField(_("licence valid until"), null=True, blank=True)
    created_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    objects = BusinessQuerySet.as_manager()

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=BusinessStatus.values), name="business_status_known"
            ),
            models.CheckConstraint(condition=Q(id__regex=r"^[VRC]\d{4,}$"), name="business_id_readable"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"

    @property
    def code(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether its people may work in the market."""
        return self.status == BusinessStatus.ACTIVE

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        if role == Role.VENDOR:
            return reverse("vendors:documents")
        if role == Role.STAFF and self.pk.startswith("V"):
            return reverse("admin:vendors_vendor_change", args=[self.pk])
        return ""

    def locked(self) -> Any:
        return Business._base_manager.select_for_update(no_key=True).get(pk=self.pk)


def next_code(letter: str) -> str:
    """The next readable id of that letter, such as V1001; never given twice, also after a rollback."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"business_{letter.lower()}"])
        return f"{letter}{cursor.fetchone()[0]}"


class Membership(models.Model):
    """A person's place in a business."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("team")

    def __str__(self) -> str:
        return f"{self.user} · {self.business_id}"


class NotificationQuerySet(OwnedQuerySet):
    """Lines of inboxes."""

    def seen_by(self, user: Actor | AnonymousUser) -> Self:
        """An inbox is personal: not even staff read another's."""
        return self.filter(user_id=user.pk)


class Notification(Owned):
    """A line in somebody's inbox. `title` is an English source sentence, shown in the reader's language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "event"], name="notification_once_per_user_and_event"),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"], name="notification_inbox")]

    def __str__(self) -> str:
        return self.title
