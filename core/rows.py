"""Rows of several tables in one statement, for what is written often and under other people's eyes.

Keys are drawn beforehand, so rows can name each other before any of them is written, and an answer can be put together
from them. Constraints and triggers judge the rows as they judge any others; signals and `save` of a model are not run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
            told = _told(row, columns, primary)
            masks.append(tuple([value is not DEFAULT for value in told]))
            values += [value for value in told if value is not DEFAULT]
        shape.append((model, tuple(masks)))
    with binding.cursor() as cursor:
        cursor.execute(_writing(tuple(shape), also.text if also else ""), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


DEFAULT = object()
AS_IT_IS = frozenset((str, bool, Decimal, datetime, UUID, NoneType))
KEY_AS_IT_IS = AS_IT_IS | {int}  # a key; other whole numbers are sent as wide as their field is


class _Column(NamedTuple):
    """How the value of a field is sent: `as_it_is` if it is of these types, a whole number by `width`."""

    name: str
    as_it_is: frozenset[type]
    width: Callable[[int], Any] | None
    field: Field[Any, Any]


def _column(field: Field[Any, Any]) -> _Column:
    target = getattr(field, "target_field", field)
    plain = type(field).pre_save in (Field.pre_save, AutoField.pre_save) and not isinstance(field, JSONField)
    if isinstance(field, AutoField) or not plain:
        return _Column(field.attname, frozenset((int,) if plain else ()), None, field)
    key = isinstance(target, AutoField)
    widths: dict[str, Callable[[int], Any]] = connection.ops.integerfield_type_map  # type: ignore[attr-defined]
    return _Column(
        field.attname, KEY_AS_IT_IS if key else AS_IT_IS, widths.get(field.get_internal_type()), field
    )


def _told(row: Model, columns: list[_Column], primary: BaseDatabaseWrapper) -> list[Any]:
    """What is sent of this row, with `DEFAULT` where the database says it."""
    told = []
    for name, as_it_is, width, field in columns:
        value = getattr(row, name)
        kind = type(value)
        if kind in as_it_is:
            told.append(value)
        elif width and kind is int:
            told.append(width(value))
        else:
            told.append(_prepared(row, field, primary))
    return told


def _prepared(row: Model, field: Field[Any, Any], primary: BaseDatabaseWrapper) -> Any:
    value = field.pre_save(row, add=True)
    if isinstance(value, DatabaseDefault) or (value is None and isinstance(field, AutoField)):
        return DEFAULT
    return field.get_db_prep_save(value, primary)


@cache
def _columns(model: type[Model]) -> list[_Column]:
    return [_column(field) for field in model._meta.local_concrete_fields]


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
