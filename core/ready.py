"""Ready answers: what anybody may see is sent from memory as bytes, before session, language and view are looked at.

Which paths, what they depend on and how long they are good for is said by `settings.READY`. An answer lives in this
process as long as the versions of its spaces stand, and in Valkey for the other processes. Whoever is signed in, was
left a message or asks for a part of a page goes the whole way.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from django.utils.translation import get_language_from_request

from core import copies, metrics
from core.kept import Answer, Glances, Memory, Turns, accepted, as_told
from core.places import Place, Places

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST = 0.25  # of its time, in which one makes it anew and the others still use it
ASKED = metrics.counter("ready_asked", "Answers for anybody: from memory, from Valkey, or made.", "outcome")
WAIT = 0.5  # seconds to wait for another process that is making the answer
GLANCE = 0.1  # seconds for which what a row said is believed: so far a product may be behind it


@dataclass(frozen=True)
class Ready:
    """Paths whose answers are the same for everybody.

    `facts` reads from the row what else decides: None when there is nothing to show. What it said is believed for
    `GLANCE`, and read anew before an answer is made of it. `open` says that the view looks at neither cookies nor
    tokens. `variants` are cookies that the page follows.
    """

    pattern: str
    spaces: tuple[str, ...]
    seconds: Callable[[], float]
    facts: Callable[[str], object] | None = None
    open: bool = False
    variants: tuple[str, ...] = ()

    @cached_property
    def path(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


class ReadyAnswers:
    """Middleware, right behind the request's id: answers what is ready, and keeps what was made."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.known: Sequence[Ready] = import_string(settings.READY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or connection.in_atomic_block:
            return self.get_response(request)
        for ready in self.known:
            if match := ready.path.match(request.path_info):
                request.route = _route(ready.pattern, request.path_info)  # type: ignore[attr-defined]
                return self._answer(request, ready, match)
        return self.get_response(request)

    def _answer(self, request: HttpRequest, ready: Ready, match: re.Match[str]) -> HttpResponse:
        if not _for_anybody(request, ready):
            return self.get_response(request)
        facts = _glanced_at(ready, match)
        name = "" if facts is None else _name(request, ready, facts)
        known = _at_hand(name, ready) if name else None
        if known and known.fresh_until > time.monotonic():
            subject = match[1] if ready.facts else ""
            places.keep(request.META, Place(name, ready, subject, facts, request.route))  # type: ignore[attr-defined]
            metrics.count(ASKED, "here")
            return as_told(known, request)
        return self._of_now(request, ready, match)

    def _of_now(self, request: HttpRequest, ready: Ready, match: re.Match[str]) -> HttpResponse:
        """What is made is made of what the row says at this moment."""
        facts = _read_facts(ready, match)
        if facts is None:
            return self.get_response(request)
        name = _name(request, ready, facts)
        if known := _at_hand(name, ready):
            if known.fresh_until > time.monotonic() or not (turn := turns.take(name)):
                metrics.count(ASKED, "here")
                return as_told(known, request)
        elif not (turn := turns.take(name)):
            return self._after_another(request, name, ready)
        with turn:
            return self._renewed(request, name, ready)

    def _after_another(self, request: HttpRequest, name: str, ready: Ready) -> HttpResponse:
        """Another thread is making it: wait for that; should it be of no use to us, make our own."""
        turns.wait(name)
        known = memory.get(name)
        if known and known.until > time.monotonic():
            return as_told(known, request)
        return self.get_response(request)

    def _renewed(self, request: HttpRequest, name: str, ready: Ready) -> HttpResponse:
        """From Valkey, where another process may have put it; otherwise made now."""
        seconds = ready.seconds()
        seen = copies.look(name, ready.spaces)
        ours = (seen.copy is None or seen.left < seconds * LAST) and copies.claim(name)
        if not ours and seen.copy is None:
            seen = _awaited(name, ready.spaces)
        if not ours and seen.copy is not None:
            metrics.count(ASKED, "shared")
            return as_told(memory.put(name, Answer.read(seen.copy), seen.words, seen.left), request)
        try:
            return self._made(request, name, seen.words, seconds)
        finally:
            copies.done(name)

    def _made(self, request: HttpRequest, name: str, words: str, seconds: float) -> HttpResponse:
        metrics.count(ASKED, "made")
        began = time.monotonic()
        with _unconditional(request):
            response = self.get_response(request)
        answer = Answer.of(response, accepted(request))
        left = seconds - (time.monotonic() - began)  # it shows what was true when its making began
        if answer is None:
            return response
        if left > 0:
            copies.keep(name, words, answer.written, left)
            memory.put(name, answer, words, left)
        return as_told(answer, request)


