"""Many at once: what must happen exactly once, or exactly as often as there are goods. Each race has its negative
control: with the guard taken away the same test must see the damage."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from catalog import stock
from catalog.models import Movement, Stock
from core.access import SYSTEM
from core.rows import Numbers
from orders.models import Line, Order
from payments import actions, settling
from payments.gateways.base import Fact
from payments.models import Payment, Refund
from tests.cast import Api, Cast, bank_says, key, workers_run
from tests.factories import AddressFactory, ProductFactory, RetailerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS, UNITS = 24, 10


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` that many times together, each on a connection of its own; a failure is its answer."""
    together = Barrier(count)

    def one(number: int) -> Any:
        try:
            together.wait(10)
            return work(number)
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def storm(product: Any) -> Counter[int]:
    """So many shops, each ordering one carton at the same moment; answers the HTTP statuses."""
    shops = []
    for number in range(BUYERS):
        shop = RetailerFactory.create(name=f"Shop {number}")
        buyer = UserFactory.create(role="retailer", business=shop)
        shops.append((Api(buyer), str(AddressFactory.create(retailer=shop).pk)))
    for api, _address in shops:
        assert api.token

    def order(number: int) -> int:
        api, address = shops[number]
        body = {
            "items": [{"product": product.code, "quantity": 1}],
            "address": address,
            "payment_method": "card",
        }
        api.client.raise_request_exception = False
        return int(api.post("/orders", body, **key()).status_code)

    return Counter(at_once(BUYERS, order))


def naive(take: stock.Take) -> bool:
    """The guard taken away: read, decide, write, as the shops of the field do."""
    row = Stock.objects.get(pk=take.product_id)
    if row.available < take.quantity:
        return False
    time.sleep(0.1)
    Stock.objects.filter(pk=row.pk).update(reserved=row.reserved + take.quantity)
    return True


@contextmanager
def without_trigger(table: str, name: str) -> Iterator[None]:
    """A trigger of the schema looks away for a moment."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """The schema's own guard taken away for a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")


def test_exactly_what_is_there_is_sold() -> None:
    pepsi = ProductFactory.create(quantity=UNITS)
    assert storm(pepsi) == {201: UNITS, 409: BUYERS - UNITS}
    row = Stock.objects.get(product=pepsi)
    assert (row.on_hand, row.reserved) == (UNITS, UNITS)
    assert Order.objects.count() == Line.objects.count() == UNITS
    assert Movement.objects.filter(kind="hold").count() == UNITS


def test_without_the_guard_it_oversells_and_this_test_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "_reserve", naive)
    with without_constraint("catalog_stock", "stock_never_oversold"):
        sold = storm(ProductFactory.create(quantity=UNITS))[201]
    assert sold > UNITS


def test_without_the_guard_the_schema_still_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong code that adds without looking can't oversell: the CHECK stops it."""

    def blind(take: stock.Take) -> bool:
        from django.db.models import F

        return bool(Stock.objects.filter(pk=take.product_id).update(reserved=F("reserved") + take.quantity))

    monkeypatch.setattr(stock, "_reserve", blind)
    statuses = storm(pepsi := ProductFactory.create(quantity=UNITS))
    assert statuses[201] == UNITS
    assert Stock.objects.get(product=pepsi).reserved == UNITS


def test_baskets_in_opposite_order_never_wait_in_a_circle() -> None:
    cast = Cast()
    goods = [ProductFactory.create(vendor=cast.ahmed_foods, quantity=1000) for _ in range(4)]
    api = Api(cast.fatima)
    assert api.token

    def order(number: int) -> int:
        chosen = goods if number % 2 else goods[::-1]
        body = cast.wish() | {"items": [{"product": each.code, "quantity": 1} for each in chosen]}
        return int(Api(cast.fatima, _token=api.token).post("/orders", body, **key()).status_code)

    assert Counter(at_once(16, order)) == {201: 16}


def test_stock_itself_takes_in_one_order_whatever_order_it_is_asked_in() -> None:
    """Its own promise: callers that sort by themselves are not relied on."""
    cola, dates = (ProductFactory.create(quantity=1000).pk for _ in range(2))

    def hold(number: int) -> None:
        pair = [stock.Take(cola, 1, 2 * number + 1), stock.Take(dates, 1, 2 * number + 2)]
        with transaction.atomic():
            stock.hold(pair if number % 2 else pair[::-1], SYSTEM)

    assert at_once(8, hold) == [None] * 8
    assert set(Stock.objects.values_list("reserved", flat=True)) == {8}


def test_twenty_twins_of_one_key_are_one_order() -> None:
    cast = Cast()
    token, named, body = Api(cast.fatima).token, key("double-click"), cast.wish(5)

    def order(_number: int) -> bytes:
        answer = Api(cast.fatima, _token=token).post("/orders", body, **named)
        assert answer.status_code == 201
        return bytes(answer.content)

    assert len(set(at_once(20, order))) == 1
    assert Order.objects.count() == 1


