"""The thread that tells merchants what happened, at least once, until they answer 2xx.

On its rounds it also ends the sessions whose time is over.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from sandbox import behaviours, clock, desk, outbox
from sandbox.bank import Bank
from sandbox.post import NOT_REACHED, post
from sandbox.signing import sign

TICK = 0.25
HANDS = 16
RUBBISH = b"<html><body>502 Bad Gateway</body></html>"
SPOILT = ("hang", "drop", "error", "garbage")


def start(bank: Bank) -> Thread:
    """Begin the rounds; they end soon after `bank.close()`."""
    with bank.store.write() as db:
        outbox.recover(db)
    thread = Thread(target=_rounds, args=(bank,), name="courier", daemon=True)
    thread.start()
    return thread


def _rounds(bank: Bank) -> None:
    with ThreadPoolExecutor(HANDS, "courier") as hands:
        while not bank.closing.is_set():
            bank.news.clear()
            desk.expire(bank)
            for row in _claimed(bank):
                hands.submit(_deliver, bank, row)
            bank.news.wait(TICK)


def _claimed(bank: Bank) -> list[sqlite3.Row]:
    with bank.store.read() as db:
        if not outbox.any_due(db):
            return []
    with bank.store.write() as db:
        return outbox.claim(db)


def _deliver(bank: Bank, row: sqlite3.Row) -> None:
    act = _spoilt(bank, row["reference"])
    status = None if act == "hang" else _send(bank, row, act)
    pause = bank.settings.hang if act == "hang" else _pause(bank, row["attempts"])
    with bank.store.write() as db:
        outbox.put_back(db, row["event_id"], status, pause)


def _spoilt(bank: Bank, reference: str) -> str | None:
    with bank.store.read() as db:
        if not behaviours.waiting(db):
            return None
    with bank.store.write() as db:
        return behaviours.take(db, [reference], SPOILT, ["callback"])


def _send(bank: Bank, row: sqlite3.Row, act: str | None) -> int | None:
    if act == "error":
        return None
    body = RUBBISH if act == "garbage" else row["body"].encode()
    signature = sign(bank.settings.callback_secret, body, int(clock.now()))
    status = post(row["url"], body, signature, bank.settings.callback_timeout, hang_up=act == "drop")
    return NOT_REACHED if act else status


def _pause(bank: Bank, attempts: int) -> float:
    pauses = bank.settings.retry
    return pauses[min(attempts, len(pauses)) - 1]
