"""Deliveries through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from ninja import Router, Schema

from core.api import Failure, Money, Ok, Page, found, ok, page, signed_in
from core.bodies import JSON, MULTIPART, body_of, documented
from core.errors import NotThere
from core.forms import checked
from logistics import actions, proof
from logistics.forms import ChosenForm, DeliverForm, FailForm
from logistics.models import Delivery

router = Router(tags=["Deliveries"], auth=signed_in)

FORMS: dict[str, type[Form]] = {"assign": ChosenForm, "deliver": DeliverForm, "fail": FailForm}
VERBS = actions.VERBS | actions.DESK_VERBS
KNOWN = {name for form in FORMS.values() for name in form.base_fields}


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
    """`code_asked`: whether `deliver` needs the shop's code, `locked`: whether it was wrong too often; `cash_due`
    is what the driver collects, `cash` what was collected, `photo` the address of the proof here in the API."""

    id: str
    order: str
    status: str
    carrier: Party | None
    driver: Person | None
    vendor: Party
    retailer: Party
    address: dict[str, Any]
    items: list[ItemOut]
    code_asked: bool
    locked: bool
    cash_due: Money | None
    cash: Money | None
    failure: str
    note: str
    photo: str | None
    picked_up_at: datetime | None
    out_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    moves: list[str]


def shown(delivery: Delivery, user: Any) -> dict[str, Any]:
    """A delivery in JSON: what to bring where, and no price but the cash to collect."""
    order = delivery.order
    names = (
        "status", "carrier", "cash_due", "cash", "failure", "note",
        "picked_up_at", "out_at", "delivered_at", "failed_at",
    )  # fmt: skip
    driver = delivery.driver and {"id": delivery.driver.pk, "name": delivery.driver_for(user)}
    return {
        "id": delivery.code,
        "order": order.code,
        "vendor": order.vendor,
        "retailer": order.retailer,
        "driver": driver,
        "address": delivery.address_for(user),
        "items": list(order.lines.all()),
        "code_asked": delivery.asks_code,
        "locked": delivery.is_locked,
        "photo": f"/api/deliveries/{delivery.code}/photo" if delivery.photo else None,
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


@router.get("/{code:code}/photo", openapi_extra={"responses": {200: {"content": {"image/webp": {}}}}})
def photo(request: HttpRequest, code: str) -> HttpResponseBase:
    """The photo the driver took at the hand-over."""
    return proof.photo_of(_mine(request, code))


@router.post(
    "/{code:code}/moves/{move}",
    response={200: Ok[DeliveryOut], 400: Failure, 403: Failure, 409: Failure},
    openapi_extra=documented(*FORMS.values(), media=(JSON, MULTIPART)),
)
def move(request: HttpRequest, code: str, move: str) -> Any:
    """Dispatcher or staff `assign {driver}` (staff also `{carrier}`) and `unlock`; driver `take`, `pick_up`,
    `out_for_delivery`, `deliver {code, note, photo, cash}`, `fail {reason, note}`.

    `reason` is `closed`, `refused`, `wrong_address`, `damaged`, `other`, or words of your own.
    """
    if move not in FORMS | VERBS:
        raise NotThere
    user: Any = request.user
    row, (fields, files) = _mine(request, code), _told(request)
    if move == "assign":
        chosen = ChosenForm(fields)
        actions.assign(row, user, **chosen.chosen(checked(chosen)))
    elif move == "deliver":
        actions.deliver(row, user, **checked(DeliverForm(fields, files)))
    elif move == "fail":
        actions.fail(row, user, **checked(FailForm(fields)))
    else:
        VERBS[move](row, user, note=checked(FailForm(fields))["note"])
    return ok(shown(_mine(request, code), user))


def _told(request: HttpRequest) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """The body, as JSON or multipart; most moves need none."""
    if request.content_type != MULTIPART and not request.body:
        return {}, MultiValueDict()
    return body_of(request, known=KNOWN)


def _mine(request: HttpRequest, code: str) -> Delivery:
    row: Delivery = found(Delivery.objects.seen_by(request.user).shown().coded(code).first())
    return row
