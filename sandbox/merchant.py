"""The merchant's side: signed JSON, no browser, no cookies."""

from functools import partial

from werkzeug import Request, Response

from sandbox import book, clock, desk, reading, refunds, sessions, signing
from sandbox.bank import Bank
from sandbox.errors import Refused, answer
from sandbox.sessions import Asked, Session
from sandbox.settings import MERCHANT
from sandbox.wire import answered

MERCHANT_HEADER = "Sandbox-Merchant"
LONGEST_KEY = 255
LONGEST_SESSION = 30 * 86_400


def authenticate(bank: Bank, request: Request) -> None:
    """Let only our merchant in, with a fresh signature over this very request. Raises Refused."""
    path = str(request.environ.get("REQUEST_URI") or request.full_path.rstrip("?"))
    message = signing.request_message(request.method, path, request.get_data())
    signature = request.headers.get(signing.HEADER, "")
    known = request.headers.get(MERCHANT_HEADER) == MERCHANT
    if not known or not signing.verify(bank.settings.key, signature, message, clock.now()):
        raise Refused(401, "unauthorized", "The request is not signed, or not by a merchant of this bank.")


def open_session(bank: Bank, request: Request) -> Response:
    """POST /v1/sessions"""
    data, key = reading.fields(request), _key(request)
    asked = Asked(
        reference=reading.text(data, "reference"),
        amount=reading.amount(data),
        currency=reading.currency(data),
        return_url=reading.url(data, "return_url"),
        callback_url=reading.url(data, "callback_url"),
        seconds=_seconds(bank, data),
    )
    work = partial(_open, bank, asked, key, reading.fingerprint(data))
    return answered(bank, request, "session", [asked.reference], work)


def show_session(bank: Bank, request: Request, session_id: str) -> Response:
    """GET /v1/sessions/{id}"""
    desk.expire(bank)
    session = _session(bank, session_id)
    return answered(bank, request, "query", [session.reference], partial(_shown, bank, session))


def find_session(bank: Bank, request: Request) -> Response:
    """GET /v1/sessions?reference=PAY1001"""
    desk.expire(bank)
    reference = request.args.get("reference", "")
    return answered(bank, request, "query", [reference], partial(_found, bank, reference))


def cancel_session(bank: Bank, request: Request, session_id: str) -> Response:
    """POST /v1/sessions/{id}/cancel: 200 means there is and will be no money, 409 that it was taken."""
    session = _session(bank, session_id)
    return answered(bank, request, "session", [session.reference], partial(_cancel, bank, session_id))


def refund(bank: Bank, request: Request) -> Response:
    """POST /v1/refunds"""
    data = reading.fields(request)
    session = _session(bank, reading.text(data, "session"))
    asked = refunds.Asked(
        reference=reading.text(data, "reference"),
        amount=reading.amount(data),
        idempotency_key=_key(request),
        fingerprint=reading.fingerprint(data),
    )
    work = partial(_refund, bank, session.id, asked)
    return answered(bank, request, "refund", [asked.reference, session.reference], work)


def show_book(bank: Bank, request: Request) -> Response:
    """GET /v1/book?since=: all of it, or with `limit` a page; the next one begins `after` the line it names."""
    since = reading.moment(dict(request.args), "since") if request.args.get("since") else ""
    limit, after = _count(request, "limit", book.EVERYTHING), _count(request, "after", 0)
    with bank.store.read() as db:
        entries, following = book.page(db, since, after, limit)
    return answer({"entries": entries, "next": following})


ROUTES = (
    ("POST", "/v1/sessions", open_session),
    ("GET", "/v1/sessions", find_session),
    ("GET", "/v1/sessions/<session_id>", show_session),
    ("POST", "/v1/sessions/<session_id>/cancel", cancel_session),
    ("POST", "/v1/refunds", refund),
    ("GET", "/v1/book", show_book),
)


def _open(bank: Bank, asked: Asked, key: str, fingerprint: str) -> Response:
    with bank.store.write() as db:
        if before := sessions.find_by_key(db, key):
            _same(before.fingerprint, fingerprint)
            return _shown(bank, before)
        return _shown(bank, sessions.insert(db, sessions.draft(asked, key, fingerprint)), 201)


def _found(bank: Bank, reference: str) -> Response:
    try:
        with bank.store.read() as db:
            return _shown(bank, sessions.find_by_reference(db, reference))
    except LookupError:
        raise _absent() from None


def _cancel(bank: Bank, session_id: str) -> Response:
    session = desk.cancel(bank, session_id)
    return _shown(bank, session, 409 if session.status == "captured" else 200)


def _refund(bank: Bank, session_id: str, asked: refunds.Asked) -> Response:
    with bank.store.write() as db:
        if before := refunds.find_by_key(db, asked.idempotency_key):
            _same(before.fingerprint, asked.fingerprint)
            return answer(before.wire())
        return answer(refunds.give(db, sessions.find(db, session_id), asked).wire(), 201)


def _shown(bank: Bank, session: Session, status: int = 200) -> Response:
    return answer(session.wire(bank.settings.url), status)


def _session(bank: Bank, session_id: str) -> Session:
    try:
        with bank.store.read() as db:
            return sessions.find(db, session_id)
    except LookupError:
        raise _absent() from None


def _count(request: Request, name: str, default: int) -> int:
    given = request.args.get(name, "")
    if given and not (given.isascii() and given.isdigit() and 0 < int(given[:20]) < 2**62):
        raise reading.invalid(name, "is a whole number above zero")
    return int(given) if given else default


def _absent() -> Refused:
    return Refused(404, "not_found", "There is no such session.")


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused(
            400, "idempotency_key", f"An Idempotency-Key of at most {LONGEST_KEY} signs is required."
        )
    return key


def _same(before: str, now: str) -> None:
    if before != now:
        raise Refused(422, "idempotency_key_reused", "This Idempotency-Key came before with another body.")


def _seconds(bank: Bank, data: reading.Fields) -> float:
    if data.get("expires_in") is None:
        return bank.settings.session
    return reading.whole(data, "expires_in", 1, LONGEST_SESSION)
