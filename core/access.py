"""Access, declared once on the noun.

A model says in `OWNERS` which column makes a role its owner. `Model.objects.seen_by(user)` reads that in SQL and is
the one door for pages and API; `thing.roles_of(user)` reads it in Python and feeds the lifecycles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from core.roles import Role


class Actor(Protocol):
    """Whoever acts: a signed-in user, or the system."""

    @property
    def role(self) -> str: ...
    @property
    def pk(self) -> Any: ...
    @property
    def business_id(self) -> str | None: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class System:
    """AQAD itself. With `behalf_of` it moves things further along because a person moved something else."""

    label: str = "AQAD"
    pk: UUID | None = None
    role: str = Role.SYSTEM
    business_id: str | None = None

    @classmethod
    def behalf_of(cls, actor: Actor) -> System:
        """The system, remembered in history under the name of the one who caused it."""
        return cls(label=actor.label, pk=actor.pk)


SYSTEM = System()


@dataclass(frozen=True)
class Owner:
    """The column that makes somebody an owner, compared with `key` of the user.

    `given` and `unset` name columns that must (not) be null for that, such as the driver of a free delivery.
    """

    column: str
    key: str = "business_id"
    given: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()

    def rows(self, user: Actor) -> Q:
        """The rows this user owns."""
        mine = getattr(user, self.key)
        if not mine:
            return Q(pk__in=[])
        nulls = {f"{name}__isnull": False for name in self.given} | {
            f"{name}__isnull": True for name in self.unset
        }
        return Q(**{self.column: mine}, **nulls)

    def value(self, thing: models.Model) -> Any:
        """Whose this thing is: the value of the column, followed over foreign keys; None for nobody's."""
        if any(getattr(thing, name) is None for name in self.given):
            return None
        if any(getattr(thing, name) is not None for name in self.unset):
            return None
        found: Any = thing
        for step in self.column.split("__"):
            found = getattr(found, step, None)
        return found

    def holds(self, thing: models.Model, user: Actor) -> bool:
        """Whether this user owns the thing."""
        value = self.value(thing)
        return value is not None and value == getattr(user, self.key)


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to somebody."""

    def seen_by(self, user: Actor | AnonymousUser) -> Self:
        """The rows this user may see: all for staff, their own for owners, none for anybody else."""
        role = getattr(user, "role", None)
        if role == Role.STAFF:
            return self
        seen = Q(pk__in=[])
        for owner in self.model.owners(role):
            seen |= owner.rows(user)
        return self.filter(seen)


class Owned(models.Model):
    """Mixin of a noun that belongs to somebody."""

    OWNERS: ClassVar[Mapping[str, Owner | tuple[Owner, ...]]] = {}

    class Meta:
        abstract = True

    @classmethod
    def owners(cls, role: str | None) -> tuple[Owner, ...]:
        """What makes somebody of this role an owner; any one of them does."""
        found = cls.OWNERS.get(role, ()) if role else ()
        return (found,) if isinstance(found, Owner) else found

    def roles_of(self, user: Actor | AnonymousUser) -> frozenset[str]:
        """The roles this user has towards this thing; empty for a stranger."""
        role = getattr(user, "role", None)
        if role in (Role.STAFF, Role.SYSTEM):
            return frozenset({role})
        owns = any(owner.holds(self, user) for owner in self.owners(role))  # type: ignore[arg-type]
        return frozenset({role}) if role and owns else frozenset()
