"""Distributors and the papers that let them sell."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Business, BusinessQuerySet
from core.access import Owned, OwnedQuerySet, Owner
from core.files import private_storage
from core.roles import Role


class Vendor(Business):
    """A distributor's profile."""

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="vendor"
    )
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    about = models.TextField(_("about"), blank=True)

    objects = BusinessQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")

    def get_absolute_url(self) -> str:
        """The storefront."""
        return reverse("vendors:storefront", args=[self.pk, slugify(self.name) or "vendor"])


class DocumentKind(models.TextChoices):
    """What a document proves."""

    TRADE_LICENSE = "trade_license", _("Trade licence")
    VAT_CERTIFICATE = "vat_certificate", _("VAT certificate")


class Document(Owned):
    """A paper of a vendor, kept privately. `name` is what the sender called it: text, never a path."""

    OWNERS: ClassVar = {Role.VENDOR: Owner("vendor_id")}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    file = models.FileField(storage=private_storage, upload_to="documents/")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["uploaded_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.vendor_id}"

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it as an image."""
        return self.media_type.startswith("image/")

    def get_absolute_url(self) -> str:
        """The view that checks who asks before it hands the file over."""
        return reverse("vendors:document", args=[self.pk])
