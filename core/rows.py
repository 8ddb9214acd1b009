"""Rows of several tables in one statement, for what is written often and under other people's eyes.

Keys are drawn beforehand, so rows can name each other before any of them is written, and an answer can be put together
from them. Constraints and triggers judge the rows as they judge any others; signals and `save` of a model are not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.expressions import DatabaseDefault

from core import binding

Shape = tuple[tuple[type[Model], tuple[tuple[bool, ...], ...]], ...]


class Numbers:
    """Keys for so many new rows of each model, and the moment they were drawn at.

    For a `drawer`, if one is named, only one transaction at a time has drawn and goes on.
    """

    def __init__(self, counts: Mapping[type[Model], int], drawer: str | None = None) -> None:
        with binding.cursor() as cursor:
            cursor.execute(_drawing(tuple(counts)), [*counts.values(), drawer])
            self.now: datetime
            self.now, _alone, *drawn = cursor.fetchone()
        self._drawn = {model: iter(keys) for model, keys in zip(counts, drawn, strict=True)}

    def take(self, model: type[Model]) -> int:
        """The next key."""
        return int(next(self._drawn[model]))


@cache
def _drawing(models: tuple[type[Model], ...]) -> str:
    # Sequences as PostgreSQL names them; how many is asked in a way that needs no plan of its own for each number.
    drawing = "ARRAY(SELECT nextval('{}_{}_seq') FROM generate_series(1, (SELECT ${}::int)))"
    drawn = (
        drawing.format(model._meta.db_table, model._meta.pk.column, n) for n, model in enumerate(models, 1)
    )
    alone = f"pg_advisory_xact_lock(hashtextextended(${len(models) + 1}::text, 0))"
    return f"SELECT statement_timestamp(), {alone}::text, {', '.join(drawn)}"


class Change(NamedTuple):
    """A statement, with `%s` for its values, that changes what is there already."""

    text: str
    values: list[Any]

    def carry_out(self) -> None:
        """By itself."""
        with binding.cursor() as cursor:
            cursor.execute(binding.numbered(self.text), self.values)


def write(*rows: Model, also: Change | None = None) -> None:
    """Insert rows of any models in one statement, tables in the order in which they come first; `also` goes with it."""
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    shape, values, primary = [], [*also.values] if also else [], connections[DEFAULT_DB_ALIAS]
    for model, group in by_model.items():
        masks = []
        for row in group:
            told = [_value(field, row, primary) for field in _fields(model)]
            masks.append(tuple(value is not DEFAULT for value in told))
            values += [value for value in told if value is not DEFAULT]
        shape.append((model, tuple(masks)))
    with binding.cursor() as cursor:
        cursor.execute(_writing(tuple(shape), also.text if also else ""), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


DEFAULT = object()
AS_IT_IS = frozenset(
    (str, bool, Decimal, datetime, UUID)
)  # whole numbers are not: a field says how wide they are


@cache
def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.local_concrete_fields)


def _value(field: Field[Any, Any], row: Model, primary: BaseDatabaseWrapper) -> Any:
    """What is sent for a column, or `DEFAULT` where the database says it."""
    value = field.pre_save(row, add=True)
    if type(value) in AS_IT_IS and not isinstance(field, JSONField):
        return value
    if isinstance(value, DatabaseDefault) or (value is None and isinstance(field, AutoField)):
        return DEFAULT
    return field.get_db_prep_save(value, primary)


@lru_cache(500)
def _writing(shape: Shape, also: str) -> str:
    """One statement for rows of this shape: which columns of which rows are told, and which are left to defaults."""
    inserts = [_insert(model, masks) for model, masks in shape]
    *before, last = [also, *inserts] if also else inserts
    named = ", ".join(f"t{number} AS ({text})" for number, text in enumerate(before))
    return binding.numbered(f"WITH {named} {last}" if before else last)


def _insert(model: type[Model], masks: tuple[tuple[bool, ...], ...]) -> str:
    quote = connection.ops.quote_name
    told = [any(column) for column in zip(*masks, strict=True)]
    columns = [quote(str(field.column)) for field, some in zip(_fields(model), told, strict=True) if some]
    values = (
        ", ".join("%s" if given else "DEFAULT" for given, some in zip(mask, told, strict=True) if some)
        for mask in masks
    )
    into = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"
    return f"{into} VALUES {', '.join(f'({row})' for row in values)}"
