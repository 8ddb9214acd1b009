"""The bank's book as others read it: every capture and refund, oldest first."""

import sqlite3

from sandbox.money import decimal


def entries(db: sqlite3.Connection, since: str = "") -> list[dict[str, object]]:
    """What moved at or after `since` (in the form of `clock.stamp`).

    `reference` is the payment's (PAY1001) in both kinds; a refund names its own (RF1001) beside it.
    """
    rows = db.execute("SELECT * FROM book WHERE at >= ? ORDER BY number", (since,))
    return [_wire(row) for row in rows]


def _wire(row: sqlite3.Row) -> dict[str, object]:
    shown = ("kind", "reference", "session", "currency", "at", "refund")
    return {name: row[name] for name in shown} | {"amount": decimal(row["amount"])}
