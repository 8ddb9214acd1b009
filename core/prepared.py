"""Statements that everybody waits for: put together once, and planned once for each connection.

Django puts a statement together anew each time it is asked, and PostgreSQL plans it anew. On the way of an order that
cost more than carrying them out (`docs/speed.md`), so the questions of that way come here; all others are the ORM's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cached_property
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

    def read(self, rows: list[tuple[Any, ...]]) -> Iterator[Any]:
        """Rows as models, with what was selected beside them."""
        for row in self.compiler.apply_converters(rows, self.converters):
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
        compiled = self.compiled()
        return list(compiled.read(compiled.sql.asked(given, DEFAULT_DB_ALIAS)))

    def first(self, **given: Any) -> M | None:
        """The first of them."""
        return next(iter(self(**given)), None)

    def compiled(self) -> _Compiled:
        """As text, for this thread."""
        compiled: _Compiled | None = getattr(self._here, "compiled", None)
        if compiled is None or compiled.compiler.connection is not connections[DEFAULT_DB_ALIAS]:
            compiled = self._here.compiled = _Compiled(self._build())
        return compiled


class Beside:
    """A change, and questions put in the same statement: each but the last has one row at most.

    They are answered as things were when the statement began, also if the change had to wait for somebody.
    """

    def __init__(self, change: Sql, *questions: Question[Any]) -> None:
        self.change, self.questions = change, questions

    @cached_property
    def _sql(self) -> Sql:
        asked = [question.compiled().sql for question in self.questions]
        tables = "".join(
            f" LEFT JOIN (SELECT true, row.* FROM ({sql.text}) row) q{number} ON true"  # noqa: S608
            for number, sql in enumerate(asked)
        )
        columns = "".join(f", q{number}.*" for number, _sql in enumerate(asked))
        text = f"WITH done AS ({self.change.text} RETURNING 1) SELECT (SELECT count(*) FROM done){columns}"  # noqa: S608
        parameters = [*self.change.parameters, *(each for sql in asked for each in sql.parameters)]
        return Sql(f"{text} FROM (VALUES (1)) alone{tables}", tuple(parameters))

    def __call__(self, **given: Any) -> tuple[int, list[list[Any]]]:
        """How many rows were changed, and the answers."""
        rows = self._sql.asked(given, DEFAULT_DB_ALIAS)
        answers, end = [], 1
        for question in self.questions:
            compiled = question.compiled()
            there, end = end, end + 1 + compiled.compiler.col_count
            few = rows if question is self.questions[-1] else rows[:1]
            answers.append(list(compiled.read([row[there + 1 : end] for row in few if row[there]])))
        return rows[0][0], answers

    def anew(self, **given: Any) -> list[list[Any]]:
        """The questions alone."""
        return [question(**given) for question in self.questions]