memory, turns, glances, places = Memory(), Turns(), Glances(), Places()
_routes: dict[str, str] = {}


def _route(pattern: str, path: str) -> str:
    """The route behind a pattern, which nobody asks the resolver for again."""
    if pattern not in _routes:
        try:
            _routes[pattern] = resolve(path.rstrip("/") if path.startswith("/api/") else path).route
        except Resolver404:
            return ""
    return _routes[pattern]


def forget() -> None:
    """Nothing is remembered in this process any more."""
    memory.clear()
    glances.clear()
    places.clear()


def at_the_door(environ: dict[str, Any]) -> tuple[Place, Answer] | None:
    """The answer to a request that Django has not begun, if it lies here and all that decides is known and fresh."""
    place = places.of(environ)
    known = place and memory.get(place.name)
    if not place or not known or known.fresh_until <= time.monotonic():
        return None
    if known.words != copies.believed(place.ready.spaces):
        return None
    facts = place.ready.facts
    if facts and glances.lately((facts, place.subject), GLANCE) != place.facts:
        return None
    metrics.count(ASKED, "here")
    return place, known


def _changed() -> None:
    """This process changed something; without Valkey nothing else tells what of the answers is old."""
    glances.clear()
    if copies.away():
        memory.clear()


copies.on_renewal.append(_changed)


def _for_anybody(request: HttpRequest, ready: Ready) -> bool:
    meta = request.META
    if "HTTP_HX_REQUEST" in meta or "HTTP_ORIGIN" in meta:
        return False
    if ready.open:
        return True
    cookies = request.COOKIES if "HTTP_COOKIE" in meta else {}
    known = "HTTP_AUTHORIZATION" in meta or settings.SESSION_COOKIE_NAME in cookies
    return not known and "messages" not in cookies


def _name(request: HttpRequest, ready: Ready, facts: object) -> str:
    """Everything that the answer follows. A host is known only after a whole way has found it allowed."""
    meta = request.META
    worn = [request.COOKIES.get(name, "")[:10] for name in ready.variants] if "HTTP_COOKIE" in meta else ""
    parts = (
        meta.get("HTTP_HOST", ""), request.scheme, get_language_from_request(request), accepted(request), worn,
        request.path_info, meta.get("QUERY_STRING", ""), facts,
    )  # fmt: skip
    return f"ready:{parts}"


def _at_hand(name: str, ready: Ready) -> Answer | None:
    """The answer of that name, if this process has it and it is good."""
    known = memory.get(name)
    good = known and known.until > time.monotonic() and known.words == copies.lately(ready.spaces)
    return known if good else None


def _awaited(name: str, spaces: Sequence[str]) -> copies.Seen:
    """The copy that another process is making, if it comes soon."""
    deadline = time.monotonic() + WAIT
    while True:
        time.sleep(0.005)
        seen = copies.look(name, spaces)
        if seen.copy is not None or time.monotonic() > deadline:
            return seen


def _glanced_at(ready: Ready, match: re.Match[str]) -> object:
    """What the row said a moment ago; None where nobody looked."""
    return glances.lately((ready.facts, match[1]), GLANCE) if ready.facts else ()


def _read_facts(ready: Ready, match: re.Match[str]) -> object:
    """What the row says now; None also where it can't be read, so that the whole way says what is wrong."""
    if ready.facts is None:
        return ()
    try:
        return glances.keep((ready.facts, match[1]), time.monotonic(), ready.facts(match[1]))
    except DatabaseError:
        return None


@contextmanager
def _unconditional(request: HttpRequest) -> Iterator[None]:
    """While the answer for everybody is made, nobody asks for less than the whole of it."""
    method, condition = request.method, request.META.pop("HTTP_IF_NONE_MATCH", None)
    request.method = "GET"
    try:
        yield
    finally:
        request.method = method
        if condition is not None:
            request.META["HTTP_IF_NONE_MATCH"] = condition
