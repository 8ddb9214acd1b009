"""What merchants must still be told: rows written with the fact itself, so that no crash parts the two."""

import json
import secrets
import sqlite3

from sandbox import behaviours, clock
from sandbox.money import decimal
from sandbox.sessions import Session
from sandbox.settings import MERCHANT

GIVE_UP_AFTER = 3 * 86_400
BATCH = 32
DUE = "NOT delivered AND NOT sending AND due <= ? AND created > ?"


def new_event_id() -> str:
    """A fresh name for one fact; it stays the same however often the fact is told."""
    return f"evt_{secrets.token_urlsafe(18)}"


def message(session: Session, fact: str, event_id: str, money: tuple[int, str] | None = None) -> str:
    """The body of a callback. `money` overrides what the session itself would say."""
    taken = (session.captured_amount or session.amount, session.captured_currency or session.currency)
    amount, currency = money or taken
    body = {
        "event_id": event_id,
        "fact": fact,
        "merchant": MERCHANT,
        "reference": session.reference,
        "session": session.id,
        "amount": decimal(amount),
        "currency": currency,
        "failure": session.failure if fact == "failed" else None,
        "at": clock.stamp(),
    }
    return json.dumps(body)


def tell(db: sqlite3.Connection, session: Session, fact: str, delay: float = 0) -> None:
    """Put a callback into the outbox, due in `delay` seconds; a "silent" bad day swallows it."""
    if behaviours.take(db, [session.reference], ["silent"]):
        return
    event_id, now = new_event_id(), clock.now()
    db.execute(
        """INSERT INTO callback (event_id, session, reference, fact, url, body, created, due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (event_id, session.id, session.reference, fact, session.callback_url,
         message(session, fact, event_id), now, now + delay),
    )  # fmt: skip


def any_due(db: sqlite3.Connection) -> bool:
    """Whether somebody waits to be told now."""
    return db.execute(f"SELECT 1 FROM callback WHERE {DUE} LIMIT 1", _window()).fetchone() is not None


def claim(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Take the next due callbacks into one's hands."""
    query = f"""UPDATE callback SET sending = 1, attempts = attempts + 1 WHERE event_id IN
        (SELECT event_id FROM callback WHERE {DUE} ORDER BY due LIMIT {BATCH}) RETURNING *"""
    return db.execute(query, _window()).fetchall()


def put_back(db: sqlite3.Connection, event_id: str, status: int | None, pause: float) -> None:
    """Write down the merchant's answer; anything but 2xx is told again after `pause` seconds."""
    delivered = status is not None and 200 <= status < 300
    query = "UPDATE callback SET sending = 0, status = ?, delivered = ?, due = ? WHERE event_id = ?"
    db.execute(query, (status, delivered, clock.now() + pause, event_id))


def recover(db: sqlite3.Connection) -> None:
    """After a crash nobody holds anything: what was being sent is sent again."""
    db.execute("UPDATE callback SET sending = 0")


def history(db: sqlite3.Connection, session_id: str) -> list[dict[str, object]]:
    """The callbacks of a session and how they fared; `status` is the merchant's last HTTP answer."""
    query = (
        "SELECT event_id, fact, attempts, status, delivered FROM callback WHERE session = ? ORDER BY created"
    )
    return [{**row, "delivered": bool(row["delivered"])} for row in db.execute(query, (session_id,))]


def _window() -> tuple[float, float]:
    now = clock.now()
    return now, now - GIVE_UP_AFTER
