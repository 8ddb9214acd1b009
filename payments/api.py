"""Ordering and paying through the API. `POST /orders` lives here, for placing an order creates its payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import CharField, UUIDField
from django.http import HttpRequest
from ninja import Header, Router
from pydantic import Field

from core import limits
from core.access import System
from core.api import Failure, In, Money, Ok, Out, Text, found, ok, once_made, retailer, signed_in, staff
from core.errors import Invalid
from core.idempotency import Look, Reply, asked_with_key
from core.prepared import Question
from core.roles import Role
from core.rows import Change
from core.slots import Slot
from orders.api import OrderIn, OrderOut, told
from orders.api import router as orders_router
from orders.pricing import ASKED_FOR, Wish, keys_of
from payments import actions, callbacks
from payments.models import Payment
from retailers.models import Address

router = Router(tags=["Payments"])


class RefundOut(Out):
    id: str = Field(alias="code")
    amount: Money
    status: str
    reason: str


class RefundIn(In):
    amount: Decimal = Field(gt=0, max_digits=14, decimal_places=2)
    reason: Text = Field(min_length=1, max_length=200)


class PaymentOut(Out):
    id: str
    method: str
    status: str
    amount: Money
    currency: str
    redirect_url: str | None
    refunds: list[RefundOut] = []


class CheckoutOut(Out):
    id: str
    total: Money
    orders: list[OrderOut]
    payments: list[PaymentOut]


@orders_router.post(
    "",
    auth=retailer,
    response={201: Ok[CheckoutOut], 400: Failure, 409: Failure, 422: Failure, 429: Failure},
)
def place(
    request: HttpRequest,
    body: OrderIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Any:
    """Order: one order per vendor, stock reserved at once; `redirect_url` leads to the payment page."""
    user: Any = request.user
    limits.hit(request, "order", "60/m", key=str(user.pk))
    order = Ordering(body, user)
    return once_made(user.business_id, idempotency_key, body.dict(), order.place, order.look())


GIVEN: Any = System(role=Role.RETAILER, business_id=Slot("retailer", CharField()))  # type: ignore[arg-type]
ADDRESS = Question(lambda: Address.objects.seen_by(GIVEN).filter(pk=Slot("address", UUIDField())))
WHERE_AND_WHAT = asked_with_key(ADDRESS, ASKED_FOR)


class Ordering:
    """What a person orders by a body."""

    def __init__(self, body: OrderIn, user: Any) -> None:
        self.body, self.user = body, user
        self.wishes = [Wish(item.product, item.quantity) for item in body.items]

    def look(self) -> Look:
        """Where it goes, and the goods."""
        about = {"retailer": self.user.business_id, "address": self.body.address}
        return Look(WHERE_AND_WHAT, about | {"keys": keys_of(self.wishes)})

    def place(self, reply: Reply, addresses: list[Address], goods: list[Any]) -> None:
        """The checkout, written together with its answer; the stock, which others wait for, is touched last."""
        if not addresses:
            raise Invalid.field("address", "Unknown address")

        def answer(bought: actions.Bought) -> Change:
            return reply(CheckoutOut.model_validate(_checkout(bought, self.user)).model_dump())

        with actions.checking_out(
            self.wishes,
            address=addresses[0],
            method=self.body.payment_method,
            by=self.user,
            expected_total=self.body.expected_total,
            note=self.body.note,
            goods=goods,
            also=answer,
        ):
            pass


def _checkout(bought: actions.Bought, user: Any) -> dict[str, Any]:
    """As it was written: nothing of it is read again."""
    orders = [
        told(each.order, user, lines=each.lines, payment=bought.payment_of(each.order), history=[each.begun])
        | {"retailer": user.business}
        for each in bought.placed
    ]
    made = bought.checkout
    payments = [_payment(payment) for payment in bought.payments]
    return {"id": made.code, "total": made.total, "orders": orders, "payments": payments}


def _payment(payment: Payment, *, with_refunds: bool = False) -> dict[str, Any]:
    facts = {name: getattr(payment, name) for name in ("method", "status", "amount", "currency")}
    refunds = list(payment.refunds.order_by("pk")) if with_refunds else []
    return {"id": payment.code, "redirect_url": actions.link(payment), "refunds": refunds, **facts}


@router.get("/{code:code}", response=Ok[PaymentOut], auth=signed_in)
def payment(request: HttpRequest, code: str) -> Any:
    """One of my payments."""
    row = found(Payment.objects.seen_by(request.user).coded(code).first())
    return ok(_payment(row, with_refunds=True))


@router.post(
    "/{code:code}/refunds",
    response={201: Ok[RefundOut], 400: Failure, 403: Failure, 409: Failure, 422: Failure},
    auth=staff,
)
def give_back(
    request: HttpRequest,
    code: str,
    body: RefundIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Any:
    """Staff give back some or all of a card payment; the gateway is asked by a worker."""
    user: Any = request.user
    row = found(Payment.objects.seen_by(user).coded(code).first())

    def work(reply: Reply) -> None:
        made = actions.refund_by_staff(row, body.amount, body.reason, user)
        reply(RefundOut.model_validate(made).model_dump()).carry_out()

    return once_made(str(user.pk), idempotency_key, {"payment": code, **body.dict()}, work)


@router.post(
    "/webhooks/{gateway}", response={200: Ok[None], 401: Failure, 413: Failure}, include_in_schema=True
)
def webhook(request: HttpRequest, gateway: str) -> Any:
    """A gateway's callback, signed over the raw body; kept first, settled by a worker."""
    callbacks.receive(gateway, request.headers, request.body)
    return ok(None)
