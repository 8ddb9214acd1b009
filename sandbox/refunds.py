"""Giving money back: never more than a session took, and once for each Idempotency-Key."""

import secrets
import sqlite3
from dataclasses import asdict, dataclass

from sandbox import clock
from sandbox.money import decimal
from sandbox.sessions import Session


@dataclass(frozen=True)
class Asked:
    """What a merchant asks to give back, in minor units, and how to know the same request again."""

    reference: str
    amount: int
    idempotency_key: str
    fingerprint: str


@dataclass(frozen=True)
class Refund:
    """A row of the table of the same name; the amount in minor units."""

    id: str
    session: str
    reference: str
    idempotency_key: str
    fingerprint: str
    amount: int
    currency: str
    status: str
    failure: str | None
    at: str

    def wire(self) -> dict[str, object]:
        """The refund as merchants read it."""
        shown = ("id", "session", "reference", "currency", "status", "failure", "at")
        return {name: getattr(self, name) for name in shown} | {"amount": decimal(self.amount)}


def find_by_key(db: sqlite3.Connection, key: str) -> Refund | None:
    """The refund an Idempotency-Key asked for, if it did."""
    row = db.execute("SELECT * FROM refund WHERE idempotency_key = ?", (key,)).fetchone()
    return row and Refund(**row)


def give(db: sqlite3.Connection, session: Session, asked: Asked, at: str = "") -> Refund:
    """Pay back what is still there, or write down why not. In a write transaction, so that the sum holds.

    `at` is a day long past, in the form of `clock.stamp`.
    """
    failure = _obstacle(db, session, asked.amount)
    refund = Refund(
        id=f"re_{secrets.token_urlsafe(18)}",
        session=session.id,
        reference=asked.reference,
        idempotency_key=asked.idempotency_key,
        fingerprint=asked.fingerprint,
        amount=asked.amount,
        currency=session.captured_currency or session.currency,
        status="failed" if failure else "done",
        failure=failure,
        at=at or clock.stamp(),
    )
    _insert(db, refund)
    if not failure:
        _book(db, session, refund)
    return refund


def _obstacle(db: sqlite3.Connection, session: Session, amount: int) -> str | None:
    if session.captured_amount is None:
        return "not_captured"
    query = "SELECT coalesce(sum(amount), 0) FROM refund WHERE session = ? AND status = 'done'"
    given = int(db.execute(query, (session.id,)).fetchone()[0])
    return "more_than_captured" if given + amount > session.captured_amount else None


def _insert(db: sqlite3.Connection, refund: Refund) -> None:
    row = asdict(refund)
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT INTO refund ({names}) VALUES ({marks})", row)


def _book(db: sqlite3.Connection, session: Session, refund: Refund) -> None:
    db.execute(
        """INSERT INTO book (kind, session, reference, refund, amount, currency, at)
            VALUES ('refund', ?, ?, ?, ?, ?, ?)""",
        (session.id, session.reference, refund.reference, refund.amount, refund.currency, refund.at),
    )
