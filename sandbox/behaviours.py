"""Bad days on order: the next `times` occasions of a kind go wrong as chosen, then the bank is well again.

Rows, not memory: a restart forgets none, and each is used up by one request, however many arrive at once.
"""

import sqlite3
from collections.abc import Sequence

OCCASIONS = ("session", "query", "refund", "callback")
ACTS = ("hang", "drop", "error", "garbage", "decline", "wrong_amount", "wrong_currency", "silent")
ON_THE_WIRE = ("hang", "drop", "error", "garbage", "decline")
EVERYBODY = "*"


def add(db: sqlite3.Connection, reference: str, on: str, do: str, times: int) -> None:
    """Order a bad day for a reference (or "*" for all)."""
    row = (reference, on, do, times)
    db.execute("INSERT INTO behaviour (reference, occasion, act, times) VALUES (?, ?, ?, ?)", row)


def take(
    db: sqlite3.Connection,
    references: Sequence[str],
    acts: Sequence[str],
    on: Sequence[str] = OCCASIONS,
) -> str | None:
    """Use up one occasion and say what goes wrong, or None. Names go before "*", older before newer."""
    named = (*references, EVERYBODY)
    query = f"""SELECT id, act FROM behaviour WHERE reference IN ({_marks(named)})
        AND act IN ({_marks(acts)}) AND occasion IN ({_marks(on)}) ORDER BY reference = '*', id LIMIT 1"""
    row = db.execute(query, (*named, *acts, *on)).fetchone()
    if row is None:
        return None
    db.execute("DELETE FROM behaviour WHERE id = ? AND times = 1", (row["id"],))
    db.execute("UPDATE behaviour SET times = times - 1 WHERE id = ?", (row["id"],))
    return str(row["act"])


def waiting(db: sqlite3.Connection) -> bool:
    """Whether any bad day is on order at all; spares the good days a write."""
    return db.execute("SELECT 1 FROM behaviour LIMIT 1").fetchone() is not None


def forget(db: sqlite3.Connection) -> int:
    """Cancel all of them; says how many there were."""
    return db.execute("DELETE FROM behaviour").rowcount


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
