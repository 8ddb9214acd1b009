"""A session: one attempt of one cardholder to pay one amount. It ends once; only `captured` moves money."""

import secrets
import sqlite3
from dataclasses import asdict, dataclass

from sandbox import clock
from sandbox.money import decimal


@dataclass(frozen=True)
class Session:
    """A row of the table of the same name; amounts in minor units, `expires` in seconds since 1970."""

    id: str
    reference: str
    idempotency_key: str | None
    fingerprint: str
    amount: int
    currency: str
    return_url: str
    callback_url: str
    status: str
    failure: str | None
    captured_amount: int | None
    captured_currency: str | None
    expires: float

    def wire(self, bank_url: str) -> dict[str, object]:
        """The session as merchants read it."""
        return {
            "id": self.id,
            "url": f"{bank_url}/pay/{self.id}",
            "status": self.status,
            "reference": self.reference,
            "amount": decimal(self.amount),
            "currency": self.currency,
            "captured": self.status == "captured",
            "captured_amount": None if self.captured_amount is None else decimal(self.captured_amount),
            "captured_currency": self.captured_currency,
            "failure": self.failure,
        }


@dataclass(frozen=True)
class Asked:
    """What a merchant asks of a new session; `seconds` is how long it stays open."""

    reference: str
    amount: int
    currency: str
    return_url: str
    callback_url: str
    seconds: float


def draft(asked: Asked, key: str | None = None, fingerprint: str = "") -> Session:
    """A new open session, not yet written down."""
    return Session(
        id=f"sess_{secrets.token_urlsafe(18)}",
        reference=asked.reference,
        idempotency_key=key,
        fingerprint=fingerprint,
        amount=asked.amount,
        currency=asked.currency,
        return_url=asked.return_url,
        callback_url=asked.callback_url,
        status="open",
        failure=None,
        captured_amount=None,
        captured_currency=None,
        expires=clock.now() + asked.seconds,
    )


def insert(db: sqlite3.Connection, session: Session) -> Session:
    """Write a draft down, unless it is there already."""
    row = asdict(session)
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT OR IGNORE INTO session ({names}) VALUES ({marks})", row)
    return session


def find(db: sqlite3.Connection, session_id: str) -> Session:
    """The session of that id. Raises LookupError."""
    return _first(db, "id = ?", session_id)


def find_by_key(db: sqlite3.Connection, key: str) -> Session | None:
    """The session an Idempotency-Key opened, if it did."""
    try:
        return _first(db, "idempotency_key = ?", key)
    except LookupError:
        return None


def find_by_reference(db: sqlite3.Connection, reference: str) -> Session:
    """The captured session of a reference, or else its newest. Raises LookupError."""
    return _first(db, "reference = ? ORDER BY status = 'captured' DESC, rowid DESC", reference)


def newest(db: sqlite3.Connection) -> Session:
    """The last session opened by anybody. Raises LookupError."""
    return _first(db, "1 ORDER BY rowid DESC")


def every(db: sqlite3.Connection, reference: str) -> list[Session]:
    """All sessions of a reference, or of everybody for "", in the order they were opened."""
    rows = db.execute("SELECT * FROM session WHERE ? IN ('', reference) ORDER BY rowid", (reference,))
    return [Session(**row) for row in rows]


def end(db: sqlite3.Connection, session_id: str, status: str, failure: str | None = None) -> bool:
    """Close an open session without money; says whether this call was the one that did."""
    query = "UPDATE session SET status = ?, failure = ? WHERE id = ? AND status = 'open'"
    return db.execute(query, (status, failure, session_id)).rowcount == 1


def capture(
    db: sqlite3.Connection,
    session: Session,
    amount: int,
    currency: str,
    *,
    even_closed: bool = False,
    at: str = "",
) -> bool:
    """Take the money and book it, once; says whether this call was the one that did.

    `even_closed` is the bank that takes money after it had said failed, cancelled or expired; `at` a day long past.
    """
    taken = db.execute(
        """UPDATE session SET status = 'captured', failure = NULL, captured_amount = ?, captured_currency = ?
            WHERE id = ? AND (status = 'open' OR (? AND status <> 'captured'))""",
        (amount, currency, session.id, even_closed),
    ).rowcount
    if taken:
        db.execute(
            """INSERT INTO book (kind, session, reference, amount, currency, at)
                VALUES ('capture', ?, ?, ?, ?, ?)""",
            (session.id, session.reference, amount, currency, at or clock.stamp()),
        )
    return bool(taken)


def overdue(db: sqlite3.Connection) -> list[Session]:
    """Open sessions whose time is over."""
    rows = db.execute("SELECT * FROM session WHERE status = 'open' AND expires <= ?", (clock.now(),))
    return [Session(**row) for row in rows]


def _first(db: sqlite3.Connection, where: str, *values: str) -> Session:
    row = db.execute(f"SELECT * FROM session WHERE {where} LIMIT 1", values).fetchone()
    if row is None:
        raise LookupError("No such session.")
    return Session(**row)
