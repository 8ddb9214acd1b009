"""Ordering: what is reserved, what is refused, what is told."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Movement, Stock
from core.models import Event, Reaction
from orders.models import Order
from orders.pricing import Priced
from tests.cast import Api, Cast, bank_says, handover_code, key, workers_run
from tests.factories import ProductFactory, VendorFactory

pytestmark = pytest.mark.django_db


def test_fatima_orders_100_of_500_and_400_are_left(cast: Cast) -> None:
    made = cast.order(100)
    assert made["id"] == "CHK1001"[:3] + made["id"][3:]
    [order] = made["orders"]
    assert order["status"] == "awaiting_payment"
    assert (order["subtotal"], order["vat"], order["total"]) == ("3250.00", "162.50", "3412.50")
    assert Api().get(f"/products/{cast.pepsi.code}").json()["data"]["available"] == 400
    stock = Stock.objects.get(product=cast.pepsi)
    assert (stock.on_hand, stock.reserved) == (500, 100)
    assert list(Movement.objects.order_by("id").values_list("kind", "on_hand", "reserved")) == [
        ("receive", 500, 0),
        ("hold", 0, 100),
    ]


def test_the_log_speaks_the_words_of_the_trade(
    cast: Cast, django_capture_on_commit_callbacks: object, caplog: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level("INFO"):  # type: ignore[operator]
        made = cast.order(1)
    line = f"Retailer {cast.fresh_mart.pk} created Order {made['orders'][0]['id']}"
    assert any(line in record.getMessage() for record in caplog.records)


def test_a_payment_link_and_no_gateway_call(cast: Cast) -> None:
    [payment] = cast.order()["payments"]
    assert payment["status"] == "created"
    assert f"/payments/{payment['id']}/?t=" in payment["redirect_url"]


def test_two_vendors_are_two_orders_and_one_card_payment(cast: Cast) -> None:
    rice = ProductFactory.create(
        name="Basmati rice", price=Decimal("29.75"), vendor=VendorFactory.create(name="Desert Gold")
    )
    body = cast.wish(2)
    body["items"].append({"product": rice.code, "quantity": 3})
    made = Api(cast.fatima).post("/orders", body, **key()).json()["data"]
    assert [order["vendor"]["name"] for order in made["orders"]] == ["Ahmed Foods LLC", "Desert Gold"]
    [payment] = made["payments"]
    assert payment["amount"] == made["total"] == "161.96"


def test_cash_on_delivery_is_placed_at_once_and_owed_per_order(cast: Cast) -> None:
    rice = ProductFactory.create(name="Basmati rice", vendor=VendorFactory.create(name="Desert Gold"))
    body = cast.wish(2, "cash_on_delivery")
    body["items"].append({"product": rice.code, "quantity": 3})
    made = Api(cast.fatima).post("/orders", body, **key()).json()["data"]
    assert {order["status"] for order in made["orders"]} == {"placed"}
    assert [payment["redirect_url"] for payment in made["payments"]] == [None, None]


def test_the_same_product_twice_is_one_line(cast: Cast) -> None:
    body = cast.wish(300)
    body["items"] *= 2
    answer = Api(cast.fatima).post("/orders", body, **key())
    assert answer.status_code == 409
    assert (answer.json()["asked"], answer.json()["available"]) == (600, 500)


def test_a_crowd_before_an_empty_shelf_writes_nothing(cast: Cast) -> None:
    api = Api(cast.fatima)
    assert api.token
    with CaptureQueriesContext(connection) as asked:
        assert api.post("/orders", cast.wish(501), **key()).status_code == 409
    written = re.findall(r"(?:INSERT INTO|UPDATE) (\w+)", " ".join(each["sql"] for each in asked))
    assert written == ["core_answer"]


def test_what_was_there_a_moment_ago_and_is_gone_is_refused_by_the_guard(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Priced, "short", property(lambda _: [], lambda *_: None), raising=False)
    answer = Api(cast.fatima).post("/orders", cast.wish(501), **key())
    assert (answer.status_code, answer.json()["available"]) == (409, 500)
    assert not Order.objects.exists() and Stock.objects.get(product=cast.pepsi).reserved == 0


def test_too_little_stock_names_product_asked_and_available(cast: Cast) -> None:
    answer = Api(cast.fatima).post("/orders", cast.wish(501), **key())
    assert answer.status_code == 409
    told = answer.json()
    assert (told["code"], told["product"], told["asked"], told["available"]) == (
        "out_of_stock", cast.pepsi.code, 501, 500,
    )  # fmt: skip
    assert not Order.objects.exists()
    assert Stock.objects.get(product=cast.pepsi).reserved == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": []}, "items"),
        ({"items": [{"product": "P999999", "quantity": 1}]}, "items"),
        ({"items": [{"product": "X1", "quantity": 1}]}, "items"),
        ({"items": [{"product": "P1001", "quantity": 0}]}, "items.0.quantity"),
        ({"items": [{"product": "P1001", "quantity": "5"}]}, "items.0.quantity"),
        ({"items": [{"product": "P1001", "quantity": True}]}, "items.0.quantity"),
        ({"items": [{"product": "P1001", "quantity": 1.0}]}, "items.0.quantity"),
        ({"items": [{"product": "P1001", "quantity": 10**30}]}, "items.0.quantity"),
        ({"address": "00000000-0000-0000-0000-000000000000"}, "address"),
        ({"payment_method": "barter"}, "payment_method"),
        ({"price": "0.01"}, "price"),
    ],
)
def test_a_wrong_wish_changes_nothing(cast: Cast, change: dict[str, object], field: str) -> None:
    answer = Api(cast.fatima).post("/orders", cast.wish() | change, **key())
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["errors"], answer.json()
    assert not Order.objects.exists()


def test_prices_that_changed_are_told_before_anything_is_ordered(cast: Cast) -> None:
    answer = Api(cast.fatima).post("/orders", cast.wish(1) | {"expected_total": "30.00"}, **key())
    assert (answer.status_code, answer.json()["code"], answer.json()["total"]) == (
        409,
        "total_changed",
        "34.13",
    )


def test_a_minimum_and_a_step(cast: Cast) -> None:
    water = ProductFactory.create(vendor=cast.ahmed_foods, name="Water", min_quantity=10, quantity_step=5)
    for quantity, status in ((5, 400), (12, 400), (15, 201)):
        answer = Api(cast.fatima).post("/orders", cast.wish(quantity, product=water), **key())
        assert answer.status_code == status, answer.content


def test_a_key_answers_its_twin_alike_and_refuses_another_body(cast: Cast) -> None:
    api, named = Api(cast.fatima), key("basket-7")
    first, twin = (api.post("/orders", cast.wish(5), **named) for _ in range(2))
    assert first.status_code == twin.status_code == 201
    assert first.json()["data"]["id"] == twin.json()["data"]["id"]
    assert api.post("/orders", cast.wish(6), **named).status_code == 422
    assert api.post("/orders", cast.wish(6)).status_code == 400
    assert Order.objects.count() == 1


def test_a_refused_order_does_not_burn_its_key(cast: Cast) -> None:
    api, named = Api(cast.fatima), key("basket-8")
    assert api.post("/orders", cast.wish(501), **named).status_code == 409
    assert api.post("/orders", cast.wish(5), **named).status_code == 201


def test_only_a_few_unpaid_orders_may_hold_stock(cast: Cast, settings: object) -> None:
    settings.OPEN_ORDERS_CAP = 2  # type: ignore[attr-defined]
    statuses = [Api(cast.fatima).post("/orders", cast.wish(1), **key()).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


def test_the_whole_way_of_an_order_is_in_its_history(cast: Cast) -> None:
    made = cast.order()
    code, payment = made["orders"][0]["id"], made["payments"][0]["id"]
    bank_says(payment)
    workers_run()
    ahmed, bilal, deepa = Api(cast.ahmed), Api(cast.bilal), Api(cast.deepa)
    assert ahmed.get(f"/orders/{code}").json()["data"]["moves"] == ["accept", "reject"]
    for move in ("accept", "ready"):
        assert ahmed.post(f"/orders/{code}/moves/{move}").status_code == 200
    workers_run()
    [delivery] = deepa.get("/deliveries").json()["data"]
    assigned = deepa.post(f"/deliveries/{delivery['id']}/moves/assign", {"driver": str(cast.bilal.pk)})
    assert assigned.status_code == 200, assigned.content
    for move in ("pick_up", "out_for_delivery", "deliver"):
        told = {"code": handover_code(code, cast.fatima)} if move == "deliver" else {}
        answer = bilal.post(f"/deliveries/{delivery['id']}/moves/{move}", told)
        assert answer.status_code == 200, answer.content
    workers_run()
    order = Api(cast.fatima).get(f"/orders/{code}").json()["data"]
    assert order["status"] == "delivered"
    assert [entry["to"] for entry in order["history"]] == [
        "awaiting_payment", "placed", "processing", "ready", "picked_up", "out_for_delivery", "delivered",
    ]  # fmt: skip
    assert [entry["from"] for entry in order["history"][1:]] == [
        entry["to"] for entry in order["history"][:-1]
    ]
    stock = Stock.objects.get(product=cast.pepsi)
    assert (stock.on_hand, stock.reserved) == (400, 0)
    seqs = list(Event.objects.filter(subject=code).order_by("id").values_list("seq", flat=True))
    assert seqs == list(range(1, 8))


def test_everybody_is_told_once(cast: Cast) -> None:
    made = cast.order()
    workers_run()
    titles = [note["title"] for note in Api(cast.fatima).get("/notifications").json()["data"]]
    assert titles == ["Order Successfully Created"]
    assert Api(cast.ahmed).get("/notifications").json()["data"] == []
    bank_says(made["payments"][0]["id"])
    workers_run()
    workers_run()
    titles = [note["title"] for note in Api(cast.ahmed).get("/notifications").json()["data"]]
    assert titles == ["New Order Received"]


def test_who_was_told_is_not_told_again_when_the_reaction_comes_again(cast: Cast) -> None:
    """The worker died between telling and writing down that it had told."""
    cast.order()
    workers_run()
    Reaction.objects.update(done_at=None, due_at="2026-01-01T00:00:00Z")
    workers_run()
    assert len(Api(cast.fatima).get("/notifications").json()["data"]) == 1
    assert not Reaction.objects.exclude(problem="").exists()
