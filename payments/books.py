"""Two books compared: a run of it, the lines of the gateway's book while it lasts, and the differences found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Owned
from core.codes import Coded, CodedQuerySet
from core.lifecycle import Moving
from core.money import money_field
from payments.lifecycle import BREAK, BreakStatus


class Entered(models.TextChoices):
    """What a line of a gateway's book speaks of."""

    CAPTURE = "capture"
    REFUND = "refund"
    UNREADABLE = "unreadable"


class BreakKind(models.TextChoices):
    """How two books can differ."""

    CAPTURE_UNKNOWN = "capture_unknown", _("Taken there, no such payment here")
    CAPTURE_FOREIGN = "capture_foreign", _("Taken there under a reference that is not ours")
    CAPTURE_MISSING = "capture_missing", _("Paid here, not taken there")
    CAPTURE_OPEN = "capture_open", _("Taken there, still open here")
    CAPTURE_FAILED = "capture_failed", _("Taken there, failed here")
    CAPTURE_AMOUNT = "capture_amount", _("Another amount was taken there")
    CAPTURE_CURRENCY = "capture_currency", _("Another currency was taken there")
    CAPTURE_TWICE = "capture_twice", _("Taken more than once there")
    CAPTURE_SESSION = "capture_session", _("Taken there under another session than ours")
    CAPTURE_OF_CASH = "capture_of_cash", _("Taken there, paid in cash here")
    CAPTURE_ELSEWHERE = "capture_elsewhere", _("Taken there, a payment of another gateway here")
    REFUND_UNKNOWN = "refund_unknown", _("Paid back there, no such refund here")
    REFUND_FOREIGN = "refund_foreign", _("Paid back there under a reference that is not ours")
    REFUND_MISSING = "refund_missing", _("Paid back here, not there")
    REFUND_OPEN = "refund_open", _("Paid back there, still on its way here")
    REFUND_FAILED = "refund_failed", _("Paid back there, failed here")
    REFUND_AMOUNT = "refund_amount", _("Another amount was paid back there")
    REFUND_CURRENCY = "refund_currency", _("Paid back in another currency there")
    REFUND_TWICE = "refund_twice", _("Paid back more than once there")
    REFUND_SESSION = "refund_session", _("Paid back there from another session than its payment's")
    REFUND_ELSEWHERE = "refund_elsewhere", _("Paid back there, a refund of another gateway here")
    REFUND_UNCAPTURED = "refund_uncaptured", _("Paid back there without having been taken")
    REFUND_EXCESS = "refund_excess", _("More was paid back there than taken")
    UNREADABLE = "unreadable", _("A line of their book that makes no sense")


class Reconciliation(Coded, Owned):
    """One comparison of our book with a gateway's, from `since` on; unfinished while `finished_at` is null.

    `seen_at` is when it was last at work: a lease, for no lock may be held while the gateway is asked.
    """

    PREFIX = "REC"

    gateway = models.CharField(_("gateway"), max_length=20)
    since = models.DateTimeField(_("since"))
    started_at = models.DateTimeField(_("started"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    seen_at = models.DateTimeField(db_default=Now(), editable=False)
    entries = models.PositiveIntegerField(_("entries of their book"), default=0)
    healed = models.PositiveIntegerField(_("facts we had missed"), default=0)
    found = models.PositiveIntegerField(_("new differences"), default=0)
    resolved = models.PositiveIntegerField(_("differences gone"), default=0)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        indexes: ClassVar = [models.Index(fields=["gateway", "-started_at"], name="reconciliation_latest")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway"], condition=Q(finished_at=None), name="reconciliation_one_at_a_time"
            ),
        ]

    def page_for(self, role: str) -> str:
        """Where news about it leads: what is still different."""
        return f"{reverse('admin:payments_break_changelist')}?status={BreakStatus.OPEN}"


class BookLine(models.Model):
    """A line of a gateway's book, kept only while the two books are compared."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=10, choices=Entered.choices)
    reference = models.CharField(max_length=100)
    ref = models.CharField(max_length=200)
    amount = money_field()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run", "kind", "reference"], name="bookline_reference"),
            models.Index(fields=["run", "kind", "ref"], name="bookline_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} {self.amount} {self.currency}"


class Break(Coded, Moving):
    """A difference between our book and a gateway's, as each of them has it. `fact_at` is when the money moved."""

    PREFIX = "BRK"
    LIFECYCLE = BREAK

    gateway = models.CharField(_("gateway"), max_length=20)
    kind = models.CharField(_("difference"), max_length=20, choices=BreakKind.choices)
    reference = models.CharField(_("reference"), max_length=100)
    ref = models.CharField(_("at the gateway"), max_length=200, blank=True)
    ours = models.CharField(_("our book"), max_length=300, blank=True)
    theirs = models.CharField(_("their book"), max_length=300, blank=True)
    fact_at = models.DateTimeField(_("when it happened"))
    first_seen = models.DateTimeField(_("first seen"), db_default=Now(), editable=False)
    last_seen = models.DateTimeField(_("last seen"))
    resolved_at = models.DateTimeField(_("closed at"), null=True)
    note = models.TextField(_("note"), blank=True)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference of the books")
        verbose_name_plural = _("differences of the books")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=BreakStatus.values), name="break_status_known"),
            models.CheckConstraint(
                condition=Q(status=BreakStatus.OPEN, resolved_at=None)
                | ~Q(status=BreakStatus.OPEN) & Q(resolved_at__isnull=False),
                name="break_has_an_end_or_is_open",
            ),
            models.UniqueConstraint(
                fields=["gateway", "kind", "reference", "ref"],
                condition=Q(status=BreakStatus.OPEN),
                name="break_open_once",
            ),
        ]

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        return reverse("admin:payments_break_change", args=[self.pk])
