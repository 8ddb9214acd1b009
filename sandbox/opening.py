"""The opening statement: captures and refunds from before this bank's time, taken over from somebody's book.

A demo begins with a past; without it in the bank's own store no payment of that past could be refunded.
"""

import sqlite3
from dataclasses import dataclass, replace

from sandbox import reading, refunds, sessions
from sandbox.errors import Refused
from sandbox.reading import Fields
from sandbox.sessions import Session

MOST = 250
KINDS = ("capture", "refund")
OPENING = "opening"
NOWHERE = "http://127.0.0.1:9/"


@dataclass(frozen=True)
class Entry:
    """One line of the statement; the amount in minor units, `refund` the refund's own reference or ""."""

    kind: str
    reference: str
    session: str
    refund: str
    amount: int
    currency: str
    at: str


def read(data: Fields) -> list[Entry]:
    """The entries of a request, at most 250. Raises Refused."""
    given = data.get("entries")
    if not isinstance(given, list) or len(given) > MOST or not all(isinstance(one, dict) for one in given):
        raise reading.invalid("entries", f"is a list of at most {MOST} objects")
    return [_entry(one) for one in given]


def take_over(db: sqlite3.Connection, entries: list[Entry]) -> int:
    """Write down what is new here, captures before their refunds; says how many. Known ones change nothing."""
    verbs = {"capture": _capture, "refund": _refund}
    ordered = sorted(entries, key=lambda entry: KINDS.index(entry.kind))
    return sum(verbs[entry.kind](db, entry) for entry in ordered)


def _entry(data: Fields) -> Entry:
    kind = reading.choice(data, "kind", KINDS)
    return Entry(
        kind=kind,
        reference=reading.text(data, "reference"),
        session=reading.text(data, "session"),
        refund=reading.text(data, "refund") if kind == "refund" else "",
        amount=reading.amount(data),
        currency=reading.currency(data),
        at=reading.moment(data, "at"),
    )


def _capture(db: sqlite3.Connection, entry: Entry) -> bool:
    """A session that was paid long ago. Raises Refused when its name stands for another one here."""
    if before := _known(db, entry.session):
        if (before.reference, before.captured_amount) != (entry.reference, entry.amount):
            raise Refused(409, "known_otherwise", f"{entry.session} is another payment in this bank's book.")
        return False
    asked = sessions.Asked(entry.reference, entry.amount, entry.currency, NOWHERE, NOWHERE, seconds=0)
    session = sessions.insert(db, replace(sessions.draft(asked, fingerprint=OPENING), id=entry.session))
    return sessions.capture(db, session, entry.amount, entry.currency, at=entry.at)


def _refund(db: sqlite3.Connection, entry: Entry) -> bool:
    """What went back long ago. Raises Refused when it is more than was taken; then nothing is taken over."""
    key = f"{OPENING}-{entry.session}-{entry.refund}"
    if refunds.find_by_key(db, key):
        return False
    session, asked = _known(db, entry.session), refunds.Asked(entry.refund, entry.amount, key, OPENING)
    if session is None or refunds.give(db, session, asked, at=entry.at).failure:
        raise Refused(409, "not_captured", f"{entry.refund} gives back what was never taken.")
    return True


def _known(db: sqlite3.Connection, session_id: str) -> Session | None:
    try:
        return sessions.find(db, session_id)
    except LookupError:
        return None
