"""Orders through the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from core.api import Failure, In, Money, Ok, Out, Page, Quantity, Text, found, ok, page, retailer, signed_in
from core.errors import NotThere
from core.models import Event
from orders import cart as basket
from orders.actions import VERBS
from orders.models import Line, Order

router = Router(tags=["Orders"], auth=signed_in)


class Party(Out):
    id: str
    name: str


class ProductRef(Out):
    id: str
    name: str


class LineOut(Schema):
    product: ProductRef
    quantity: int
    unit: str
    unit_price: Money
    net: Money
    vat: Money
    total: Money

    @staticmethod
    def resolve_product(line: Any) -> dict[str, str]:
        return {"id": f"P{line.product_id}", "name": line.name}


class PaymentRef(Out):
    id: str = Field(alias="code")
    method: str
    status: str


class DeliveryRef(Out):
    """`code` is the hand-over code, shown to the retailer alone."""

    id: str
    status: str
    carrier: str | None
    driver: str | None
    code: str | None = None


class OrderOut(Out):
    id: str = Field(alias="code")
    checkout: str
    vendor: Party
    retailer: Party
    status: str
    currency: str
    subtotal: Money
    vat: Money
    total: Money
    lines: list[LineOut]
    address: dict[str, Any]
    payment: PaymentRef | None
    delivery: DeliveryRef | None
    placed_at: datetime | None
    history: list[dict[str, Any]] = []
    moves: list[str] = []


class ItemIn(In):
    product: Text = Field(min_length=2, max_length=24)
    quantity: Quantity


class OrderIn(In):
    items: list[ItemIn] = Field(min_length=1, max_length=200)
    address: UUID
    payment_method: Literal["card", "cash_on_delivery"]
    expected_total: Decimal | None = Field(None, max_digits=14, decimal_places=2)
    note: Text = Field("", max_length=500)


class MoveIn(In):
    reason: Text = Field("", max_length=500)


def shown(order: Order, user: Any, *, whole: bool = True) -> dict[str, Any]:
    """An order in JSON, as this user may see it; lists leave history out."""
    delivery = next(iter(sorted(order.deliveries.all(), key=lambda each: -each.pk)), None)
    payment = order.allocation.payment if hasattr(order, "allocation") else None
    history = order.history() if whole else ()
    facts = told(order, user, lines=order.lines.all(), payment=payment, history=history)
    return facts | {"retailer": order.retailer, "delivery": _delivery(delivery, user) if delivery else None}


def told(
    order: Order, user: Any, *, lines: Iterable[Line], payment: Any, history: Iterable[Event]
) -> dict[str, Any]:
    """An order in JSON, put together from its parts; its retailer and a delivery are for the caller to say."""
    names = ("code", "vendor", "status", "currency", "subtotal", "vat", "total", "address", "placed_at")
    facts = {
        "checkout": f"CHK{order.checkout_id}",
        "lines": list(lines),
        "payment": payment,
        "delivery": None,
        "history": [_entry(event) for event in history],
        "moves": [move.name for move in order.moves_for(user)],
    }
    return facts | {name: getattr(order, name) for name in names}


def _delivery(delivery: Any, user: Any) -> dict[str, Any]:
    return {
        "id": delivery.code,
        "status": delivery.status,
        "carrier": delivery.carrier.name if delivery.carrier else None,
        "driver": delivery.driver_for(user) or None,
        "code": delivery.code_for(user),
    }


def _entry(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "event": event.name,
        "from": event.before,
        "to": event.after,
        "by": event.actor,
        "note": event.note,
    }


@router.get("", response=Page[OrderOut])
def orders(request: HttpRequest, status: str = "", cursor: str | None = None, page_size: int = 25) -> Any:
    """My orders, newest first; a vendor sees what was placed with it."""
    rows = Order.objects.seen_by(request.user).shown()
    rows = rows.filter(status=status) if status else rows
    return page(rows, cursor, page_size, show=lambda order: shown(order, request.user, whole=False))


@router.get("/{code:code}", response=Ok[OrderOut])
def order(request: HttpRequest, code: str) -> Any:
    """One order, with its history and the moves open to me."""
    return ok(shown(_mine(request, code), request.user))


@router.post("/{code:code}/moves/{move}", response={200: Ok[OrderOut], 403: Failure, 409: Failure})
def move(request: HttpRequest, code: str, move: str, body: MoveIn | None = None) -> Any:
    """Move an order on: vendor `accept`, `reject`, `ready`; retailer and staff `cancel`."""
    if move not in VERBS:
        raise NotThere
    user: Any = request.user
    VERBS[move](_mine(request, code), user, note=body.reason if body else "")
    return ok(shown(_mine(request, code), user))


class ReorderedOut(Schema):
    items: list[ItemIn]
    skipped: list[str]


@router.post("/{code:code}/reorder", response={200: Ok[ReorderedOut], 403: Failure}, auth=retailer)
def reorder(request: HttpRequest, code: str) -> Any:
    """Put the order's products into my basket again, as far as they are on sale; `skipped` says what is not."""
    user: Any = request.user
    lines, skipped = basket.refill(_mine(request, code), user)
    items = [{"product": line.product.code, "quantity": line.quantity} for line in lines]
    return ok({"items": items, "skipped": skipped})


def _mine(request: HttpRequest, code: str) -> Order:
    row: Order = found(Order.objects.seen_by(request.user).shown().coded(code).first())
    return row
