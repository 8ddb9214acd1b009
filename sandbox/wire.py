"""Answering badly on purpose: the failures of a network and of a bank, as a merchant meets them."""

import time
from collections.abc import Callable, Sequence

from waitress.channel import ClientDisconnected
from werkzeug import Request, Response

from sandbox import behaviours
from sandbox.bank import Bank
from sandbox.errors import Refused

GLANCE = 0.2
RUBBISH = "<!doctype html><title>Maintenance</title><h1>We are improving our service for you.</h1>"

Work = Callable[[], Response]


def answered(bank: Bank, request: Request, on: str, references: Sequence[str], work: Work) -> Response:
    """The answer of `work`, or what a bad day makes of it.

    `error` and `decline` do no work; `hang`, `drop` and `garbage` do it and then fail to say so.
    """
    act = _bad_day(bank, on, references)
    if act == "error":
        raise Refused(500, "internal_error", "The bank has lost its head; nothing was done.")
    if act == "decline":
        raise Refused(402, "declined", "The bank refuses this for good; nothing was done.")
    response = work()
    return _spoilt(bank, request, act, response) if act else response


def _bad_day(bank: Bank, on: str, references: Sequence[str]) -> str | None:
    with bank.store.read() as db:
        if not behaviours.waiting(db):
            return None
    with bank.store.write() as db:
        return behaviours.take(db, references, behaviours.ON_THE_WIRE, [on])


def _spoilt(bank: Bank, request: Request, act: str, response: Response) -> Response:
    if act == "drop":
        # The server closes the connection without a byte when it believes the other side has gone.
        raise ClientDisconnected
    if act == "garbage":
        return Response(RUBBISH, 200, mimetype="text/html")
    _hold(bank, request)
    return response


def _hold(bank: Bank, request: Request) -> None:
    """Keep the line open, but let the thread go as soon as the merchant has hung up."""
    gone = request.environ.get("waitress.client_disconnected", lambda: False)
    end = time.monotonic() + bank.settings.hang
    while time.monotonic() < end and not gone() and not bank.closing.wait(GLANCE):
        pass
