"""Which request it all began with: the one id that leads from a click through the outbox to the bank and back.

A worker's lines carry it as `request_id`. Within another request, which has an id of its own, it is the `origin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from structlog.contextvars import bound_contextvars, get_contextvars

AROUND: list[Callable[[str, str], AbstractContextManager[Any]]] = []
"""What else is to be told of a piece of work, by request id and name: traces, if they are switched on."""


@contextmanager
def because_of(request_id: str, what: str, **facts: str) -> Iterator[None]:
    """Log lines inside carry that request's id, and `facts`; `what` names the work in traces."""
    now = get_contextvars().get("request_id")
    name = "origin" if now and now != request_id else "request_id"
    with ExitStack() as stack:
        stack.enter_context(bound_contextvars(**({name: request_id} if request_id else {}), **facts))
        for around in AROUND:
            stack.enter_context(around(request_id, what))
        yield


def origin(thing: Any) -> str:
    """The id of the request that began a thing with a history; empty where it began otherwise."""
    from core.models import Event

    began = Event.objects.filter(subject=thing.code, seq=1)
    return began.values_list("request_id", flat=True).first() or ""
