"""Every status × every principal × every move, tried over HTTP and compared with the tables."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.lifecycle import BUSINESS
from catalog.lifecycle import IMPORT, PRODUCT
from core.errors import Forbidden, NotThere
from core.lifecycle import Lifecycle
from core.roles import Role
from logistics import handover
from logistics.lifecycle import DELIVERY, DeliveryStatus
from logistics.models import Delivery
from orders import actions as orders
from orders.lifecycle import NEVER_PLACED, ORDER, OrderStatus
from orders.models import Order
from payments.lifecycle import BREAK, PAYMENT, REFUND
from tests.cast import Cast, put
from tests.stage import Stage, undone

OWNERS = {"fatima": Role.RETAILER, "ahmed": Role.VENDOR, "sara": Role.STAFF}
STRANGERS = ("huda", "yusuf", "omar")
ALL = [BUSINESS, PRODUCT, IMPORT, ORDER, PAYMENT, REFUND, BREAK, DELIVERY]


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def expected(table: Lifecycle, move: str, status: str, role: str) -> int:
    """What the table promises an owner of this role."""
    rows = [row for row in table.table if row.name == move and role in row.who]
    if not rows:
        return 403
    return 200 if any(status in row.sources for row in rows) else 409


@pytest.mark.parametrize("status", OrderStatus.values)
def test_orders_move_only_as_the_table_says(stage: Stage, status: str) -> None:
    placed = None if status in NEVER_PLACED else timezone.now()
    put(
        Order.objects.all(),
        status,
        placed_at=placed,
        delivered_at=timezone.now() if status == "delivered" else None,
    )
    for move in ("accept", "reject", "ready", "cancel"):
        for name, role in OWNERS.items():
            hidden = role == Role.VENDOR and placed is None
            wanted = 404 if hidden else expected(ORDER, move, status, role)
            assert _order(stage, name, move) == wanted, (move, status, name)
        for name in STRANGERS:
            assert _order(stage, name, move) == 404, (move, status, name)


def _order(stage: Stage, name: str, move: str) -> int:
    with undone():
        answer = stage.api(name).post(f"/orders/{stage.bought.code}/moves/{move}", {"reason": "No truck."})
        after = Order.objects.get().status
        changed = next(row.target for row in ORDER.table if row.name == move)
        assert (after == changed) or answer.status_code != 200
        return int(answer.status_code)


@pytest.mark.parametrize("status", DeliveryStatus.values)
def test_deliveries_move_only_as_the_table_says(stage: Stage, status: str) -> None:
    now = timezone.now()
    put(Delivery.objects.all(), status, delivered_at=now)
    order_status = OrderStatus.READY if status in ("assigned", "failed") else status
    put(Order.objects.all(), order_status, delivered_at=now if status == "delivered" else None)
    code = handover.code_of(stage.shipment.pk, stage.shipment.salt)
    people = {"bilal": Role.DRIVER, "deepa": Role.DISPATCHER, "sara": Role.STAFF, "fatima": Role.RETAILER}
    for move in ("assign", "take", "pick_up", "out_for_delivery", "deliver", "fail", "unlock"):
        for name, role in people.items():
            Delivery.objects.update(tries=handover.TRIES if move == "unlock" else 0)
            assert _delivery(stage, name, move, code) == expected(DELIVERY, move, status, role), (
                move,
                status,
                name,
            )
        for name in (*STRANGERS, "salma"):
            assert _delivery(stage, name, move, code) == 404, (move, status, name)


def _delivery(stage: Stage, name: str, move: str, code: str) -> int:
    body = {"driver": str(stage.bilal.pk), "reason": "Shop closed.", "code": code}
    with undone():
        answer = stage.api(name).post(f"/deliveries/{stage.shipment.code}/moves/{move}", body)
        return int(answer.status_code)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.noun)
def test_every_status_of_a_table_is_known_and_reached(table: Lifecycle) -> None:
    targets = {move.target for move in table.table} | {table.start}
    sources = {source for move in table.table for source in move.sources}
    assert sources <= targets


def test_the_engine_itself_knows_no_strangers(cast: Cast) -> None:
    """Also who got past every door finds nothing, rather than hears that it is not theirs to move."""
    yusuf, order = cast.strangers().yusuf, Order.objects.coded(cast.order(1)["orders"][0]["id"]).get()
    with pytest.raises(NotThere):
        orders.accept(order, yusuf)
    with pytest.raises(NotThere):
        ORDER.allow("accept", order.status, ())
    with pytest.raises(Forbidden):
        ORDER.allow("accept", order.status, {Role.RETAILER})


def test_nobody_writes_a_status_beside_the_engine() -> None:
    from pathlib import Path

    apps = ("accounts", "vendors", "retailers", "catalog", "orders", "payments", "logistics")
    files = [file for app in apps for file in Path(app).glob("*.py") if file.stem != "invariants"]
    guilty = [str(file) for file in files if ".status = " in file.read_text()]
    assert not guilty


def test_the_page_of_lifecycles_is_up_to_date() -> None:
    from pathlib import Path

    from aqad.management.commands.lifecycles import written

    assert Path("docs/lifecycles.md").read_text() == written(), "run: manage.py lifecycles"
