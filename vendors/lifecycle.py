"""The lifecycle of a document: what staff think of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.lifecycle import Lifecycle
from core.roles import Role


class DocumentStatus(models.TextChoices):
    """A newer paper of the same kind replaces the one before."""

    PENDING = "pending", _("To be reviewed")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    REPLACED = "replaced", _("Replaced")


S = DocumentStatus
STAFF = [Role.STAFF]

DOCUMENT = Lifecycle(
    "document",
    S.PENDING,
    # move      from                                 to           who may        label
    ("accept",  [S.PENDING, S.REJECTED],             S.ACCEPTED,  STAFF,         _("Accept")),
    ("reject",  [S.PENDING, S.ACCEPTED],             S.REJECTED,  STAFF,         _("Ask again")),
    ("replace", [S.PENDING, S.ACCEPTED, S.REJECTED], S.REPLACED,  [Role.VENDOR], _("Replace")),
)  # fmt: skip

CURRENT = (S.PENDING, S.ACCEPTED, S.REJECTED)
