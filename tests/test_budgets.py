"""What a page or an answer may ask of the database: a number of statements, the same for ten rows and for many."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Image
from tests.cast import Api, Cast, bank_says, key
from tests.factories import BrandFactory, CategoryFactory, ProductFactory, VendorFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db
GOODS = {
    "/api/products?page_size=100": 4,
    "/api/products/{code}": 5,
    "{page}": 3,
    "/api/categories": 1,
    "/api/brands": 1,
}


def asked(call: Callable[[], Any]) -> list[str]:
    """The statements of one request that succeeds."""
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code in (200, 201)
    return [query["sql"] for query in captured]


def stock_up(cast: Cast, count: int) -> None:
    """So many products of several vendors, brands and shelves, each with a picture."""
    for number in range(count):
        made = ProductFactory.create(
            vendor=VendorFactory.create() if number % 5 == 0 else cast.ahmed_foods,
            name=f"Cola {number}",
            brand=BrandFactory.create(slug=f"brand-{count}-{number}"),
            category=CategoryFactory.create(slug=f"shelf-{count}-{number}")
            if number % 3 == 0
            else cast.pepsi.category,
        )
        Image.objects.create(product=made, position=0, file="x.webp", width=9, height=9)


def test_goods_cost_the_same_however_many_and_stay_within_their_budget(cast: Cast) -> None:
    names = {"code": cast.pepsi.code, "page": cast.pepsi.get_absolute_url()}
    paths = [path.format(**names) for path in (*GOODS, "/catalog/", "/catalog/?search=cola", "/")]
    stock_up(cast, 10)
    few = {path: asked(partial(Client().get, path)) for path in paths}
    stock_up(cast, 90)
    many = {path: asked(partial(Client().get, path)) for path in paths}
    assert {path: len(told) for path, told in few.items()} == {path: len(told) for path, told in many.items()}
    for path, most in GOODS.items():
        told = many[path.format(**names)]
        assert len(told) <= most, told


def test_people_see_their_work_at_the_same_cost_however_much_there_is() -> None:
    stage = Stage()
    looks = {
        "/orders/": stage.fatima, "/api/orders": stage.fatima, "/vendor/": stage.ahmed, "/vendor/orders/": stage.ahmed,
        "/vendor/products/": stage.ahmed, "/driver/": stage.bilal, "/carrier/": stage.deepa,
        "/api/deliveries": stage.bilal, "/notifications/": stage.fatima,
    }  # fmt: skip
    _trade(stage, 2)
    few = {path: len(asked(_look(path, person))) for path, person in looks.items()}
    _trade(stage, 7)
    assert {path: len(asked(_look(path, person))) for path, person in looks.items()} == few


def _look(path: str, person: Any) -> Callable[[], Any]:
    if path.startswith("/api/"):
        api = Api(person)
        assert api.token
        return lambda: api.get(path.removeprefix("/api"))
    client = Client()
    client.force_login(person)
    client.get(path)
    return lambda: client.get(path)


def _trade(stage: Stage, count: int) -> None:
    """More orders in the same hands, up to the van."""
    from core import events
    from logistics import actions as logistics
    from logistics.models import Delivery
    from orders import actions as orders
    from orders.models import Order

    for _ in range(count):
        made = stage.order(1)
        bank_says(made["payments"][0]["id"])
        row = Order.objects.coded(made["orders"][0]["id"]).get()
        orders.accept(row, stage.ahmed)
        orders.ready(row, stage.ahmed)
        events.relay()
        logistics.assign(Delivery.objects.get(order=row), stage.deepa, driver=stage.bilal)
        waiting = stage.order(1)
        bank_says(waiting["payments"][0]["id"])
    events.relay()


@pytest.mark.parametrize(("lines", "most"), [(1, 12), (5, 16)])
def test_an_order_is_written_in_few_statements(cast: Cast, lines: int, most: int) -> None:
    """A line more costs one: the guarded UPDATE of its stock, in order of product."""
    items = [{"product": cast.pepsi.code, "quantity": 1}]
    items += [
        {"product": ProductFactory.create(vendor=cast.ahmed_foods).code, "quantity": 1}
        for _ in range(lines - 1)
    ]
    api = Api(cast.fatima)
    assert api.token
    body = cast.wish() | {"items": items}
    told = asked(lambda: api.post("/orders", body, **key()))
    print(f"{lines} lines: {len(told)} statements", *(sql[:110] for sql in told), sep="\n")
    assert len(told) <= most
