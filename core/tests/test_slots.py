"""Questions put into SQL once: what never changes is written out, so that one plan serves all values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg.sql
import pytest
from django.db import DatabaseError, connection

from catalog import search
from catalog.models import Product
from core.slots import Slot, Sql
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db
STRANGE = ("%s", "100% 'off'", "back\\slash", 'a "b" $1', "قهوة", "%%(x)s")


def asked(question: Sql, **values: Any) -> list[Any]:
    return [row[0] for row in question.asked(values, "default")]


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_written_out_means_the_same(cast: Cast, name: str) -> None:
    made = ProductFactory.create(
        vendor=cast.ahmed_foods, name=name, price=Decimal("7.50"), units_per_carton=None
    )
    rows = Product.objects.filter(name=name, price=Decimal("7.50"), version__gt=-1, pk=Slot("key"))
    question = Sql.of(rows.values_list("pk"))
    assert [type(each) for each in question.parameters] == [Slot]
    assert asked(question, key=made.pk) == [made.pk]
    assert asked(question, key=cast.pepsi.pk) == []


def _planned_once() -> bool:
    """Whether PostgreSQL has a plan for all values of the question for what is similar."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(generic_plans) FROM pg_prepared_statements WHERE statement LIKE '%%product_id%%LIMIT 6%%'"
        )
        return bool(cursor.fetchone()[0])


def _often(cast: Cast) -> None:
    for _ in range(20):
        search.similar(cast.pepsi.category_id, cast.pepsi.pk)


def test_what_is_similar_is_planned_once(cast: Cast) -> None:
    _often(cast)
    assert _planned_once()


def test_control_a_percent_sign_that_is_not_doubled_is_noticed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "core.slots._literal", lambda value: "%s" if isinstance(value, Slot) else psycopg.sql.quote(value)
    )
    with pytest.raises((AssertionError, DatabaseError)):
        test_what_is_written_out_means_the_same(cast, "%s")
