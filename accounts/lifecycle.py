"""The lifecycle of a business: who may work in the market."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.lifecycle import Lifecycle
from core.roles import Role


class BusinessStatus(models.TextChoices):
    """Vendors begin pending approval; retailers and carriers begin active."""

    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    ACTIVE = "active", _("Active")
    REJECTED = "rejected", _("Rejected")
    SUSPENDED = "suspended", _("Suspended")


S = BusinessStatus

BUSINESS = Lifecycle(
    "business",
    S.PENDING_APPROVAL,
    # move        from                                to            who may        label
    ("approve",   [S.PENDING_APPROVAL, S.REJECTED],   S.ACTIVE,     [Role.STAFF],  _("Approve")),
    ("reject",    [S.PENDING_APPROVAL],               S.REJECTED,   [Role.STAFF],  _("Reject")),
    ("apply",     [S.REJECTED],                       S.PENDING_APPROVAL, [Role.VENDOR], _("Apply again")),
    ("suspend",   [S.ACTIVE],                         S.SUSPENDED,  [Role.STAFF],  _("Suspend")),
    ("reinstate", [S.SUSPENDED],                      S.ACTIVE,     [Role.STAFF],  _("Reinstate")),
)  # fmt: skip
