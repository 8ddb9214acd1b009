"""The bank's book as others read it: every capture and refund, oldest first."""

import sqlite3

from sandbox.money import decimal

EVERYTHING = -1


def entries(db: sqlite3.Connection) -> list[dict[str, object]]:
    """All of it. `reference` is the payment's (PAY1001) in both kinds; a refund names its own (RF1001) beside it."""
    return page(db)[0]


def page(
    db: sqlite3.Connection, since: str = "", after: int = 0, limit: int = EVERYTHING
) -> tuple[list[dict[str, object]], int | None]:
    """What moved at or after `since` (in the form of `clock.stamp`), beyond line `after`, at most `limit` lines;
    beside it the line after which the next page begins, None after the last page."""
    query = "SELECT * FROM book WHERE at >= ? AND number > ? ORDER BY number LIMIT ?"
    rows = db.execute(query, (since, after, limit)).fetchall()
    return [_wire(row) for row in rows], rows[-1]["number"] if len(rows) == limit else None


def _wire(row: sqlite3.Row) -> dict[str, object]:
    shown = ("kind", "reference", "session", "currency", "at", "refund")
    return {name: row[name] for name in shown} | {"amount": decimal(row["amount"])}
