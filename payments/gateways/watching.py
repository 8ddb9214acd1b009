"""Every call to a gateway leaves a line and is counted: what was asked for what, how it went, how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import structlog

from core import metrics
from payments.gateways.base import Entry, Fact, Gateway, GatewayRefused, GatewayUnsure, Notice, Session
from payments.models import Payment, Refund

log = structlog.get_logger("aqad.gateways")

CALLS = metrics.counter("gateway_calls", "Calls to gateways.", "gateway", "call", "outcome")
LASTED = metrics.histogram("gateway_call_seconds", "How long gateways took.", "gateway", "call")
T = TypeVar("T")


class Watched:
    """A gateway with somebody beside it who takes notes."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.name = gateway.name

    def open(self, payment: Payment, return_url: str, callback_url: str) -> Session:
        return self._noted("open", payment, lambda: self.gateway.open(payment, return_url, callback_url))

    def look(self, payment: Payment) -> Fact:
        return self._noted("look", payment, lambda: self.gateway.look(payment))

    def cancel(self, payment: Payment) -> Fact:
        return self._noted("cancel", payment, lambda: self.gateway.cancel(payment))

    def refund(self, refund: Refund) -> str:
        return self._noted("refund", refund, lambda: self.gateway.refund(refund))

    def book(self, since: datetime) -> Iterable[Entry]:
        return self.gateway.book(since)

    def event_id(self, headers: Mapping[str, str], body: bytes) -> str:
        return self.gateway.event_id(headers, body)

    def read(self, body: bytes) -> Notice | None:
        return self.gateway.read(body)

    def _noted(self, call: str, thing: Payment | Refund, ask: Callable[[], T]) -> T:
        began, outcome = time.perf_counter(), "broken"
        try:
            answer = ask()
            outcome = "answered"
        except GatewayRefused:
            outcome = "refused"
            raise
        except GatewayUnsure:
            outcome = "unsure"
            raise
        finally:
            seconds = time.perf_counter() - began
            metrics.count(CALLS, self.name, call, outcome)
            metrics.child(LASTED, self.name, call).observe(seconds)
            facts = {"call": call, "subject": thing.code, "outcome": outcome, "ms": round(seconds * 1000, 1)}
            log.info("gateway call", gateway=self.name, **facts)
        return answer
