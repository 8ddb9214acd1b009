"""Distributors and the papers that let them sell."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Business, BusinessQuerySet
from core.access import OwnedQuerySet, Owner
from core.files import private_storage
from core.lifecycle import Moving
from core.roles import Role
from vendors.lifecycle import CURRENT, DOCUMENT, DocumentStatus


def slug(name: str) -> str:
    """How a vendor's name is told in its address."""
    return slugify(name) or "vendor"


class Vendor(Business):
    """A distributor's profile."""

    PREFIX = "V"

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="vendor"
    )
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    about = models.TextField(_("about"), blank=True)

    objects = BusinessQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")

    def papers(self) -> models.QuerySet[Document]:
        """The current documents, one of a kind."""
        return self.documents.filter(status__in=CURRENT)

    def get_absolute_url(self) -> str:
        """The storefront."""
        return reverse("vendors:storefront", args=[self.pk, slug(self.name)])


class DocumentKind(models.TextChoices):
    """What a document proves."""

    TRADE_LICENSE = "trade_license", _("Trade licence")
    VAT_CERTIFICATE = "vat_certificate", _("VAT certificate")


class Document(Moving):
    """A paper of a vendor, kept privately. `name` is what the sender called it: text, never a path.

    `note` is what staff wrote when they asked for it again. One paper of a kind is current at a time.
    """

    LIFECYCLE = DOCUMENT
    OWNERS: ClassVar = {Role.VENDOR: Owner("vendor_id")}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    file = models.FileField(storage=private_storage, upload_to="documents/")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("note"), max_length=500, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["uploaded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=DocumentStatus.values), name="document_status_known"
            ),
            models.UniqueConstraint(
                fields=["vendor", "kind"],
                condition=~Q(status=DocumentStatus.REPLACED),
                name="document_one_current_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.vendor_id}"

    @property
    def code(self) -> str:
        return str(self.pk)

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it as an image."""
        return self.media_type.startswith("image/")

    def get_absolute_url(self) -> str:
        """The view that checks who asks before it hands the file over."""
        return reverse("vendors:document", args=[self.pk])
