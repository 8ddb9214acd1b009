"""Ctrl-C and SIGTERM end a run at any moment, but not between starting a server and noting it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKS = (signal.SIGINT, signal.SIGTERM)


class Stop(BaseException):
    """Somebody asked the run to end; not an error, so nothing that catches Exception swallows it."""


class _Requests:
    """What was asked for, and whether this is a moment to act on it."""

    def __init__(self) -> None:
        self.held = 0
        self.pending = False
        self.raised = False

    def receive(self, number: int, frame: FrameType | None) -> None:
        self.pending = True
        self.act()

    def act(self) -> None:
        if self.pending and not self.held and not self.raised:
            self.raised = True
            raise Stop


_requests = _Requests()


def listen() -> None:
    """A request to end raises Stop, once; asking again while things are stopping changes nothing."""
    for number in ASKS:
        signal.signal(number, _requests.receive)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds a request to end back until the block is done."""
    _requests.held += 1
    try:
        yield
    finally:
        _requests.held -= 1
    _requests.act()
