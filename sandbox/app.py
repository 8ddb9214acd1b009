"""One WSGI application: who may come in, by which door, and what a refusal looks like."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sandbox import cardholder, control, merchant
from sandbox.bank import Bank
from sandbox.errors import Refused, answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Handler = Callable[..., Response]


def health(bank: Bank, request: Request) -> Response:
    """GET /health: 200 when the store can be read."""
    with bank.store.read() as db:
        db.execute("SELECT 1 FROM session LIMIT 1").fetchone()
    return answer({"status": "ok"})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/health", health),
    *merchant.ROUTES,
    *cardholder.ROUTES,
    *control.ROUTES,
)
DOORS = Map(
    [Rule(path, methods=[method], endpoint=handler) for method, path, handler in ROUTES],
    strict_slashes=False,
    merge_slashes=False,
)


class App:
    """The bank on the web."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """WSGI."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            self._guard(request)
            handler: Handler
            handler, values = DOORS.bind_to_environ(request.environ).match()
            return handler(self._bank, request, **values)
        except Refused as refused:
            return refused.answer()
        except HTTPException as problem:
            return _said(problem)

    def _guard(self, request: Request) -> None:
        if request.path.startswith("/v1/"):
            merchant.authenticate(self._bank, request)
        if request.path.startswith("/control/"):
            control.admit(request)


def _said(problem: HTTPException) -> Response:
    code = problem.name.lower().replace(" ", "_")
    response = answer({"code": code, "message": problem.description}, problem.code or 500)
    if allowed := getattr(problem, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
