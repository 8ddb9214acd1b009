"""What requests said word by word, and where the answers to them lie, for who says the same again (`core.door`)."""

from __future__ import annotations

from threading import Lock
from typing import Any, NamedTuple

ASKING_MORE = ("HTTP_AUTHORIZATION", "HTTP_ORIGIN", "HTTP_HX_REQUEST", "HTTP_IF_NONE_MATCH")
SAID = (
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "wsgi.url_scheme",
    "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_COOKIE", *ASKING_MORE,
)  # fmt: skip
"""All of a request that a ready answer follows; a test says when something else is looked at."""


class Place(NamedTuple):
    """Where the answer to a request lies: its name in `Memory`, which holds while the row says the same."""

    name: str
    ready: Any
    subject: str
    facts: object
    route: str


class Places:
    """What requests said word by word, and where their answers lie, the oldest dropped when they grow too many."""

    MOST, LONGEST = 2000, 1000

    def __init__(self) -> None:
        self._turn = Lock()
        self._rows: dict[tuple[Any, ...], Place] = {}

    def clear(self) -> None:
        """Forget all."""
        with self._turn:
            self._rows.clear()

    def of(self, environ: dict[str, Any]) -> Place | None:
        """Where the answer lies for who says the same as somebody before."""
        return self._rows.get(tuple(map(environ.get, SAID)))

    def keep(self, environ: dict[str, Any], place: Place) -> None:
        """Remember it for who just looks, as nearly everybody does; a path in other letters is not read yet there."""
        said = tuple(map(environ.get, SAID))
        plain = said[:2] == ("GET", "") and environ["PATH_INFO"].isascii()
        if not plain or any(name in environ for name in ASKING_MORE) or len(str(said)) > self.LONGEST:
            return
        with self._turn:
            while len(self._rows) >= self.MOST:
                del self._rows[next(iter(self._rows))]
            self._rows[said] = place
