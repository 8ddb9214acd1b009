"""Deliveries through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from accounts.models import User
from core.api import Failure, In, Ok, Page, Text, found, ok, page, signed_in
from core.errors import NotThere
from core.roles import Role
from logistics import actions
from logistics.models import Delivery

router = Router(tags=["Deliveries"], auth=signed_in)


class ItemOut(Schema):
    name: str
    quantity: int
    unit: str


class Person(Schema):
    id: UUID
    name: str


class Party(Schema):
    id: str
    name: str


class DeliveryOut(Schema):
    id: str
    order: str
    status: str
    carrier: Party | None
    driver: Person | None
    vendor: Party
    retailer: Party
    address: dict[str, Any]
    items: list[ItemOut]
    picked_up_at: datetime | None
    delivered_at: datetime | None
    moves: list[str]


class MoveIn(In):
    driver: UUID | None = None
    note: Text = ""
    reason: Text = ""


def shown(delivery: Delivery, user: Any) -> dict[str, Any]:
    """A delivery in JSON: what to bring where, and no price."""
    order = delivery.order
    names = ("status", "carrier", "driver", "picked_up_at", "delivered_at")
    return {
        "id": delivery.code,
        "order": order.code,
        "vendor": order.vendor,
        "retailer": order.retailer,
        "address": order.address,
        "items": list(order.lines.all()),
        "moves": [move.name for move in delivery.moves_for(user)],
        **{name: getattr(delivery, name) for name in names},
    }


@router.get("", response=Page[DeliveryOut])
def deliveries(request: HttpRequest, status: str = "", cursor: str | None = None, page_size: int = 25) -> Any:
    """My deliveries, newest first; a driver also sees those of the carrier that nobody has yet."""
    rows = Delivery.objects.seen_by(request.user).shown()
    rows = rows.filter(status=status) if status else rows
    return page(rows, cursor, page_size, show=lambda row: shown(row, request.user))


@router.get("/{code:code}", response=Ok[DeliveryOut])
def delivery(request: HttpRequest, code: str) -> Any:
    """One delivery."""
    return ok(shown(_mine(request, code), request.user))


@router.post("/{code:code}/moves/{move}", response={200: Ok[DeliveryOut], 403: Failure, 409: Failure})
def move(request: HttpRequest, code: str, move: str, body: MoveIn | None = None) -> Any:
    """Dispatcher or staff `assign`; driver `take`, `pick_up`, `out_for_delivery`, `deliver`, `fail`."""
    row, told = _mine(request, code), body or MoveIn()
    user: Any = request.user
    if move == "assign":
        actions.assign(row, user, driver=_driver(told.driver))
    elif move in actions.VERBS:
        actions.VERBS[move](row, user, note=told.reason or told.note)
    else:
        raise NotThere
    return ok(shown(_mine(request, code), user))


def _driver(pk: UUID | None) -> User | None:
    """The driver meant, if there is one; whose driver it is, the action checks."""
    drivers = User.objects.select_related("membership").filter(role=Role.DRIVER, is_active=True)
    return drivers.filter(pk=pk).first() if pk else None


def _mine(request: HttpRequest, code: str) -> Delivery:
    row: Delivery = found(Delivery.objects.seen_by(request.user).shown().coded(code).first())
    return row
