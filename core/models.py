"""Tables that every noun of the trade uses: what happened, what must follow, what was answered, what was audited."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.admin import display
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened: the timeline of a noun and the audit log. Append-only, kept by a trigger.

    `seq` numbers the moves of one subject without a gap; events beside its lifecycle have none.
    """

    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    name = models.CharField(_("event"), max_length=60)
    subject = models.CharField(_("subject"), max_length=40, help_text=_("Readable id, such as ORD1001"))
    seq = models.PositiveIntegerField(null=True)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    actor_id = models.UUIDField(null=True)
    actor = models.CharField(_("actor"), max_length=120)
    note = models.TextField(_("note"), blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("audit log")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "seq"], name="event_one_per_subject_and_seq"),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.actor} {self.name} {self.subject}"

    @property
    def noun(self) -> str:
        """What kind of thing it happened to: order, payment."""
        return self.name.partition(".")[0]


class Reaction(models.Model):
    """Something that must follow from an event: a row of the outbox, done at least once.

    A worker that takes a row moves `due_at` ahead by a lease, so a dead worker's row comes due again by itself.
    """

    PREFIX = "OUT"

    # Found by an index below that begins with it.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reactions", db_index=False)
    handler = models.CharField(max_length=100)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    dead = models.BooleanField(default=False)
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("outbox")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "handler"], name="reaction_once_per_event_and_handler"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="reaction_waiting", condition=Q(done_at=None, dead=False)),
            models.Index(fields=["id"], name="reaction_dead", condition=Q(dead=True)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.event_id}"

    @property
    @display(description=_("number"))
    def code(self) -> str:
        """The name people read."""
        return f"{self.PREFIX}{self.pk}"


class Answer(models.Model):
    """What was answered to an Idempotency-Key, so that its twin gets the same bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="answer_once_per_key")]
        indexes: ClassVar = [models.Index(fields=["at"], name="answer_by_age")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


class Audit(models.Model):
    """One look at every invariant (`core.audit`). `broken` names those that did not hold, with the first offenders."""

    PREFIX = "AUD"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    ok = models.BooleanField(_("all invariants hold"))
    seconds = models.FloatField(_("seconds"))
    broken = models.JSONField(_("broken"), default=dict)

    class Meta:
        verbose_name = _("audit run")
        verbose_name_plural = _("audit runs")

    def __str__(self) -> str:
        return self.code

    @property
    @display(description=_("number"))
    def code(self) -> str:
        """How news names it."""
        return f"{self.PREFIX}{self.pk}"

    def page_for(self, role: str) -> str:
        """Where news about it leads: to what staff see of it."""
        return reverse("admin:core_audit_change", args=[self.pk])


class Sweep(models.Model):
    """A job of the scheduler (`core.sweepers`): when it last came to its end, and why it failed since, if it did."""

    job = models.CharField(max_length=80, primary_key=True)
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name = "job"
        verbose_name_plural = "jobs"

    def __str__(self) -> str:
        return self.job


class Release(models.Model):
    """A state of the code that served here, since when, and the mark of the key it signed with (`core.releases`)."""

    name = models.CharField(max_length=80)
    key_mark = models.CharField(max_length=12)
    started_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "release"
        verbose_name_plural = "releases"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "key_mark"], name="release_once_per_name_and_key"),
        ]

    def __str__(self) -> str:
        return self.name
