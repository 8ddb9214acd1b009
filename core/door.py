"""The door for web servers: what lies ready is given out before Django begins a request.

Who says word by word what somebody said a moment ago gets the same bytes, if the rules of `core.ready` still find them
fresh; all others go the usual way, and so does whatever would have to ask the database or Valkey. Nothing is opened
here that would have to be closed, so no signal is sent; there is the same log line, id and count as for any request.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from core import middleware, ready


class Door(WSGIHandler):
    """As Django's, but for what lies ready."""

    def __init__(self) -> None:
        super().__init__()
        self.traced = bool(settings.OTEL_EXPORTER_OTLP_ENDPOINT)  # where requests are traced, each of them is

    def __call__(  # type: ignore[override]
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        began = time.perf_counter()
        found = None if self.traced else ready.at_the_door(environ)
        if found is None:
            return super().__call__(environ, start_response)
        place, answer = found
        request_id = middleware.request_id_of(environ.get("HTTP_X_REQUEST_ID"))
        start_response("200 OK", [*answer.sent, ("X-Request-ID", request_id)])
        told = middleware.Told(place.route, "GET", environ["PATH_INFO"], 200)
        middleware.tell(told, request_id, time.perf_counter() - began)
        return [answer.body]


def stay() -> None:
    """What is loaded by now stays, and is not looked at again for what may go; what comes is, but less often.

    A page makes thousands of objects that go by themselves; looking for circles among them was a fifth of a search.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
