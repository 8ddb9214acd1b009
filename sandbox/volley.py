"""Callbacks out of turn: many, at once, late, unsigned, badly signed, or of things nobody expected.

A well-signed "captured" makes itself true: a bank that says so under its signature has the money, even of a
session that was cancelled, so query, book and refunds tell the same story after it. Forgeries change nothing.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sandbox import clock, outbox, sessions
from sandbox.bank import Bank
from sandbox.errors import Refused
from sandbox.post import post
from sandbox.sessions import Asked, Session
from sandbox.signing import TOLERANCE, sign

FACTS = ("captured", "failed", "expired", "cancelled", "pending")
SIGNATURES = ("good", "none", "wrong", "stale")
FORGER = b"not the secret of this bank"
ABREAST = 64
USUAL_AMOUNT = 10_000


@dataclass(frozen=True)
class Order:
    """What to send. The amount is in minor units; None stands for what the session says."""

    reference: str
    fact: str
    amount: int | None
    currency: str | None
    times: int
    parallel: bool
    signature: str
    event_id: str
    url: str | None


def fire(bank: Bank, order: Order) -> list[int]:
    """Send all copies and wait; the HTTP statuses they met, 0 where nobody answered. Raises Refused."""
    with bank.store.write() as db:
        session = _session(db, order)
        if (order.fact, order.signature) == ("captured", "good"):
            sessions.insert(db, session)
            sessions.capture(db, session, *_money(session, order), even_closed=True)
    body = outbox.message(session, order.fact, order.event_id, _money(session, order)).encode()
    with ThreadPoolExecutor(min(order.times, ABREAST) if order.parallel else 1, "volley") as hands:
        shots = [hands.submit(_shot, bank, order, session, body) for _ in range(order.times)]
    return [shot.result() for shot in shots]


def _shot(bank: Bank, order: Order, session: Session, body: bytes) -> int:
    url = order.url or session.callback_url
    return post(url, body, _signature(bank, order.signature, body), bank.settings.callback_timeout)


def _signature(bank: Bank, kind: str, body: bytes) -> str | None:
    now = int(clock.now())
    if kind == "none":
        return None
    if kind == "stale":
        return sign(bank.settings.callback_secret, body, now - 12 * TOLERANCE)
    return sign(FORGER if kind == "wrong" else bank.settings.callback_secret, body, now)


def _money(session: Session, order: Order) -> tuple[int, str]:
    amount = order.amount or session.captured_amount or session.amount
    return amount, order.currency or session.captured_currency or session.currency


def _session(db: sqlite3.Connection, order: Order) -> Session:
    """The session spoken of, or one made up, and not written down, for a reference unknown here."""
    try:
        return sessions.find_by_reference(db, order.reference)
    except LookupError:
        return _made_up(order, order.url or _usual_url(db, order))


def _made_up(order: Order, url: str) -> Session:
    amount, currency = order.amount or USUAL_AMOUNT, order.currency or "AED"
    return sessions.draft(Asked(order.reference, amount, currency, url, url, seconds=60))


def _usual_url(db: sqlite3.Connection, order: Order) -> str:
    try:
        return sessions.newest(db).callback_url
    except LookupError:
        problem = f"No session was ever opened here: name the callback_url for {order.reference}."
        raise Refused(409, "no_session", problem) from None
