"""How people come in: where they are signed in, and how often somebody failed to be them."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.access import Actor, Owned, OwnedQuerySet


class SignInQuerySet(OwnedQuerySet):
    """Where people are signed in."""

    def seen_by(self, user: Actor | AnonymousUser) -> Self:
        """One's own, as far as they still open anything: not even staff see another's."""
        if not isinstance(user, User):
            return self.none()
        alive = self.filter(user_id=user.pk, mark=user.get_session_auth_hash())
        return alive.filter(session__expire_date__gt=Now())


class SignIn(Owned):
    """A browser's session, or a program's family of tokens: where from, and when it was last heard of.

    It goes with its session, and ends it when it is ended. No constraint holds a session back that others delete,
    such as the release before this one; what is left over opens and shows nothing. `network` is coarse: a /24 or a /64.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    program = models.BooleanField(default=False)
    device = models.CharField(max_length=60)
    network = models.CharField(max_length=43)
    mark = models.CharField(max_length=64)
    began_at = models.DateTimeField(db_default=Now(), editable=False)
    seen_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes: ClassVar = [models.Index(fields=["user", "-seen_at"], name="sign_in_of_user")]

    def __str__(self) -> str:
        return f"{self.device} · {self.network}"

    @property
    def is_phone(self) -> bool:
        """Whether it is held in a hand, as far as its name tells."""
        return self.device.endswith(("Android", "iPhone"))

    @property
    def near(self) -> str:
        """The neighbourhood without its arithmetic: 94.200.10.x."""
        start, _slash, size = self.network.partition("/")
        return f"{start.rpartition('.')[0]}.x" if size == "24" else start


class Failure(models.Model):
    """How often somebody failed to be `who` from a network; an empty network counts all of them, for an hour.

    `who` is a keyed hash, so that what people type by mistake is not kept. Nobody gets past `until`, except that
    the sum over all networks spares those that were `welcome` lately.
    """

    who = models.CharField(max_length=64)
    network = models.CharField(max_length=43, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(db_default=Now())
    welcome = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("failed sign-ins")
        verbose_name_plural = _("failed sign-ins")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["who", "network"], name="failure_once_per_who_and_network"),
        ]

    def __str__(self) -> str:
        return f"{self.who[:8]} · {self.network}"
