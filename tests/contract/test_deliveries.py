"""Deliveries, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from core.tests.papers import drawn, sent
from logistics.lifecycle import DeliveryStatus
from tests.cast import handover_code, workers_run
from tests.contract.rows import row
from tests.contract.shapes import DELIVERY, DELIVERY_STATUSES, data, refused
from tests.contract.shapes import rows as listed
from tests.stage import Stage

pytestmark = pytest.mark.django_db


def go(stage: Stage, who: str, move: str, body: Any = None) -> Any:
    return stage.api(who).post(f"/deliveries/{stage.shipment.code}/moves/{move}", body)


@row("GET /api/deliveries")
def test_get_api_deliveries(stage: Stage) -> None:
    for name in ("bilal", "deepa", "sara"):
        assert len(listed(stage.api(name).get("/deliveries"), DELIVERY)) == 1
    assert listed(stage.api("omar").get("/deliveries"), DELIVERY) == []
    assert listed(stage.api("bilal").get("/deliveries?status=delivered"), DELIVERY) == []


@row("GET /api/deliveries/{delivery}", "a driver of another carrier")
def test_get_api_delivery(stage: Stage) -> None:
    path = f"/deliveries/{stage.shipment.code}"
    told = data(stage.api("bilal").get(path), 200, DELIVERY)
    assert (told["order"], told["driver"]["name"]) == (stage.bought.code, "Bilal")
    for stranger in ("omar", "salma", "huda", "yusuf"):
        refused(stage.api(stranger).get(path), 404, "not_found")


@row("POST /api/deliveries/{delivery}/moves/{move}", "moves")
def test_post_api_delivery_moves_of_dispatcher_and_staff(stage: Stage) -> None:
    for who in ("deepa", "sara"):
        data(go(stage, who, "assign", {"driver": str(stage.bilal.pk)}), 200, DELIVERY)
    assert (
        "driver"
        in refused(go(stage, "deepa", "assign", {"driver": str(stage.omar.pk)}), 400, "invalid")["errors"]
    )
    refused(go(stage, "bilal", "assign", {"driver": str(stage.bilal.pk)}), 403, "forbidden")


@row("POST /api/deliveries/{delivery}/moves/{move}", "moves")
def test_post_api_delivery_moves_of_the_driver(stage: Stage) -> None:
    refused(go(stage, "bilal", "deliver", {"code": "000000"}), 409, "wrong_state")
    for move, status in {
        "take": "assigned", "pick_up": "picked_up", "out_for_delivery": "out_for_delivery",
    }.items():  # fmt: skip
        assert data(go(stage, "bilal", move), 200, DELIVERY)["status"] == status
    assert "code" in refused(go(stage, "bilal", "deliver", {}), 400, "invalid")["errors"]
    proof = {
        "code": handover_code(stage.bought.code, stage.fatima), "note": "Handed to Fatima.",
        "photo": sent("door.png", drawn(), "image/png"),
    }  # fmt: skip
    answer = stage.api("bilal").upload(f"/deliveries/{stage.shipment.code}/moves/deliver", proof)
    told = data(answer, 200, DELIVERY)
    assert (told["status"], told["note"]) == ("delivered", "Handed to Fatima.")
    assert stage.api("fatima").get(f"/orders/{stage.bought.code}").json()["data"]["status"] == "delivered"


@row("POST /api/deliveries/{delivery}/moves/{move}")
def test_a_failed_delivery_is_followed_by_a_fresh_one(stage: Stage) -> None:
    data(go(stage, "bilal", "pick_up"))
    refused(go(stage, "bilal", "fail", {}), 400, "invalid")
    told = data(go(stage, "bilal", "fail", {"reason": "closed"}), 200, DELIVERY)
    assert (told["status"], told["failure"]) == ("failed", "The shop was closed.")
    workers_run()
    order = stage.api("fatima").get(f"/orders/{stage.bought.code}").json()["data"]
    assert (order["status"], order["delivery"]["status"]) == ("ready", "assigned")
    assert order["delivery"]["id"] != told["id"]


@row("statuses")
def test_delivery_statuses() -> None:
    assert set(DeliveryStatus.values) == set(DELIVERY_STATUSES)