def test_twenty_copies_of_a_success_pay_once() -> None:
    cast = Cast()
    made = cast.order(10)
    at_once(20, lambda _n: bank_says(made["payments"][0]["id"]))
    order = Api(cast.fatima).get(f"/orders/{made['orders'][0]['id']}").json()["data"]
    assert order["status"] == "placed"
    assert [entry["event"] for entry in order["history"]] == ["order.create", "order.pay"]
    assert not Refund.objects.exists()


def test_success_and_failure_at_once_leave_money_and_order_agreeing() -> None:
    cast = Cast()
    made = cast.order(10)
    verdicts = ["captured", "failed"] * 5
    at_once(10, lambda n: bank_says(made["payments"][0]["id"], verdicts[n]))
    payment, order = Payment.objects.get(), Order.objects.get()
    assert payment.status == "captured"
    assert (order.status == "placed") == payment.settles
    assert payment.refunding == (0 if payment.settles else payment.captured)


def test_cancel_twenty_times_gives_the_stock_back_once() -> None:
    cast = Cast()
    code = cast.order(10)["orders"][0]["id"]
    token = Api(cast.fatima).token
    answers = at_once(
        20, lambda _n: Api(cast.fatima, _token=token).post(f"/orders/{code}/moves/cancel").status_code
    )
    assert Counter(answers) == {200: 1, 409: 19}
    assert Stock.objects.get(product=cast.pepsi).reserved == 0
    assert Movement.objects.filter(kind="release").count() == 1
    assert Line.objects.get().hold == "released"


def test_refunds_at_once_never_exceed_what_was_paid() -> None:
    cast = Cast()
    made = cast.order(10)
    bank_says(made["payments"][0]["id"])
    payment = Payment.objects.get()

    def refund(_number: int) -> Any:
        with transaction.atomic():
            return settling.refund(payment, payment.captured, reason="twice", by=SYSTEM).pk

    answers = at_once(10, refund)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert Payment.objects.get().refunding == payment.captured


def test_workers_side_by_side_tell_everybody_once() -> None:
    cast = Cast()
    for _ in range(5):
        bank_says(cast.order(1)["payments"][0]["id"])
    at_once(6, lambda _n: workers_run())
    titles = Counter(note["title"] for note in Api(cast.ahmed).get("/notifications").json()["data"])
    assert titles == {"New Order Received": 5}


def test_a_late_success_beside_a_cancellation_never_keeps_the_money() -> None:
    cast = Cast()
    made = cast.order(10)
    token, code = Api(cast.fatima).token, made["orders"][0]["id"]

    def act(number: int) -> None:
        if number:
            Api(cast.fatima, _token=token).post(f"/orders/{code}/moves/cancel")
        else:
            settling.settle(
                Payment.objects.get(), Fact("captured", Payment.objects.get().amount, "AED", ref="sess_1")
            )

    at_once(2, act)
    payment, order = Payment.objects.get(), Order.objects.get()
    assert order.status == "cancelled"
    assert payment.settles or payment.refunding == payment.captured


def test_a_twin_that_comes_late_gets_the_very_same_bytes() -> None:
    """Also after the order has moved on."""
    cast = Cast()
    api, named = Api(cast.fatima), key("lost-answer")
    first = api.post("/orders", cast.wish(10), **named)
    bank_says(first.json()["data"]["payments"][0]["id"])
    second = api.post("/orders", cast.wish(10), **named)
    assert (second.status_code, second.content) == (201, first.content)
    assert api.get(f"/orders/{first.json()['data']['orders'][0]['id']}").json()["data"]["status"] == "placed"


def unpaid_after_a_crowd(cast: Cast) -> int:
    """One shop's eight orders at the same moment, of which two may stay unpaid."""
    fatima = Api(cast.fatima)
    assert fatima.token
    body = cast.wish(1)
    at_once(8, lambda _number: fatima.post("/orders", body, **key()))
    return Order.objects.filter(status="awaiting_payment").count()


def test_of_a_crowd_of_one_shops_orders_no_more_stay_unpaid_than_may(cast: Cast, settings: Any) -> None:
    settings.RATELIMIT_ENABLE, settings.OPEN_ORDERS_CAP = True, 2
    assert unpaid_after_a_crowd(cast) == 2


def test_who_counts_unpaid_orders_beside_others_counts_wrong(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without waiting for each other they all see few."""
    settings.RATELIMIT_ENABLE, settings.OPEN_ORDERS_CAP = True, 2
    monkeypatch.setattr(actions, "Numbers", lambda counts, _drawer: Numbers(counts))
    assert unpaid_after_a_crowd(cast) > 2
