"""One shop's order as it goes on: the same rows that ordering, paying and delivering write, each step at its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from aqad.demo import courses, opening
from aqad.demo.chronicle import audience
from aqad.demo.ledger import Ledger
from aqad.demo.world import Party, World
from catalog.models import MovementKind
from core.access import SYSTEM, System
from core.roles import Role
from logistics.lifecycle import DELIVERY, DeliveryStatus
from logistics.models import Delivery
from orders.lifecycle import OrderStatus
from orders.models import Checkout, Hold, Line, Order, PaymentMethod
from payments.lifecycle import REFUND, PaymentStatus
from payments.models import Payment, Refund

MOMENT = timedelta(seconds=2)
AT_THE_BANK = timedelta(seconds=40)


@dataclass
class Deal:
    """One vendor's order out of a checkout, with its money and its deliveries."""

    world: World
    ledger: Ledger
    shop: Party
    vendor: Party
    checkout: Checkout
    order: Order
    lines: list[Line]
    payment: Payment
    first: bool = True
    deliveries: list[Delivery] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    driver: User | None = None

    def __post_init__(self) -> None:
        self.tell = audience(*self.shop.people, *self.vendor.people, self.world.staff)
        self.shop_only = audience(*self.shop.people)
        self.card = self.checkout.method == PaymentMethod.CARD

    def go(self, step: str, at: datetime) -> None:
        """One step of a course."""
        verb: Callable[[datetime], None] = getattr(self, f"_{step}")
        verb(at)

    def _move(self, at: datetime, name: str, by: User | System, note: str = "") -> None:
        """The order moves; before it is placed, its vendor hears nothing of it."""
        told = self.tell if self.order.placed_at or name == "pay" else self.shop_only
        self.world.chronicle.step(at, self.order, name, by, tell=told, note=note)

    def _pay(self, at: datetime) -> None:
        if not self.card:
            return
        if self.first:
            self._open(at)
            self._capture(at)
            self.payment.settles = True
        self._move(at, "pay", SYSTEM)

    def _open(self, at: datetime) -> None:
        """The shop was sent to the bank's page a little before."""
        opened = max(at - AT_THE_BANK, self.checkout.created_at + MOMENT)
        self.payment.asked_at = opened
        self.payment.gateway_ref = f"{opening.SESSION}{self.world.rng.getrandbits(144):036x}"
        self.world.chronicle.step(opened, self.payment, "open", SYSTEM)

    def _capture(self, at: datetime) -> None:
        payment = self.payment
        facts: dict[str, Any] = {"amount": str(payment.amount), "currency": payment.currency}
        self.world.chronicle.step(at, payment, "capture", SYSTEM, **facts)
        payment.captured, payment.captured_currency = payment.amount, payment.currency

    def _decline(self, at: datetime) -> None:
        if self.first:
            self._open(at)
            self._unpaid_because(at, self.world.rng.choice(courses.DECLINED))
        self._move(at, "fail", SYSTEM, self.payment.failure)
        self._end(at, SYSTEM)

    def _expire(self, at: datetime) -> None:
        if self.first:
            self._open(self.checkout.created_at + timedelta(minutes=1))
            self._unpaid_because(at, "", "expired")
        self._move(at, "expire", SYSTEM)
        self._end(at, SYSTEM)

    def _pay_late(self, at: datetime) -> None:
        """The bank took the money when the goods were gone: all of it goes back."""
        if self.first:
            self._capture(at)
            self._refund(at, self.payment.amount, "late", None)

    def _unpaid_because(self, at: datetime, note: str, failure: str = "") -> None:
        self.world.chronicle.step(at, self.payment, "fail", SYSTEM, note=note)
        self.payment.failure = note or failure

    def _accept(self, at: datetime) -> None:
        self._move(at, "accept", self.vendor.head)

    def _ready(self, at: datetime) -> None:
        self._move(at, "ready", self.vendor.head)
        self._send_for(at + MOMENT)

    def _send_for(self, at: datetime) -> None:
        """AQAD looks for the carrier."""
        carrier = self.world.carrier_for(self.checkout.address["emirate"])
        made = Delivery(order=self.order, carrier=carrier.profile, status=DELIVERY.start, created_at=at)
        self.driver = None
        self.deliveries.append(made)
        told = audience(*carrier.of(Role.DISPATCHER))
        self.world.chronicle.begin(at, made, SYSTEM, tell=told, order=self.order, carrier=carrier.profile.pk)

    def _assign(self, at: datetime) -> None:
        """The dispatcher gives it to a driver, or a driver takes it."""
        delivery, rng = self.deliveries[-1], self.world.rng
        carrier = self.world.carrier_for(self.checkout.address["emirate"])
        self.driver = self._driver(carrier)
        taken = rng.random() < 0.3
        by = self.driver if taken else carrier.of(Role.DISPATCHER)[0]
        delivery.driver = self.driver
        name, told = ("take", None) if taken else ("assign", audience(self.driver))
        self.world.chronicle.step(at, delivery, name, by, tell=told)

    def _driver(self, carrier: Party) -> User:
        drivers = carrier.of(Role.DRIVER)
        return self.world.rng.choice(drivers)

    def _travel(self, at: datetime, name: str, note: str = "", order_move: str = "") -> User:
        """The driver reports, and the order moves with the delivery."""
        if self.driver is None:
            raise ValueError("nobody drives this delivery")
        self.world.chronicle.step(at, self.deliveries[-1], name, self.driver, note=note)
        self._move(at, order_move or name, System.behalf_of(self.driver), note)
        return self.driver

    def _pick_up(self, at: datetime) -> None:
        driver = self._travel(at, "pick_up")
        self._settle_stock(at, Hold.HELD, Hold.CONSUMED, MovementKind.CONSUME, driver)

    def _out_for_delivery(self, at: datetime) -> None:
        self._travel(at, "out_for_delivery")

    def _deliver(self, at: datetime) -> None:
        self._travel(at, "deliver", self.world.rng.choice(courses.DELIVERED))
        if not self.card:
            self._capture(at + MOMENT)
            self.payment.settles = True

    def _fail(self, at: datetime) -> None:
        self._travel(at, "fail", self.world.rng.choice(courses.NOT_DELIVERED), "return")
        self._send_for(at + MOMENT)

    def _reject(self, at: datetime) -> None:
        self._stopped_by(at, "reject", self.vendor.head, courses.REJECTED)

    def _stop(self, at: datetime) -> None:
        self._stopped_by(at, "cancel", self.world.staff, courses.STOPPED)

    def _cancel(self, at: datetime) -> None:
        self._stopped_by(at, "cancel", self.shop.head, courses.CANCELLED)

    def _stopped_by(self, at: datetime, name: str, by: User, reasons: list[str]) -> None:
        """The order ends without goods; what has been paid for it goes back, what waits is called off."""
        note = self.world.rng.choice(reasons)
        self._move(at, name, by, note)
        self._end(at, by)
        waiting = [each for each in self.deliveries if each.status == DeliveryStatus.ASSIGNED]
        for delivery in waiting:
            self.world.chronicle.step(at + MOMENT, delivery, "call_off", SYSTEM)
        if self.payment.settles:
            self._refund(at + MOMENT, self.order.total, note or f"order.{name}", self.order)
        elif self.payment.status != PaymentStatus.FAILED:
            self._unpaid_because(at + MOMENT, "" if self.card else "order ended", "cancelled")

    def _refund(self, at: datetime, amount: Decimal, reason: str, order: Order | None) -> None:
        made = Refund(
            payment=self.payment, order=order, amount=amount, reason=reason, status=REFUND.start, created_at=at,
            gateway_ref=f"{opening.REFUND}{self.world.rng.getrandbits(144):036x}",
        )  # fmt: skip
        self.payment.refunding += amount
        self.refunds.append(made)
        chronicle = self.world.chronicle
        chronicle.begin(at, made, SYSTEM, tell=self.shop_only, amount=str(amount), reason=reason)
        chronicle.step(at + 2 * MOMENT, made, "done", SYSTEM, tell=self.shop_only)

    def _end(self, at: datetime, by: User | System) -> None:
        self._settle_stock(at, Hold.HELD, Hold.RELEASED, MovementKind.RELEASE, by)
        self._settle_stock(at, Hold.CONSUMED, Hold.RETURNED, MovementKind.RETURN, by)

    def _settle_stock(
        self, at: datetime, before: Hold, after: Hold, kind: MovementKind, by: User | System
    ) -> None:
        """The lines in one state of holding go to the next, and the ledger with them."""
        lines = [line for line in self.lines if line.hold == before]
        for line in lines:
            line.hold = after
        self.ledger.move(at, kind, lines, by)

    @property
    def status(self) -> OrderStatus:
        """Where it stands."""
        return OrderStatus(self.order.status)
