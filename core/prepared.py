"""Statements that everybody waits for: put together once, and planned once for each connection.

Django puts a statement together anew each time it is asked, and PostgreSQL plans it anew. On the way of an order that
cost more than carrying them out (`docs/speed.md`), so the questions of that way come here; all others are the ORM's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from core.making import reader
from core.slots import Sql

M = TypeVar("M", bound=Model)


class _Compiled:
    """A queryset as text, for one thread: a compiler belongs to the connection of its thread."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        text, values = self.compiler.as_sql()
        self.sql = Sql(text, values)
        facts = self.compiler.klass_info
        self.model = reader(facts["model"])
        self.own = slice(facts["select_fields"][0], facts["select_fields"][-1] + 1)
        self.names = [column[0].target.attname for column in self.compiler.select[self.own]]
        self.others = self.compiler.annotation_col_map.items()
        selected = [column[0] for column in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(selected)
        populators: Any = get_related_populators
        self.populators = _swift(populators(facts, self.compiler.select, DEFAULT_DB_ALIAS))

    def ask(self, given: dict[str, Any]) -> Iterator[Any]:
        """The rows as models, with what was selected beside them."""
        found = self.sql.asked(given, DEFAULT_DB_ALIAS)
        for row in self.compiler.apply_converters(found, self.converters):
            thing = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
            for populator in self.populators:
                populator.populate(row, thing)
            for name, column in self.others:
                setattr(thing, name, row[column])
            yield thing


def _swift(populators: list[Any]) -> list[Any]:
    """What fills in related things makes them from their columns, too."""
    for populator in populators:
        populator.model_cls = reader(populator.model_cls)
        _swift(populator.related_populators)
    return populators


class Question(Generic[M]):
    """A queryset with slots, asked of the primary.

    `build` says it once: it must not depend on the moment, the language or the person, but by what is given.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build, self._here = build, threading.local()

    def __call__(self, **given: Any) -> list[M]:
        """The rows for these values, in the order the queryset says."""
        compiled = getattr(self._here, "compiled", None)
        if compiled is None or compiled.compiler.connection is not connections[DEFAULT_DB_ALIAS]:
            compiled = self._here.compiled = _Compiled(self._build())
        return list(compiled.ask(given))

    def first(self, **given: Any) -> M | None:
        """The first of them."""
        return next(iter(self(**given)), None)
