"""Copies in Valkey that save asking: never the truth, each good only under the versions it was made of.

A space has a version, a random word; whoever changes what the space shows puts another word there after the commit, and
copies that carry the older word are never used again. The word is not counted, so a flush can't bring an old copy back.
With Valkey away every look finds nothing, and it is asked again only after a pause.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import redis
import structlog
from django.conf import settings
from django.db import transaction

from core import replicas

log = structlog.get_logger("aqad.copies")

PAUSE = 5.0  # seconds
BUILDING = 2000  # milliseconds in which others leave the making to one
PATIENCE = 0.5  # seconds: Valkey is near, or it is away
WORD = 32

TRUSTED = 0.02  # seconds for which versions once read are believed

on_renewal: list[Callable[[], None]] = []  # what this process remembers by itself
_read: dict[tuple[str, ...], tuple[float, str]] = {}
_away_until = 0.0


class Seen(NamedTuple):
    """A copy (or None), the seconds it is still good for, and the words of its spaces now ("" with Valkey away)."""

    copy: bytes | None
    left: float
    words: str


NOTHING = Seen(None, 0.0, "")


def look(name: str, spaces: Sequence[str]) -> Seen:
    """What there is under this name, and the versions of these spaces, in one round trip."""
    if away():
        return NOTHING
    key = f"aqad:{name}"
    try:
        pipe: Any = valkey().pipeline(transaction=False)
        pipe.mget([key, *map(_version, spaces)]).pttl(key)
        (found, *words), left = pipe.execute()
        told = "".join(word.decode() for word in words) if all(words) else _named(spaces)
    except redis.RedisError as problem:
        return _lost(problem)
    length = len(told)
    good = found is not None and found[:length] == told.encode()
    return Seen(found[length:] if good else None, left / 1000 if good else 0.0, told)


def lately(spaces: tuple[str, ...]) -> str:
    """The versions of these spaces as they were a moment ago at most; "" with Valkey away."""
    known, now = _read.get(spaces), time.monotonic()
    if known is None or now - known[0] > TRUSTED:
        known = _read[spaces] = (now, words(spaces))
    return known[1]


def believed(spaces: tuple[str, ...]) -> str | None:
    """The same without asking Valkey; None where the last look is longer ago."""
    at, told = _read.get(spaces, (0.0, None))
    return told if time.monotonic() - at <= TRUSTED else None


def words(spaces: Sequence[str]) -> str:
    """The versions of these spaces now; "" with Valkey away."""
    if away():
        return ""
    try:
        found: Any = valkey().mget([*map(_version, spaces)])
        return b"".join(found).decode() if all(found) else _named(spaces)
    except redis.RedisError as problem:
        return _lost(problem).words


def keep(name: str, told: str, body: bytes, seconds: float) -> None:
    """Put a copy there that was made after `told` was read; nothing without versions."""
    if not told or away():
        return
    try:
        valkey().set(f"aqad:{name}", told.encode() + body, px=max(1, round(seconds * 1000)))
    except redis.RedisError as problem:
        _lost(problem)


def claim(name: str) -> bool:
    """Whether the making of this copy is ours; the others that need it may wait a little."""
    if away():
        return True
    try:
        return bool(valkey().set(f"aqad:{name}:making", 1, nx=True, px=BUILDING))
    except redis.RedisError as problem:
        _lost(problem)
        return True


def done(name: str) -> None:
    """The copy is there, or will not be: whoever comes next needs no leave."""
    if away():
        return
    try:
        valkey().delete(f"aqad:{name}:making")
    except redis.RedisError as problem:
        _lost(problem)


def renew(*spaces: str) -> None:
    """What these spaces show has changed: new versions as soon as that is committed."""
    transaction.on_commit(lambda: _renew(spaces))


def away() -> bool:
    """Whether Valkey did not answer a moment ago."""
    return time.monotonic() < _away_until


def hope() -> None:
    """Ask again, versions too, without waiting for the end of a pause."""
    global _away_until
    _away_until = 0.0
    _read.clear()


@cache
def valkey() -> redis.Redis:
    """The client for copies: bytes in, bytes out."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None
    )


def _renew(spaces: Sequence[str]) -> None:
    replicas.note(replicas.GOODS)
    try:
        valkey().mset({_version(space): uuid.uuid4().hex for space in spaces})
    except redis.RedisError as problem:
        _lost(problem)
    _read.clear()
    for changed in on_renewal:
        changed()


def _named(spaces: Sequence[str]) -> str:
    """A version for each space that has none; of several namers the first one's word stands."""
    for space in spaces:
        valkey().set(_version(space), uuid.uuid4().hex, nx=True)
    found: Any = valkey().mget([*map(_version, spaces)])
    return b"".join(found).decode() if all(found) else ""


def _version(space: str) -> str:
    return f"aqad:version:{space}"


def _lost(problem: redis.RedisError) -> Seen:
    global _away_until
    _away_until = time.monotonic() + PAUSE
    log.warning("valkey away", problem=str(problem))
    return NOTHING
