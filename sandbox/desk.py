"""What can happen to a session, each in one transaction with the callback that tells of it."""

import sqlite3

from sandbox import behaviours, outbox, sessions
from sandbox.bank import Bank
from sandbox.cards import Card
from sandbox.money import other_amount, other_currency
from sandbox.sessions import Session


def pay(bank: Bank, session_id: str, card: Card) -> Session:
    """Do what the card says to an open session; a session that has ended is handed back as it is."""
    expire(bank)
    with bank.store.write() as db:
        session = sessions.find(db, session_id)
        if session.status == "open":
            _try(bank, db, session, card)
        session = sessions.find(db, session_id)
    bank.news.set()
    return session


def cancel(bank: Bank, session_id: str) -> Session:
    """Close an open session; one that has ended is handed back as it is. Raises LookupError."""
    expire(bank)
    with bank.store.write() as db:
        if sessions.end(db, session_id, "cancelled"):
            outbox.tell(db, sessions.find(db, session_id), "cancelled")
        session = sessions.find(db, session_id)
    bank.news.set()
    return session


def expire(bank: Bank) -> None:
    """Close every session whose time is over."""
    with bank.store.read() as db:
        if not sessions.overdue(db):
            return
    with bank.store.write() as db:
        for session in sessions.overdue(db):
            sessions.end(db, session.id, "expired")
            outbox.tell(db, session, "expired")


def _try(bank: Bank, db: sqlite3.Connection, session: Session, card: Card) -> None:
    if failure := card.failure or _declined(db, session):
        sessions.end(db, session.id, "failed", failure)
        outbox.tell(db, sessions.find(db, session.id), "failed")
    elif sessions.capture(db, session, *_taken(db, session)) and not card.silent:
        delay = bank.settings.late if card.late else 0
        outbox.tell(db, sessions.find(db, session.id), "captured", delay)


def _declined(db: sqlite3.Connection, session: Session) -> str | None:
    return "card_declined" if behaviours.take(db, [session.reference], ["decline"], ["callback"]) else None


def _taken(db: sqlite3.Connection, session: Session) -> tuple[int, str]:
    wrong = behaviours.take(db, [session.reference], ["wrong_amount", "wrong_currency"])
    amount = other_amount(session.amount) if wrong == "wrong_amount" else session.amount
    currency = other_currency(session.currency) if wrong == "wrong_currency" else session.currency
    return amount, currency
