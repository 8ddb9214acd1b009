"""A transaction that loses to another one is tried once more, whole; what fails twice is 503 and nothing half done."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event as Flag
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from psycopg import errors

from catalog.models import Movement, Product, Stock
from core import transactions
from core.models import Answer
from core.transactions import atomically
from orders.models import Order
from tests.cast import Api, Cast, key
from tests.factories import ProductFactory
from tests.rivals import rival, somebody_waits

PASSING = [errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable]
LASTING = [errors.QueryCanceled, errors.DiskFull, errors.AdminShutdown]


class Work:
    """Fails so many times for this reason, then answers."""

    def __init__(self, why: type[Exception], failures: int) -> None:
        self.why, self.failures, self.tries = why, failures, 0

    def __call__(self) -> int:
        self.tries += 1
        if self.tries <= self.failures:
            raise OperationalError from self.why()
        return self.tries


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "PAUSE", (0, 0))


@pytest.mark.django_db(transaction=True)
def test_what_passes_is_tried_once_more_and_the_rest_is_not() -> None:
    for why in PASSING:
        assert atomically(Work(why, failures=1).__call__)() == 2
    for why, tries in [*((why, 2) for why in PASSING), *((why, 1) for why in LASTING)]:
        work = Work(why, failures=2)
        with pytest.raises(OperationalError):
            atomically(work.__call__)()
        assert work.tries == tries


@pytest.mark.django_db(transaction=True)
def test_a_part_of_a_transaction_is_not_tried_alone() -> None:
    work = Work(errors.DeadlockDetected, 1)
    with pytest.raises(OperationalError), transaction.atomic():
        atomically(work.__call__)()
    assert work.tries == 1


def locked(product: Product) -> Stock:
    """Its stock, which is whose transaction this is."""
    return Stock.objects.select_for_update().get(product=product)


@pytest.fixture
def impatient() -> Iterator[None]:
    """This connection looks for a deadlock at once and waits for no lock longer than a tenth of a second."""
    with connection.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '20ms'")
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    connection.close()


def ordered(cast: Cast, *goods: Product) -> Any:
    """What the market answers to Fatima, who wants one of each."""
    api = Api(cast.fatima)
    assert api.token
    body = cast.wish() | {"items": [{"product": each.code, "quantity": 1} for each in goods]}
    return api.post("/orders", body, **key("the-same"))


def circle(cast: Cast) -> tuple[Any, Product, Product]:
    """Fatima's order takes cola and then dates, another transaction dates and then cola: a deadlock, and she is it."""
    cola, dates = (ProductFactory.create(vendor=cast.ahmed_foods, quantity=9) for _ in range(2))

    def want_the_other() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '20s'")
        somebody_waits()
        locked(cola)

    with rival(lambda: locked(dates), want_the_other):
        answer = ordered(cast, cola, dates)
    return answer, cola, dates


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_a_deadlock_costs_the_buyer_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '3s'")
    answer, cola, dates = circle(Cast())
    assert answer.status_code == 201
    assert set(Stock.objects.filter(product__in=[cola, dates]).values_list("reserved", flat=True)) == {1}
    assert (Order.objects.count(), Answer.objects.count()) == (1, 1)
    assert Movement.objects.filter(kind="hold").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_without_the_second_try_the_buyer_would_be_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "PASSING", ())
    assert circle(Cast())[0].status_code == 503
    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_free_again_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cast, go_on = Cast(), Flag()

    with rival(lambda: locked(cast.pepsi), lambda: go_on.wait(20)) as held:

        def pause(_seconds: float) -> None:
            go_on.set()
            held.result(20)

        monkeypatch.setattr("core.transactions.time.sleep", pause)
        assert ordered(cast, cast.pepsi).status_code == 201
    assert Stock.objects.get(product=cast.pepsi).reserved == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_held_too_long_is_503_and_nothing_half_done() -> None:
    cast, go_on = Cast(), Flag()
    with rival(lambda: locked(cast.pepsi), lambda: go_on.wait(20)):
        answer = ordered(cast, cast.pepsi)
        go_on.set()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "5")
    assert not (
        Order.objects.exists() or Answer.objects.exists() or Movement.objects.exclude(kind="receive").exists()
    )
    assert ordered(cast, cast.pepsi).status_code == 201
