"""Orders and addresses, row by row."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orders.lifecycle import OrderStatus
from payments.tests.conftest import Bank
from tests.cast import Api, Cast, bank_says, key, workers_run
from tests.contract.rows import row
from tests.contract.shapes import CHECKOUT, ORDER, ORDER_STATUSES, PLACE, TEXT, UUID, code, data, refused
from tests.contract.shapes import rows as listed
from tests.factories import ProductFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db


def two_vendors(cast: Cast, method: str) -> Any:
    """Pepsi from Ahmed, rice from Yusuf."""
    rice = ProductFactory.create(vendor=cast.strangers().desert_gold, name="Basmati rice", price="29.75")
    wish = cast.wish(10, method)
    wish["items"].append({"product": rice.code, "quantity": 2})
    return data(Api(cast.fatima).post("/orders", wish, **key()), 201, CHECKOUT)


@row("POST /api/orders")
def test_post_api_orders_by_card(cast: Cast) -> None:
    made = two_vendors(cast, "card")
    [payment] = made["payments"]
    assert (made["total"], payment["amount"], payment["status"]) == ("403.73", "403.73", "created")
    assert [order["status"] for order in made["orders"]] == ["awaiting_payment"] * 2
    assert f"/payments/{payment['id']}/?t=" in payment["redirect_url"]


@row("POST /api/orders")
def test_post_api_orders_with_cash_on_delivery(cast: Cast) -> None:
    made = two_vendors(cast, "cash_on_delivery")
    assert [payment["redirect_url"] for payment in made["payments"]] == [None, None]
    assert [order["status"] for order in made["orders"]] == ["placed"] * 2


@row("POST /api/orders")
def test_post_api_orders_refuses(cast: Cast) -> None:
    fatima, wish = Api(cast.fatima), cast.wish(1)
    refused(fatima.post("/orders", wish), 400, "idempotency_key")
    refused(fatima.post("/orders", wish | {"address": str(cast.pepsi.vendor_id)}, **key()), 400, "invalid")
    refused(fatima.post("/orders", wish | {"payment_method": "barter"}, **key()), 400, "invalid")
    refused(fatima.post("/orders", wish | {"items": []}, **key()), 400, "invalid")
    refused(fatima.post("/orders", wish | {"expected_total": "1.00"}, **key()), 409, "total_changed")
    refused(Api(cast.ahmed).post("/orders", wish, **key()), 403, "forbidden")
    refused(Api().post("/orders", wish, **key()), 401, "unauthorized")


@row("POST /api/orders")
def test_post_api_orders_with_everything_optional(cast: Cast) -> None:
    wish = cast.wish(1) | {"expected_total": "34.13", "note": "Ring twice."}
    data(Api(cast.fatima).post("/orders", wish, **key()), 201, CHECKOUT)


@row("POST /api/orders")
def test_the_redirect_url_opens_the_gateway_for_whoever_holds_it(cast: Cast, bank: Bank) -> None:
    url = cast.order(1)["payments"][0]["redirect_url"]
    opened = Client().get(url.partition("127.0.0.1:1")[2])
    assert (opened.status_code, opened["Location"].startswith(bank.url)) == (302, True)


@row("GET /api/orders", "lists")
def test_get_api_orders_there_and_back(cast: Cast) -> None:
    made = [cast.order(1)["orders"][0]["id"] for _ in range(3)][::-1]
    fatima = Api(cast.fatima)
    assert [each["id"] for each in listed(fatima.get("/orders"), ORDER)] == made
    first = fatima.get("/orders?page_size=2").json()
    second = fatima.get(f"/orders?page_size=2&cursor={first['meta']['next']}").json()
    again = fatima.get(f"/orders?page_size=2&cursor={second['meta']['previous']}").json()
    assert [each["id"] for each in first["data"] + second["data"]] == made
    assert (again, first["meta"]["previous"], second["meta"]["next"]) == (first, None, None)


@row("GET /api/orders")
def test_get_api_orders_of_a_status(cast: Cast) -> None:
    cast.order(1)
    fatima = Api(cast.fatima)
    assert len(listed(fatima.get("/orders?status=awaiting_payment"), ORDER)) == 1
    assert listed(fatima.get("/orders?status=delivered"), ORDER) == []
    assert listed(Api(cast.ahmed).get("/orders"), ORDER) == []
    refused(fatima.get("/orders?cursor=nonsense"), 400, "invalid")


@row("GET /api/orders/{order}")
def test_get_api_order(stage: Stage) -> None:
    path = f"/orders/{stage.bought.code}"
    told = data(stage.api("fatima").get(path), 200, ORDER)
    assert [entry["to"] for entry in told["history"]] == [
        "awaiting_payment", "placed", "processing", "ready",
    ]  # fmt: skip
    assert told["delivery"]["code"]
    for name in ("ahmed", "sara"):
        assert data(stage.api(name).get(path), 200, ORDER)["delivery"]["code"] is None
    for name in ("huda", "yusuf", "bilal"):
        refused(stage.api(name).get(path), 404, "not_found")


MOVES = [
    # who, from, move, to
    ("ahmed", "placed", "accept", "processing"),
    ("ahmed", "processing", "ready", "ready"),
    ("ahmed", "placed", "reject", "rejected"),
    ("ahmed", "ready", "reject", "rejected"),
    ("fatima", "awaiting_payment", "cancel", "cancelled"),
    ("fatima", "placed", "cancel", "cancelled"),
    ("sara", "placed", "cancel", "cancelled"),
    ("sara", "ready", "cancel", "cancelled"),
]
WAY = {"awaiting_payment": (), "placed": (), "processing": ("accept",), "ready": ("accept", "ready")}


@row("POST /api/orders/{order}/moves/{move}", "moves")
@pytest.mark.parametrize(("who", "before", "move", "after"), MOVES)
def test_post_api_order_moves(cast: Cast, who: str, before: str, move: str, after: str) -> None:
    made = cast.order(1)
    path = f"/orders/{made['orders'][0]['id']}"
    if before != "awaiting_payment":
        bank_says(made["payments"][0]["id"])
    for step in WAY[before]:
        data(Api(cast.ahmed).post(f"{path}/moves/{step}"))
    api = Api(getattr(cast, who))
    assert move in api.get(path).json()["data"]["moves"]
    told = data(api.post(f"{path}/moves/{move}", {"reason": "No truck."}), 200, ORDER)
    assert (told["status"], told["history"][-1]["note"]) == (after, "No truck.")
    refused(api.post(f"{path}/moves/{move}", {"reason": "No truck."}), 409, "wrong_state")


@row("POST /api/orders/{order}/moves/{move}")
def test_post_api_order_moves_refuses(cast: Cast) -> None:
    made = cast.order(1)
    bank_says(made["payments"][0]["id"])
    path = f"/orders/{made['orders'][0]['id']}/moves"
    assert "reason" in refused(Api(cast.ahmed).post(f"{path}/reject"), 400, "invalid")["errors"]
    refused(Api(cast.fatima).post(f"{path}/accept"), 403, "forbidden")
    refused(Api(cast.ahmed).post(f"{path}/fly"), 404, "not_found")


@row("POST /api/orders/{order}/reorder")
def test_post_api_order_reorder(cast: Cast) -> None:
    path = f"/orders/{cast.order(5)['orders'][0]['id']}/reorder"
    shape = {"items": [{"product": code("P"), "quantity": int}], "skipped": [TEXT]}
    assert data(Api(cast.fatima).post(path), 200, shape)["items"] == [
        {"product": cast.pepsi.code, "quantity": 5}
    ]
    refused(Api(cast.ahmed).post(path), 403, "forbidden")


@row("GET /api/addresses", "POST /api/addresses")
def test_get_and_post_api_addresses(cast: Cast) -> None:
    fatima = Api(cast.fatima)
    made = data(
        fatima.post("/addresses", {"line1": "Shop 9", "area": "Karama", "city": "Dubai", "emirate": "DXB"}),
        201, PLACE | {"id": UUID},
    )  # fmt: skip
    there = data(fatima.get("/addresses"), 200, [PLACE | {"id": UUID}])
    assert made in there
    assert len(there) == 2
    refused(fatima.post("/addresses", {"line1": "Shop 9"}), 400, "invalid")
    refused(Api(cast.ahmed).get("/addresses"), 403, "forbidden")


@row("statuses")
def test_order_statuses() -> None:
    assert set(OrderStatus.values) == set(ORDER_STATUSES)


@row("POST /api/orders", "trailing slash")
def test_a_posted_order_with_a_trailing_slash_is_an_order(cast: Cast) -> None:
    data(Api(cast.fatima).post("/orders/", cast.wish(1), **key()), 201, CHECKOUT)
    workers_run()
