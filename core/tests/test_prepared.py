"""Questions that are put together once, and rows that are written in one statement: as right as the ORM's."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField, UUIDField
from django.db.models.functions import Now
from django.test import override_settings

from aqad.settings import kept
from catalog.models import Movement, MovementKind, Product, Stock
from core import binding, rows
from core.models import Event, Reaction
from core.prepared import Beside, Question
from core.slots import AmongKeys, Slot, Sql
from retailers.models import Address
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

GOODS: Question[Product] = Question(
    lambda: (
        Product.objects.on_sale()
        .filter(AmongKeys("pk", Slot("keys", ArrayField(BigIntegerField()))))
        .select_related("vendor")
        .order_by("-pk")
    )
)
PLACE: Question[Address] = Question(
    lambda: Address.objects.filter(pk=Slot("key", UUIDField())).annotate(asked=Now())
)


def test_a_question_answers_as_the_orm_does(cast: Cast) -> None:
    keys = [cast.pepsi.pk, ProductFactory.create(vendor=cast.ahmed_foods).pk, 999_999]
    asked = GOODS(keys=keys)
    usual = list(Product.objects.on_sale().filter(pk__in=keys).select_related("vendor").order_by("-pk"))
    assert [vars(each) | {"_state": 0} for each in asked] == [vars(each) | {"_state": 0} for each in usual]
    assert [each.vendor.name for each in asked] == [cast.ahmed_foods.name] * 2
    assert {(each._state.adding, each._state.db) for each in asked} == {(False, "default")}


def test_each_asking_brings_its_own_values_and_sees_what_is_there_now(cast: Cast) -> None:
    other = ProductFactory.create(vendor=cast.ahmed_foods)
    assert [each.pk for each in GOODS(keys=[cast.pepsi.pk])] == [cast.pepsi.pk]
    assert [each.pk for each in GOODS(keys=[other.pk])] == [other.pk]
    Product.objects.filter(pk=other.pk).update(price=Decimal("7.77"))
    assert [each.price for each in GOODS(keys=[other.pk])] == [Decimal("7.77")]
    assert GOODS(keys=[]) == [] and GOODS.first(keys=[]) is None


def test_what_is_selected_beside_the_row_comes_with_it(cast: Cast) -> None:
    found: Any = PLACE.first(key=cast.deira.pk)
    assert (found, found.phone, found.asked is not None) == (cast.deira, cast.deira.phone, True)


def test_asked_often_it_is_planned_once_and_answers_the_same(cast: Cast) -> None:
    answers = {GOODS(keys=[cast.pepsi.pk])[0].name for _ in range(12)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE generic_plans > 0")
        planned = [text for (text,) in cursor if "= ANY ((SELECT $" in text and text.endswith('"id" DESC')]
    assert (answers, len(planned)) == ({cast.pepsi.name}, 1)


def test_behind_pgbouncer_nothing_stays_in_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept._database("postgres:///aqad")["OPTIONS"]["prepare_threshold"] == 5
    monkeypatch.setattr(kept, "DATABASE_POOLED", True)
    assert "prepare_threshold" not in kept._database("postgres:///aqad")["OPTIONS"]


RENAME = Sql("UPDATE catalog_product SET name = %s WHERE id = %s", (Slot("name"), Slot("key_of_it")))
PLACE_AND_GOODS = Beside(RENAME, PLACE, GOODS)


def test_questions_beside_a_change_are_answered_as_each_alone(cast: Cast) -> None:
    keys = [cast.pepsi.pk, ProductFactory.create(vendor=cast.ahmed_foods).pk, 999_999]
    alone = GOODS(keys=keys)
    given = {"name": "50 % off", "key_of_it": cast.pepsi.pk, "keys": keys}
    done, [places, goods] = PLACE_AND_GOODS(key=cast.deira.pk, **given)
    assert (done, places) == (1, [cast.deira])
    assert [vars(each) | {"_state": 0} for each in goods] == [vars(each) | {"_state": 0} for each in alone]
    assert [each.vendor.name for each in goods] == [cast.ahmed_foods.name] * 2
    assert Product.objects.get(pk=cast.pepsi.pk).name == "50 % off"


def test_questions_beside_a_change_may_find_nothing(cast: Cast) -> None:
    given = {"key": uuid4(), "name": "x", "key_of_it": 999_999}
    assert PLACE_AND_GOODS(keys=[], **given) == (0, [[], []])
    done, [places, goods] = PLACE_AND_GOODS(keys=[cast.pepsi.pk], **given)
    assert (done, places, [each.pk for each in goods]) == (0, [], [cast.pepsi.pk])
    assert PLACE_AND_GOODS(keys=[], **given | {"key": cast.deira.pk}) == (0, [[cast.deira], []])


@pytest.mark.django_db(transaction=True)
def test_threads_ask_the_same_question_each_on_its_own_connection(cast: Cast) -> None:
    seen: list[str] = []

    def ask() -> None:
        seen.extend(each.name for each in GOODS(keys=[cast.pepsi.pk]))
        connection.close()

    for thread in [Thread(target=ask) for _ in range(3)]:
        thread.start()
        thread.join()
    assert seen == [cast.pepsi.name] * 3


def test_what_the_statement_did_not_say_is_the_databases_word(cast: Cast) -> None:
    numbers = rows.Numbers({Event: 2})
    first, second = (
        Event(id=numbers.take(Event), name=name, subject="X1", actor="Sara") for name in ("a.b", "a.c")
    )
    first.note, second.at = "50 % off, $1 each", numbers.now
    rows.write(first, second, Reaction(event=first, handler="nobody"))
    told = list(Event.objects.filter(subject="X1").order_by("pk"))
    assert [(each.pk, each.name, each.note, each.data) for each in told] == [
        (first.pk, "a.b", "50 % off, $1 each", {}),
        (second.pk, "a.c", "", {}),
    ]
    assert told[1].at == numbers.now and told[0].at is not None
    follows = Reaction.objects.get(event=first)
    assert (follows.handler, follows.attempts, follows.dead) == ("nobody", 0, False)
    assert follows.due_at is not None and not first._state.adding


def test_a_change_goes_with_the_rows_or_not_at_all(cast: Cast) -> None:
    def written(name: str) -> Any:
        numbers = rows.Numbers({Event: 1})
        made = Event(id=numbers.take(Event), name="a.b", subject="X1", seq=1, after="new", actor="Sara")
        change = rows.Change("UPDATE catalog_product SET name = %s WHERE id = %s", [name, cast.pepsi.pk])
        with transaction.atomic():
            rows.write(made, also=change)
        return str(Product.objects.get(pk=cast.pepsi.pk).name)

    assert written("Pepsi, 50 % off") == "Pepsi, 50 % off"
    with pytest.raises(IntegrityError):
        written("Pepsi twice")
    assert Product.objects.get(pk=cast.pepsi.pk).name == "Pepsi, 50 % off"


def test_rows_that_the_schema_refuses_are_not_written_and_nothing_beside_them(cast: Cast) -> None:
    numbers = rows.Numbers({Event: 1})
    good = Event(id=numbers.take(Event), name="a.b", subject="X1", actor="Sara")
    bad = Movement(product=cast.pepsi, kind=MovementKind.HOLD, on_hand=0, reserved=-5, line=1, actor="Sara")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.write(good, bad)
    assert (
        not Event.objects.filter(subject="X1").exists() and not Stock.objects.filter(reserved__lt=0).exists()
    )


def test_no_key_is_drawn_twice() -> None:
    drawn = [rows.Numbers({Event: 3}) for _ in range(2)]
    keys = [each.take(Event) for each in drawn for _ in range(3)]
    assert len(set(keys)) == 6
    with pytest.raises(StopIteration):
        drawn[0].take(Event)


@override_settings(DEBUG=True)
def test_a_prepared_statement_is_counted_like_any_other(django_assert_num_queries: Any, cast: Cast) -> None:
    with django_assert_num_queries(2), binding.cursor() as cursor:
        cursor.execute("SELECT $1::int + 1", [41])
        assert cursor.fetchone() == (42,)
        GOODS(keys=[cast.pepsi.pk])
