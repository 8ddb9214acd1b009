"""Indexes and unique constraints that the models declare: whether each is there and valid, and what makes it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import UniqueConstraint

from aqad.diagnosis.grammar import Finding, Seen, rows

APPS = ("core", "accounts", "vendors", "retailers", "catalog", "orders", "payments", "logistics")


def declared() -> Iterator[Seen]:
    """Every index that the models declare is there and valid."""
    there = dict(rows("SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"))
    first = set(
        rows(
            """SELECT owner.relname, attname FROM pg_index JOIN pg_class owner ON owner.oid = indrelid
               JOIN pg_attribute ON attrelid = owner.oid AND attnum = indkey[0] WHERE indisvalid"""
        )
    )
    known = dict(_statements())
    missing = sorted(f"{name}: {made}" for name, made in known.items() if name not in there)
    missing += sorted(
        f"{table}.{column}: CREATE INDEX CONCURRENTLY ON {table} ({column})"
        for table, column in _columns()
        if (table, column) not in first
    )
    invalid = sorted(name for name, valid in there.items() if not valid)
    yield f"{len(known)} declared indexes and constraints looked for"
    if missing:
        yield Finding(
            90, "Indexes are missing", tuple(missing),
            "Make them again by these statements, as the owner of the tables; CONCURRENTLY keeps nobody waiting.",
        )  # fmt: skip
    if invalid:
        yield Finding(
            85, "Indexes are invalid: they are kept up to date and never used", tuple(invalid),
            "A CREATE INDEX CONCURRENTLY did not come to its end: REINDEX INDEX CONCURRENTLY …",
        )  # fmt: skip


def _models() -> Iterator[Any]:
    for label in APPS:
        yield from apps.get_app_config(label).get_models()


def _statements() -> Iterator[tuple[str, str]]:
    """Each index and unique constraint by name, with the statement that makes it."""
    editor = connection.schema_editor(collect_sql=True)
    for model in _models():
        for index in model._meta.indexes:
            yield index.name, str(index.create_sql(model, editor, concurrently=True))
        for each in model._meta.constraints:
            if isinstance(each, UniqueConstraint):
                yield each.name, str(each.create_sql(model, editor))


def _columns() -> Iterator[tuple[str, str]]:
    """Columns that Django indexes by itself: keys, foreign keys, unique ones."""
    for model in _models():
        for each in model._meta.local_fields:
            if each.primary_key or each.unique or each.db_index:
                yield model._meta.db_table, each.column
