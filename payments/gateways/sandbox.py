"""The sandbox bank, over its HTTP interface alone (see `sandbox/README.md` for the wire)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

import urllib3
from django.conf import settings
from structlog.contextvars import get_contextvars

from payments.gateways.base import (
    BadSignature,
    Entry,
    Fact,
    GatewayRefused,
    GatewayUnsure,
    Notice,
    Session,
    printable,
)
from payments.models import Payment, Refund

TOLERANCE = 300
LARGEST_ANSWER = 64 * 1024
PAGE = 150  # entries of the book, which fit into the largest answer
TIMEOUT = urllib3.Timeout(connect=1, read=5)
OUR_FAULT = (401, 403, 408, 429)  # a wrong key or too many calls say nothing about the payment
FACTS = {"open": "pending", "pending": "pending", "captured": "captured", "failed": "failed",
         "cancelled": "cancelled", "expired": "expired"}  # fmt: skip


def sign(secret: str, moment: int, message: bytes) -> str:
    """`t=<unix>,v1=<hex hmac-sha256 of "t.message">`."""
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + message, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


class Sandbox:
    """Speaks to the bank of the demo and of the tests."""

    name = "sandbox"

    def __init__(self) -> None:
        self.http = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def open(self, payment: Payment, return_url: str, callback_url: str) -> Session:
        asked = {
            "reference": payment.code,
            "amount": str(payment.amount),
            "currency": payment.currency,
            "return_url": return_url,
            "callback_url": callback_url,
        }
        made = self._call("POST", "/v1/sessions", asked, key=str(payment.key))
        try:
            return Session(made["id"], made["url"])
        except (KeyError, TypeError) as odd:
            raise GatewayUnsure("an answer without a session") from odd

    def look(self, payment: Payment) -> Fact:
        if payment.gateway_ref:
            return _fact(self._call("GET", f"/v1/sessions/{quote(payment.gateway_ref)}"))
        return _fact(self._call("GET", f"/v1/sessions?reference={payment.code}"))

    def cancel(self, payment: Payment) -> Fact:
        ref = payment.gateway_ref or self.look(payment).ref
        return _fact(self._call("POST", f"/v1/sessions/{quote(ref)}/cancel", {}, fine=(409,)))

    def refund(self, refund: Refund) -> str:
        asked = {
            "session": refund.payment.gateway_ref,
            "reference": refund.code,
            "amount": str(refund.amount),
        }
        made = self._call("POST", "/v1/refunds", asked, key=str(refund.key))
        if made.get("status") == "failed":
            raise GatewayRefused("refund failed")
        if made.get("status") != "done":
            raise GatewayUnsure("refund without a status")
        return printable(made.get("id", ""))

    def book(self, since: datetime) -> Iterator[Entry]:
        after: int | None = 0
        while after is not None:
            page = self._page(since, after)
            yield from map(_entry, page["entries"])
            if (following := page.get("next")) is not None and not following > after:
                raise GatewayUnsure("a book that begins again")
            after = following

    def _page(self, since: datetime, after: int) -> Any:
        query = f"since={since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}&limit={PAGE}"
        try:
            page = self._call("GET", f"/v1/book?{query}" + (f"&after={after}" if after else ""))
        except GatewayRefused as refused:
            raise GatewayUnsure(f"no book: {refused}") from refused
        if not (isinstance(page, dict) and isinstance(page.get("entries"), list)):
            raise GatewayUnsure("an answer without a book")
        if not isinstance(page.get("next"), int | None):
            raise GatewayUnsure("a book without an end")
        return page

    def event_id(self, headers: Mapping[str, str], body: bytes) -> str:
        parts = dict(part.partition("=")[::2] for part in headers.get("Sandbox-Signature", "").split(","))
        try:
            moment = int(parts["t"])
        except (KeyError, ValueError) as missing:
            raise BadSignature("no signature") from missing
        given = f"t={moment},v1={parts.get('v1', '')}".encode()
        right = [sign(secret, moment, body).encode() for secret in _secrets()]
        if not any(hmac.compare_digest(each, given) for each in right):
            raise BadSignature("wrong signature")
        if abs(time.time() - moment) > TOLERANCE:
            raise BadSignature("stale signature")
        try:
            return str(json.loads(body)["event_id"])[:200]
        except (ValueError, KeyError, TypeError):
            return hashlib.sha256(body).hexdigest()

    def read(self, body: bytes) -> Notice:
        told = json.loads(body)
        try:
            return Notice(
                str(told["event_id"]), str(told["reference"]), _fact(told | {"status": told["fact"]})
            )
        except (KeyError, TypeError, GatewayUnsure) as odd:
            raise ValueError("not a callback of the sandbox bank") from odd

    def _call(
        self, method: str, path: str, asked: Any = None, *, key: str = "", fine: tuple[int, ...] = ()
    ) -> Any:
        """One signed request. Definite refusals raise `GatewayRefused`, everything unclear `GatewayUnsure`."""
        body = b"" if asked is None else json.dumps(asked).encode()
        message = f"{method}.{path}.".encode() + body
        headers = {
            "Content-Type": "application/json",
            "Sandbox-Merchant": "aqad",
            "Sandbox-Signature": sign(settings.SANDBOX_BANK_KEY, int(time.time()), message),
        }
        if key:
            headers["Idempotency-Key"] = key
        if request_id := get_contextvars().get("request_id"):
            headers["X-Request-ID"] = request_id
        try:
            answer = self.http.request(
                method, settings.SANDBOX_BANK_URL + path, body=body, headers=headers, redirect=False,
                preload_content=False,
            )  # fmt: skip
            raw = answer.read(LARGEST_ANSWER)
            answer.release_conn()
            told = json.loads(raw)
        except (urllib3.exceptions.HTTPError, ValueError) as broken:
            raise GatewayUnsure(type(broken).__name__) from broken
        if not isinstance(told, dict):
            raise GatewayUnsure("an answer we can't read")
        if answer.status >= 500 or answer.status in OUR_FAULT:
            raise GatewayUnsure(f"status {answer.status}")
        if answer.status >= 400 and answer.status not in fine:
            raise GatewayRefused(printable(told.get("code", answer.status)))
        return told


def _entry(told: Any) -> Entry:
    """A line of the bank's book in our words."""
    try:
        reference = told.get("refund") if told["kind"] == "refund" else told["reference"]
        return Entry(
            kind=str(told["kind"]),
            reference=str(reference or told["reference"]),
            ref=str(told["session"]),
            amount=Decimal(told["amount"]),
            currency=str(told["currency"]),
            at=datetime.fromisoformat(told["at"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation):
        return Entry("unreadable", json.dumps(told), "", Decimal(0), "", datetime.now(UTC))


def _secrets() -> list[str]:
    """The one in use, and the former one while a change of secrets is under way."""
    known = (settings.SANDBOX_BANK_CALLBACK_SECRET, settings.SANDBOX_BANK_CALLBACK_SECRET_FORMER)
    return [secret for secret in known if secret]


def _fact(told: Any) -> Fact:
    """The bank's words in ours. Raises `GatewayUnsure` for words it never says."""
    try:
        status = FACTS[told["status"]]
        amount = told.get("captured_amount") or told.get("amount")
        currency = told.get("captured_currency") or told.get("currency") or ""
        ref = str(told.get("session") or told.get("id") or "")
        return Fact(
            status,
            None if amount is None else Decimal(amount),
            currency,
            printable(told.get("failure") or ""),
            ref,
        )
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as odd:
        raise GatewayUnsure("an answer we can't read") from odd
