"""The lifecycles of payments, refunds and breaks. `captured` is a one-way door; `unknown` means: ask until known."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.lifecycle import Lifecycle
from core.roles import Role


class PaymentStatus(models.TextChoices):
    """What we know of the money."""

    CREATED = "created", _("Not begun")
    PENDING = "pending", _("At the bank")
    UNKNOWN = "unknown", _("Being checked")
    FAILED = "failed", _("Failed")
    CAPTURED = "captured", _("Paid")


class RefundStatus(models.TextChoices):
    """What we know of money on its way back."""

    PENDING = "pending", _("On its way")
    UNKNOWN = "unknown", _("Being checked")
    DONE = "done", _("Paid back")
    FAILED = "failed", _("Failed")


class BreakStatus(models.TextChoices):
    """Whether our book and the gateway's still differ here."""

    OPEN = "open", _("To be looked into")
    RESOLVED = "resolved", _("Gone by itself")
    CLOSED = "closed", _("Closed")


S, R, B = PaymentStatus, RefundStatus, BreakStatus
SYSTEM = [Role.SYSTEM]

PAYMENT = Lifecycle(
    "payment",
    S.CREATED,
    # move      from                                          to           who may  label
    ("open",    [S.CREATED, S.UNKNOWN],                       S.PENDING,   SYSTEM,  _("Open")),
    ("lose",    [S.CREATED, S.PENDING],                       S.UNKNOWN,   SYSTEM,  _("Lose sight")),
    ("fail",    [S.CREATED, S.PENDING, S.UNKNOWN],            S.FAILED,    SYSTEM,  _("Fail")),
    ("capture", [S.CREATED, S.PENDING, S.UNKNOWN, S.FAILED],  S.CAPTURED,  SYSTEM,  _("Capture")),
)  # fmt: skip

REFUND = Lifecycle(
    "refund",
    R.PENDING,
    # move        from                     to           who may  label
    ("lose",      [R.PENDING],             R.UNKNOWN,   SYSTEM,  _("Lose sight")),
    ("done",      [R.PENDING, R.UNKNOWN],  R.DONE,      SYSTEM,  _("Done")),
    ("fail",      [R.PENDING, R.UNKNOWN],  R.FAILED,    SYSTEM,  _("Fail")),
    ("ask_again", [R.FAILED],              R.UNKNOWN,   SYSTEM,  _("Ask again")),
)  # fmt: skip

BREAK = Lifecycle(
    "break",
    B.OPEN,
    # move      from      to           who may       label
    ("resolve", [B.OPEN], B.RESOLVED,  SYSTEM,       _("Resolve")),
    ("close",   [B.OPEN], B.CLOSED,    [Role.STAFF], _("Close with a note")),
    stamps={"resolve": "resolved_at", "close": "resolved_at"},
)  # fmt: skip

OPEN = (S.CREATED, S.PENDING, S.UNKNOWN)
ON_ITS_WAY = (R.PENDING, R.UNKNOWN)
