"""Files of products on their way into the market."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.lifecycle import IMPORT, ImportStatus
from core.access import Owner
from core.codes import Coded, CodedQuerySet
from core.files import private_storage
from core.lifecycle import Moving
from core.roles import Role
from vendors.models import Vendor


class ImportRun(Coded, Moving):
    """A file of products on its way into the market, kept privately; row after row, each once.

    `found` says how many rows were new, changed, unchanged or wrong when it was looked through, `made` what became of
    them; `done` is how many rows were dealt with, in the order of the file. `seen` is the stock of a product when its
    row was looked through, by number of the row, where the file does not say so itself.
    """

    PREFIX = "IMP"
    LIFECYCLE = IMPORT
    OWNERS: ClassVar = {Role.VENDOR: Owner("vendor_id")}

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(storage=private_storage, upload_to="imports/")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(max_length=80)
    rows = models.PositiveIntegerField(_("rows"))
    done = models.PositiveIntegerField(_("rows done"), default=0)
    found = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    sample = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    seen = models.JSONField(default=dict)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("sent"), db_default=Now(), editable=False)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ImportStatus.values), name="import_status_known"),
            models.CheckConstraint(condition=Q(done__lte=F("rows")), name="import_done_at_most_all"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["vendor", "-id"], name="import_of_vendor"),
            models.Index(
                fields=["leased_until"], name="import_due", condition=Q(status=ImportStatus.RUNNING)
            ),
        ]

    def get_absolute_url(self) -> str:
        """Where it is looked at."""
        return reverse("catalog:import", args=[self.code])

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        return self.get_absolute_url()

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return 100 * self.done // self.rows

    @property
    def worth(self) -> int:
        """Rows that would write something."""
        return int(self.found.get("new", 0) + self.found.get("changed", 0))
