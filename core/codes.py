"""Readable ids: `ORD1001` on paper, 1001 in the database.

The number is the primary key (an identity that starts at 1001 and is never reused), so a code costs no column, no
index and no query. Businesses differ: their code *is* the primary key, see `accounts.models.Business`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.contrib.admin import display
from django.db import models
from django.db.migrations.operations.special import RunSQL
from django.utils.translation import gettext_lazy as _

from core.access import OwnedQuerySet
from core.errors import NotThere

LARGEST = 2**63 - 1


class CodedQuerySet(OwnedQuerySet):
    """Rows found by the name people read."""

    def coded(self, code: str) -> Self:
        """The row of that code; none for a malformed one. Case does not matter."""
        return self.named([code])

    def named(self, codes: Iterable[str]) -> Self:
        """The rows of these codes; malformed ones are left aside."""
        numbers = [number for code in codes if (number := self.number(code)) is not None]
        return self.filter(pk__in=numbers) if numbers else self.none()

    def number(self, code: str) -> int | None:
        """The key behind a code; None for a malformed one."""
        prefix = self.model.PREFIX
        digits = code.upper().removeprefix(prefix)
        known = code.upper().startswith(prefix) and digits.isascii() and digits.isdigit()
        return int(digits) if known and int(digits) <= LARGEST else None

    def door(self, user: object, code: str) -> models.Model:
        """The one row of that code if this user may see it, otherwise `NotThere`."""
        found: models.Model | None = self.seen_by(user).coded(code).first()  # type: ignore[arg-type]
        if found is None:
            raise NotThere
        return found


class Coded(models.Model):
    """Mixin of a noun with a readable id."""

    PREFIX: ClassVar[str]

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    @property
    @display(description=_("number"))
    def code(self) -> str:
        """The name people read, such as ORD1001."""
        return f"{self.PREFIX}{self.pk}"


def numbered_from(table: str, start: int) -> RunSQL:
    """A migration step: the identity of `table` starts at `start`, also after a restart of the sequence."""
    return RunSQL(
        f"ALTER TABLE {table} ALTER COLUMN id SET START WITH {start} RESTART",
        RunSQL.noop,
    )


def append_only(table: str) -> RunSQL:
    """A migration step: PostgreSQL refuses UPDATE and DELETE on `table`, whatever the code says."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
        """,
        f"DROP TRIGGER {table}_append_only ON {table}",
    )


def told_in_history(table: str, prefix: str) -> RunSQL:
    """A migration step: at commit, a new or moved row of `table` must have its line in the history (one look-up)."""
    return RunSQL(
        f"""
        CREATE CONSTRAINT TRIGGER {table}_told AFTER INSERT OR UPDATE OF status, version ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_demand_history('{prefix}');
        """,
        f"DROP TRIGGER {table}_told ON {table}",
    )


def without_index(table: str, name: str, column: str) -> RunSQL:
    """A migration step: an index that another one covers is written no more. The migration is not atomic."""
    return RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({column})",
    )
