"""What a person is told: lines of an inbox, and letters sent by mail."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.access import Actor, Owned, OwnedQuerySet
from core.models import Event


class NotificationQuerySet(OwnedQuerySet):
    """Lines of inboxes."""

    def seen_by(self, user: Actor | AnonymousUser) -> Self:
        """An inbox is personal: not even staff read another's."""
        return self.filter(user_id=user.pk)


class Notification(Owned):
    """A line in somebody's inbox. `title` is an English source sentence, shown in the reader's language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "event"], name="notification_once_per_user_and_event"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at"], name="notification_inbox"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class Letter(models.Model):
    """That an address was written to because of an event: claimed before sending, so that nobody is mailed twice.

    `tried_at` is the claim: whoever set it last has a minute to send. `sent_at` closes the row for good.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"))
    email = models.EmailField(_("e-mail"))
    tried_at = models.DateTimeField(_("tried"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "email"], name="letter_once_per_event_and_email"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.email}"
