"""Supermarkets and the places they want goods brought to."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import Business, BusinessQuerySet, Emirate
from core.access import Owned, OwnedQuerySet, Owner
from core.files import private_storage
from core.roles import Role


class Retailer(Business):
    """A supermarket's profile."""

    PREFIX = "R"

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="retailer"
    )
    licence = models.FileField(
        _("trade licence"), storage=private_storage, upload_to="documents/", blank=True
    )
    asks_code = models.BooleanField(_("asks drivers for a hand-over code"), default=True, db_default=True)

    objects = BusinessQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("retailer")
        verbose_name_plural = _("retailers")


class Address(Owned):
    """A place to deliver to. Orders keep a copy, so changing it never rewrites history."""

    OWNERS: ClassVar = {Role.RETAILER: Owner("retailer_id")}
    COPIED = ("line1", "line2", "area", "city", "emirate", "contact", "phone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    retailer = models.ForeignKey(Retailer, on_delete=models.PROTECT, related_name="addresses")
    line1 = models.CharField(_("building and street"), max_length=200)
    line2 = models.CharField(_("more"), max_length=200, blank=True)
    area = models.CharField(_("area"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120)
    emirate = models.CharField(_("emirate"), max_length=3, choices=Emirate.choices)
    contact = models.CharField(_("who receives the goods"), max_length=120, blank=True)
    phone = PhoneNumberField(_("phone there"), blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.line1, self.area, self.city]))

    def copied(self) -> dict[str, Any]:
        """What an order remembers of it."""
        return {name: str(getattr(self, name)) for name in self.COPIED}
