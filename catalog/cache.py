"""What is remembered in Valkey for everybody: never the truth, only a copy that saves asking.

A space has a version, a random word in every key; whoever changes what the space shows puts another word there after
the commit, and old copies are never asked for again. With Valkey away, or flushed, everything is simply made anew.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db import connection, transaction

from core import metrics

T = TypeVar("T")

GOODS = "goods"  # products and what shows them
SHELVES = "shelves"  # categories and brands
BRIEF = 1  # seconds: what holds availability, or depends on a vendor's standing
ASKED = metrics.counter("cache_asked", "What was asked of the cache.", "space", "outcome")
LONG = 60  # seconds: also the longest that a lost change of version can be seen


def remembered(space: str, facts: object, make: Callable[[], T], seconds: int) -> T:
    """What `make` gave lately for these facts, or gives now.

    Inside a transaction nothing is remembered, for what is seen there may never come true. None is no answer to keep.
    """
    version = None if connection.in_atomic_block else _version(space)
    if version is None:
        metrics.count(ASKED, space, "passed")
        return make()
    key = f"{space}:{version}:{hashlib.sha256(repr(facts).encode()).hexdigest()}"
    copy: T | None = cache.get(key)
    metrics.count(ASKED, space, "miss" if copy is None else "hit")
    if copy is not None:
        return copy
    made = make()
    cache.set(key, made, seconds)
    return made


def goods_changed() -> None:
    """A product, its price, stock or pictures changed: look again once that is committed."""
    transaction.on_commit(lambda: _renew(GOODS))


def shelves_changed() -> None:
    """A category or brand changed, and with it what products show."""
    transaction.on_commit(lambda: _renew(SHELVES))
    goods_changed()


def _version(space: str) -> str | None:
    """The version of a space; None with Valkey away, or when another process is naming it at this moment."""
    found: str | None = cache.get(f"version:{space}")
    if found is not None:
        return found
    fresh = uuid.uuid4().hex
    return fresh if cache.add(f"version:{space}", fresh, None) else None


def _renew(space: str) -> None:
    cache.set(f"version:{space}", uuid.uuid4().hex, None)
