"""The parties of the market. A business is the owner of everything."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import BUSINESS, BusinessStatus
from core.access import OwnedQuerySet, Owner
from core.codes import CodedQuerySet
from core.lifecycle import Moving
from core.roles import Role


class Emirate(models.TextChoices):
    """The seven emirates by the codes of PINT AE."""

    ABU_DHABI = "AUH", _("Abu Dhabi")
    DUBAI = "DXB", _("Dubai")
    SHARJAH = "SHJ", _("Sharjah")
    AJMAN = "AJM", _("Ajman")
    UMM_AL_QUWAIN = "UAQ", _("Umm Al Quwain")
    RAS_AL_KHAIMAH = "RAK", _("Ras Al Khaimah")
    FUJAIRAH = "FUJ", _("Fujairah")


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
