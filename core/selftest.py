"""The audit's self-test: every way to break an invariant is taken on purpose, must be seen, and is undone.

Constraints and triggers are dropped for it inside the transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction

from core.audit import Invariant, Part, found_by, invariants
from core.moments import unhurried

UNGUARDED = """
DO $$
DECLARE guard record;
BEGIN
    FOR guard IN
        SELECT conrelid::regclass AS place, conname AS name FROM pg_constraint
        WHERE contype IN ('c', 'u', 'f') AND connamespace = current_schema()::regnamespace AND conrelid <> 0
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.place, guard.name); END LOOP;
    FOR guard IN
        SELECT index.indexrelid::regclass AS name FROM pg_index index
        JOIN pg_class place ON place.oid = index.indrelid
        WHERE place.relnamespace = current_schema()::regnamespace AND index.indisunique AND NOT index.indisprimary
    LOOP EXECUTE format('DROP INDEX %s', guard.name); END LOOP;
    FOR guard IN
        SELECT tgrelid::regclass AS place, tgname AS name FROM pg_trigger
        JOIN pg_class place ON place.oid = tgrelid
        WHERE NOT tgisinternal AND place.relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TRIGGER %I ON %s', guard.name, guard.place); END LOOP;
END $$
"""


class Trial(NamedTuple):
    """One way to break an invariant, and whether the audit saw it."""

    id: str
    why: str
    seen: bool


def selftest(only: str = "") -> Iterator[Trial]:
    """Try every break of every invariant (or of one, by its id), each undone."""
    for invariant in invariants():
        if only in ("", invariant.id):
            yield from _tried(invariant)


def _tried(invariant: Invariant) -> list[Trial]:
    with transaction.atomic():
        unhurried()
        _unguard()
        trials = [
            Trial(invariant.id, part.why, _seen(part, break_it))
            for part in invariant.parts
            for break_it in part.breaks
        ]
        transaction.set_rollback(True)
    return trials


def _seen(part: Part, break_it: str | Callable[[], Any]) -> bool:
    """Whether the part finds more after the break than before."""
    with transaction.atomic():
        before, _first = found_by(part)
        if isinstance(break_it, str):
            with connection.cursor() as cursor:
                cursor.execute(break_it)
        else:
            break_it()
        after, _first = found_by(part)
        transaction.set_rollback(True)
    return after > before


def _unguard() -> None:
    """Without any constraint or trigger, until the transaction is undone."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(UNGUARDED)
