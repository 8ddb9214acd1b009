"""The puppeteer's side: bad days, callbacks out of turn, the book. Only for programs on this very machine."""

import ipaddress
from urllib.parse import urlsplit

from werkzeug import Request, Response

from sandbox import behaviours, book, opening, outbox, reading, sessions, volley
from sandbox.bank import Bank
from sandbox.errors import Refused, answer

# Signs of a browser page or of a proxy speaking through this machine for somebody else.
FOREIGN = ("Origin", "X-Forwarded-For", "Forwarded")
MOST_TIMES = 1_000


def admit(request: Request) -> None:
    """Refuse whatever does not come from a program on this machine. Raises Refused."""
    near = _loopback(request.remote_addr or "") and _loopback(urlsplit(f"//{request.host}").hostname or "")
    if not near or any(name in request.headers for name in FOREIGN):
        raise Refused(403, "forbidden", "The control side is open to programs on this machine only.")


def add_behaviour(bank: Bank, request: Request) -> Response:
    """POST /control/behaviour"""
    data = reading.fields(request)
    reference = behaviours.EVERYBODY if data.get("reference") == "*" else reading.text(data, "reference")
    on = reading.choice(data, "on", behaviours.OCCASIONS)
    do = reading.choice(data, "do", behaviours.ACTS)
    times = reading.whole(data, "times", 1, MOST_TIMES)
    with bank.store.write() as db:
        behaviours.add(db, reference, on, do, times)
    return answer({"reference": reference, "on": on, "do": do, "times": times}, 201)


def send_callbacks(bank: Bank, request: Request) -> Response:
    """POST /control/callbacks: sends now, answers when all are sent; 0 stands for a merchant not reached."""
    data = reading.fields(request)
    order = volley.Order(
        reference=reading.text(data, "reference"),
        fact=reading.choice(data, "fact", volley.FACTS),
        amount=reading.amount(data) if data.get("amount") is not None else None,
        currency=reading.currency(data) if data.get("currency") is not None else None,
        times=reading.whole(data, "times", 1, MOST_TIMES),
        parallel=bool(data.get("parallel", False)),
        signature=reading.choice(data, "signature", volley.SIGNATURES, "good"),
        event_id=reading.text(data, "event_id") if data.get("event_id") else outbox.new_event_id(),
        url=reading.url(data, "callback_url") if data.get("callback_url") else None,
    )
    return answer({"event_id": order.event_id, "statuses": volley.fire(bank, order)})


def take_over(bank: Bank, request: Request) -> Response:
    """POST /control/opening: what happened before this bank's time; all of it is taken over or nothing."""
    entries = opening.read(reading.fields(request))
    with bank.store.write() as db:
        new = opening.take_over(db, entries)
    return answer({"new": new, "known": len(entries) - new}, 201 if new else 200)


def show_book(bank: Bank, request: Request) -> Response:
    """GET /control/book"""
    with bank.store.read() as db:
        return answer({"entries": book.entries(db)})


def show_sessions(bank: Bank, request: Request) -> Response:
    """GET /control/sessions?reference="""
    with bank.store.read() as db:
        found = sessions.every(db, request.args.get("reference", ""))
        told = [{"callbacks": outbox.history(db, session.id)} for session in found]
    seen = [session.wire(bank.settings.url) for session in found]
    return answer({"sessions": [one | more for one, more in zip(seen, told, strict=True)]})


def reset(bank: Bank, request: Request) -> Response:
    """POST /control/reset"""
    with bank.store.write() as db:
        return answer({"forgotten": behaviours.forget(db)})


ROUTES = (
    ("POST", "/control/behaviour", add_behaviour),
    ("POST", "/control/callbacks", send_callbacks),
    ("POST", "/control/opening", take_over),
    ("GET", "/control/book", show_book),
    ("GET", "/control/sessions", show_sessions),
    ("POST", "/control/reset", reset),
)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
