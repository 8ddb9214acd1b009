"""The cardholder's side: the card page, what follows it, and the files it is dressed in."""

from pathlib import Path

from werkzeug import Request, Response
from werkzeug.utils import redirect

from sandbox import cards, desk, pages, sessions
from sandbox.bank import Bank
from sandbox.sessions import Session

STATIC = Path(__file__).with_name("static")
KINDS = {"bank.css": "text/css", "icon.svg": "image/svg+xml"}


def show(bank: Bank, request: Request, session_id: str) -> Response:
    """GET /pay/{session}"""
    words = pages.language(request)
    if (session := _session(bank, session_id)) is None:
        return pages.absent_page(words)
    if session.status != "open":
        return pages.ended_page(words, session, 200)
    return pages.card_page(words, session, {}, {})


def pay(bank: Bank, request: Request, session_id: str) -> Response:
    """POST /pay/{session}: a second press of the button goes the way of the first, and takes nothing."""
    words = pages.language(request)
    if (session := _session(bank, session_id)) is None:
        return pages.absent_page(words)
    if session.status != "open":
        return _after(session, words, ["captured"])
    if faults := cards.faults(request.form):
        return pages.card_page(words, session, request.form, faults)
    session = desk.pay(bank, session_id, cards.card(request.form))
    return _after(session, words, ["captured", "failed"])


def static(bank: Bank, request: Request, name: str) -> Response:
    """GET /static/{name}"""
    if name not in KINDS:
        return Response("Not found\n", 404)
    headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response((STATIC / name).read_bytes(), 200, headers, mimetype=KINDS[name])


ROUTES = (
    ("GET", "/pay/<session_id>", show),
    ("POST", "/pay/<session_id>", pay),
    ("GET", "/static/<name>", static),
)


def _after(session: Session, words: pages.Words, good: list[str]) -> Response:
    """Back to the shop from these statuses; any other is explained first."""
    if session.status in good:
        return redirect(pages.way_back(session), 303)
    return pages.ended_page(words, session, 409)


def _session(bank: Bank, session_id: str) -> Session | None:
    desk.expire(bank)
    try:
        with bank.store.read() as db:
            return sessions.find(db, session_id)
    except LookupError:
        return None
