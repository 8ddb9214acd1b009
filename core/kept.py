"""Answers as bytes, the memory of one process for them, and whose turn it is to make one."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from threading import Lock
from typing import Any, Self

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import patch_vary_headers

MOST_BYTES = 24_000_000
AGE = 0.9  # seconds after which this process asks again
WORTH_PACKING = 600  # bytes
VARY = {"accept-language", "cookie", "authorization", "origin", "hx-request", "accept-encoding"}
OWN = {"x-request-id", "content-length", "etag"}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


def accepted(request: HttpRequest) -> str:
    """How the body may be packed: "br", "gzip" or "" (RFC 9110, 12.5.3, weights left aside but for a refusal)."""
    told = request.META.get("HTTP_ACCEPT_ENCODING", "")
    if not told or ";q=0" in told.replace(" ", ""):
        return ""
    return next((way for way in PACKED if way in told), "")


class Checked(ResponseHeaders):
    """Headers that are looked at once and not each time they are sent, which was a tenth of a ready answer."""

    def again(self) -> Self:
        """The same for another response, which may add its own."""
        made = type(self)({})
        made._store = dict(self._store)
        return made


@dataclass(frozen=True)
class Answer:
    """A whole answer of 200 that anybody may get."""

    headers: dict[str, str]
    body: bytes
    etag: str
    words: str = ""
    fresh_until: float = 0.0
    until: float = 0.0

    @classmethod
    def of(cls, response: HttpResponse, way: str) -> Self | None:
        """What of a response can be kept; None for one that is somebody's own, or no plain success."""
        told = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
        private = "private" in response.get("Cache-Control", "") or "no-store" in response.get(
            "Cache-Control", ""
        )
        if response.status_code != 200 or response.streaming or response.cookies or private or told - VARY:
            return None
        if "Content-Encoding" in response:
            return None
        body = response.content
        patch_vary_headers(response, ["Accept-Encoding"])
        headers = {name: value for name, value in response.items() if name.lower() not in OWN}
        headers.setdefault("Cache-Control", "no-cache")
        mark = blake2b(body, digest_size=12).hexdigest()
        if way and len(body) > WORTH_PACKING:
            body, mark = PACKED[way](body), f"{mark}-{way}"
            headers["Content-Encoding"] = way
        return cls(headers | {"Content-Length": str(len(body)), "ETag": f'"{mark}"'}, body, f'"{mark}"')

    @classmethod
    def read(cls, written: bytes) -> Self:
        """As `written` wrote it."""
        head, _, body = written.partition(b"\n")
        headers = json.loads(head)
        return cls(headers, body, headers["ETag"])

    @cached_property
    def told(self) -> Checked:
        """Its headers as Django sends them."""
        return Checked(self.headers)

    @cached_property
    def sent(self) -> list[tuple[str, str]]:
        """Its headers as a server takes them."""
        return list(self.told.items())

    @property
    def written(self) -> bytes:
        return json.dumps(self.headers).encode() + b"\n" + self.body


def as_told(answer: Answer, request: HttpRequest) -> HttpResponse:
    """The answer for this request: nothing but its head for HEAD, and for who has it already (304)."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known is not None and (known.strip() == "*" or answer.etag in known):
        response = HttpResponse(status=304)
        del response["Content-Type"]
        for name in ("Cache-Control", "ETag", "Vary"):
            response[name] = answer.headers[name]
        return response
    response = HttpResponse(b"" if request.method == "HEAD" else answer.body, answer.told["Content-Type"])
    response.headers = answer.told.again()
    return response


class Memory:
    """The answers this process has at hand, the oldest dropped when they grow too many."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._rows: dict[str, Answer] = {}
        self._bytes = 0
        self.get = self._rows.get

    def put(self, name: str, answer: Answer, words: str, left: float) -> Answer:
        """Remember it for at most `AGE`; in the last quarter of that somebody may make it anew."""
        now, life = time.monotonic(), min(left, AGE)
        row = replace(answer, words=words, until=now + life, fresh_until=now + life * 0.75)
        with self._turn:
            self._drop(name)
            self._rows[name] = row
            self._bytes += len(row.body)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._rows)))
        return row

    def clear(self) -> None:
        with self._turn:
            self._rows.clear()
            self._bytes = 0

    def _drop(self, name: str) -> None:
        old = self._rows.pop(name, None)
        if old is not None:
            self._bytes -= len(old.body)


class Glances:
    """What rows said when this process last looked, the oldest dropped when they grow too many."""

    MOST = 4000

    def __init__(self) -> None:
        self._turn = Lock()
        self._rows: dict[Hashable, tuple[float, object]] = {}

    def clear(self) -> None:
        """Forget all."""
        with self._turn:
            self._rows.clear()

    def lately(self, name: Hashable, seconds: float) -> object:
        """What it said within so many seconds; None where nobody looked."""
        at, said = self._rows.get(name, (0.0, None))
        return said if time.monotonic() - at < seconds else None

    def keep(self, name: Hashable, at: float, said: object) -> object:
        """What it said to who began to look at `at` (`time.monotonic`)."""
        with self._turn:
            while len(self._rows) >= self.MOST:
                del self._rows[next(iter(self._rows))]
            self._rows[name] = (at, said)
        return said


class Turns:
    """One thread at a time makes an answer; the others can wait for it."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken: dict[str, Lock] = {}

    def take(self, name: str) -> Turn | None:
        """The turn, to be used in a `with`; None while it is another's."""
        with self._guard:
            if name in self._taken:
                return None
            lock = self._taken[name] = Lock()
            lock.acquire()
            return Turn(self, name, lock)

    def wait(self, name: str, seconds: float = 2.0) -> None:
        """Until whoever has the turn is done."""
        lock = self._taken.get(name)
        if lock is not None and lock.acquire(timeout=seconds):
            lock.release()

    def give_back(self, name: str, lock: Lock) -> None:
        with self._guard:
            del self._taken[name]
        lock.release()


@dataclass(frozen=True)
class Turn:
    """Held while an answer is being made."""

    turns: Turns
    name: str
    lock: Any

    def __enter__(self) -> None: ...

    def __exit__(self, *problem: object) -> None:
        self.turns.give_back(self.name, self.lock)
