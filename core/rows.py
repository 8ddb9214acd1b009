"""Rows of several tables in one statement, for what is written often and under other people's eyes.

Keys are drawn beforehand, so rows can name each other before any of them is written, and an answer can be put together
from them. Constraints and triggers judge the rows as they judge any others; signals and `save` of a model are not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from types import NoneType
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
        masks, columns = [], _columns(model)
        for row in group:
            told = [column.of(row, primary) for column in columns]
            masks.append(tuple([value is not DEFAULT for value in told]))
            values += [value for value in told if value is not DEFAULT]
        shape.append((model, tuple(masks)))
    with binding.cursor() as cursor:
        cursor.execute(_writing(tuple(shape), also.text if also else ""), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


DEFAULT = object()
AS_IT_IS = frozenset(
    (str, bool, Decimal, datetime, UUID, NoneType)
)  # whole numbers are not: a field says how wide they are


class _Column:
    """How the value of a field is sent."""

    def __init__(self, field: Field[Any, Any]) -> None:
        self.field, self.name = field, field.attname
        self.auto = isinstance(field, AutoField)
        plain = type(field).pre_save in (Field.pre_save, AutoField.pre_save)
        self.as_it_is = AS_IT_IS if plain and not self.auto and not isinstance(field, JSONField) else ()

    def of(self, row: Model, primary: BaseDatabaseWrapper) -> Any:
        """What is sent of this row, or `DEFAULT` where the database says it."""
        value = getattr(row, self.name)
        if type(value) in self.as_it_is:
            return value
        value = self.field.pre_save(row, add=True)
        if isinstance(value, DatabaseDefault) or (value is None and self.auto):
            return DEFAULT
        return self.field.get_db_prep_save(value, primary)


@cache
def _columns(model: type[Model]) -> list[_Column]:
    return [_Column(field) for field in model._meta.local_concrete_fields]


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
    columns = [
        quote(str(each.field.column)) for each, some in zip(_columns(model), told, strict=True) if some
    ]
    values = (
        ", ".join("%s" if given else "DEFAULT" for given, some in zip(mask, told, strict=True) if some)
        for mask in masks
    )
    into = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"
    return f"{into} VALUES {', '.join(f'({row})' for row in values)}"
