"""What AQAD needs of a payment provider: the protocol, and its words for what happened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from core.bodies import NOT_TEXT
from payments.models import Payment, Refund

MOST = Decimal(10) ** 12
LONGEST = 200
CURRENCY = re.compile(r"\S{3}")
PAGE = re.compile(r"https?://[!-~]{1,1900}")


class GatewayUnsure(Exception):
    """We can't know what the gateway did: timeout, broken connection, 5xx, rubbish. Ask again later."""


class GatewayRefused(Exception):
    """The gateway said no, definitely; nothing happened there."""


class BadSignature(Exception):
    """A callback that is not from the gateway, or too old."""


@dataclass(frozen=True)
class Fact:
    """What the gateway knows of a payment: status is pending, captured, failed, cancelled or expired.

    Raises `ValueError` for a capture that does not say how much of what, in whole hundredths, and for words that no
    column of ours can keep.
    """

    status: str
    amount: Decimal | None = None
    currency: str = ""
    why: str = ""
    ref: str = ""

    def __post_init__(self) -> None:
        if self.status == "captured" and not (CURRENCY.fullmatch(self.currency) and _is_money(self.amount)):
            raise ValueError("a capture without an amount")
        if not (_is_kept(self.why) and _is_kept(self.ref)):
            raise ValueError("words we can't keep")


def _is_money(amount: Decimal | None) -> bool:
    if amount is None or not amount.is_finite() or not 0 < amount < MOST:
        return False
    return amount == amount.quantize(Decimal("0.01"))


def _is_kept(text: str) -> bool:
    return len(text) <= LONGEST and not NOT_TEXT.search(text)


def printable(text: object, longest: int = LONGEST) -> str:
    """Somebody else's words as far as a column of ours can keep them."""
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", str(text))[:longest]


@dataclass(frozen=True)
class Session:
    """An open payment page at the gateway.

    Raises `GatewayUnsure` for one that no column of ours can keep, or whose address is none to send people to.
    """

    ref: str
    url: str

    def __post_init__(self) -> None:
        if not (str(self.ref) and _is_kept(str(self.ref)) and PAGE.fullmatch(str(self.url))):
            raise GatewayUnsure("a session we can't keep")


@dataclass(frozen=True)
class Notice:
    """A verified callback: `payment` is our PAY… reference."""

    event_id: str
    payment: str
    fact: Fact


@dataclass(frozen=True)
class Entry:
    """A line of the gateway's book: money that moved. `kind` is capture or refund, or unreadable where the line makes
    no sense and `reference` shows what there is of it.

    `reference` is ours: PAY… of a capture; of a refund its RF… if the gateway tells it, else its payment's.
    `ref` is the session at the gateway, empty where its book does not name it; `at` is the gateway's own time.
    """

    kind: str
    reference: str
    ref: str
    amount: Decimal
    currency: str
    at: datetime


class Gateway(Protocol):
    """One provider. Every call is idempotent by the key of its payment or refund; none is made in a transaction."""

    name: str

    def open(self, payment: Payment, return_url: str, callback_url: str) -> Session:
        """Open, or find again, the payment page. Raises `GatewayUnsure` or `GatewayRefused`."""

    def look(self, payment: Payment) -> Fact:
        """What the gateway knows. Raises `GatewayUnsure`; `GatewayRefused` when it never heard of it."""

    def cancel(self, payment: Payment) -> Fact:
        """Close the page; answers what is true afterwards, which may be captured."""

    def refund(self, refund: Refund) -> str:
        """Pay back; answers the gateway's reference. Raises `GatewayUnsure` or `GatewayRefused`."""

    def book(self, since: datetime) -> Iterable[Entry]:
        """Every capture and refund at or after `since`, line by line. Raises `GatewayUnsure`, also half-way."""

    def event_id(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of a genuine callback. Raises `BadSignature`."""

    def read(self, body: bytes) -> Notice | None:
        """A stored callback in our words, None for news we have no use for. Raises `ValueError` for nonsense."""
