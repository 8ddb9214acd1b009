"""The lifecycles of a product, who may put it on sale and take it off, and of a file of products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.lifecycle import Lifecycle
from core.roles import Role


class ProductStatus(models.TextChoices):
    """Only listed products are on sale."""

    DRAFT = "draft", _("Draft")
    LISTED = "listed", _("Listed")
    HIDDEN = "hidden", _("Hidden by staff")
    ARCHIVED = "archived", _("Archived")


S = ProductStatus

PRODUCT = Lifecycle(
    "product",
    S.LISTED,
    # move       from                             to           who may                     label
    ("list",     [S.DRAFT],                       S.LISTED,    [Role.VENDOR],              _("Put on sale")),
    ("withdraw", [S.LISTED],                      S.DRAFT,     [Role.VENDOR],              _("Take off sale")),
    ("hide",     [S.DRAFT, S.LISTED],             S.HIDDEN,    [Role.STAFF],               _("Hide")),
    ("unhide",   [S.HIDDEN],                      S.LISTED,    [Role.STAFF],               _("Show again")),
    ("archive",  [S.DRAFT, S.LISTED, S.HIDDEN],   S.ARCHIVED,  [Role.VENDOR, Role.STAFF],  _("Archive")),
)  # fmt: skip


class ImportStatus(models.TextChoices):
    """A file of products is looked through first; nothing is written before its vendor says so."""

    CHECKED = "checked", _("Waiting for your yes")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


I = ImportStatus  # noqa: E741

IMPORT = Lifecycle(
    "import",
    I.CHECKED,
    # move       from          to          who may         label
    ("begin",    [I.CHECKED],  I.RUNNING,  [Role.VENDOR],  _("Carry it out")),
    ("drop",     [I.CHECKED],  I.DROPPED,  [Role.VENDOR, Role.SYSTEM],  _("Drop it")),
    ("finish",   [I.RUNNING],  I.DONE,     [Role.SYSTEM],  _("Finish")),
)  # fmt: skip
