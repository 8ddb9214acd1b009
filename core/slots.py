"""Questions put into SQL once, with places for the values of each time they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg.sql
from django.db.models import BooleanField, Expression, Field, Func, QuerySet

from core import binding


class Slot(Expression):
    """A place in a query for the value of this name; the value goes to the database as it is given."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class AmongThem(Func):
    """Whether a column is one of the values of a list."""

    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    output_field = BooleanField()


class AmongKeys(AmongThem):
    """The same for keys: the planner sees no list, so one plan does for lists of any length."""

    arg_joiner = " = ANY ((SELECT "
    template = "%(expressions)s)::bigint[])"


class Sql(NamedTuple):
    """SQL with its parameters, some of them slots."""

    text: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> Sql:
        """As the ORM would ask. Raises `EmptyResultSet` where nothing can match."""
        return cls(*rows.query.sql_with_params()).settled

    @property
    def settled(self) -> Sql:
        """What is no slot is written out.

        Then one plan, made for whatever comes, knows it: it may read an index that holds nothing but what is listed.
        """
        values = iter(self.parameters)
        text = binding.PLACES.sub(
            lambda place: place[0] if place[0] == "%%" else _literal(next(values)), self.text
        )
        return Sql(text, tuple(each for each in self.parameters if isinstance(each, Slot)))

    @property
    def counted(self) -> Sql:
        """The question how many rows there are."""
        return Sql(f"SELECT count(*) FROM ({self.text}) row", self.parameters)  # noqa: S608

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters, each slot with its value."""
        return [values[each.name] if isinstance(each, Slot) else each for each in self.parameters]

    def asked(self, values: Mapping[str, Any], using: str) -> list[tuple[Any, ...]]:
        """The rows of the answer, as the driver reads them."""
        with binding.cursor(using) as cursor:
            cursor.execute(binding.numbered(self.text), self.filled(values))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _literal(value: object) -> str:
    """As it stands in SQL, its percent signs doubled like those of the text around it; a slot keeps its place."""
    return "%s" if isinstance(value, Slot) else psycopg.sql.quote(value).replace("%", "%%")
