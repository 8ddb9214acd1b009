"""What is remembered of the catalogue for everybody (`core.copies`), and what never is.

What holds availability, or depends on a vendor's standing, is a second old at most. A product itself is asked of its
row each time, and what is remembered of it hangs on the answer.
"""

from __future__ import annotations

import hashlib
import pickle  # nosec B403
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection

from catalog.models import Product
from core import copies, metrics, replicas
from core.codes import LARGEST
from core.kept import Turns
from core.slots import Slot, Sql

T = TypeVar("T")

GOODS = "goods"  # products and what shows them
SHELVES = "shelves"  # categories and brands
BRIEF = 0.5  # seconds: what holds availability, or a vendor's standing; counts in a page make it twice that
MOST_NEAR = 500
ASKED = metrics.counter("cache_asked", "What was asked of the cache.", "space", "outcome")
LONG = 60.0  # seconds: also the longest that a lost change of version can be seen


def remembered(space: str, facts: object, make: Callable[[], T], seconds: float, *, shared: bool = True) -> T:
    """What `make` gave lately for these facts, or gives now; not `shared` is what each process makes for itself.

    Inside a transaction nothing is remembered, for what is seen there may never come true. None is no answer to keep.
    """
    if connection.in_atomic_block:
        metrics.count(ASKED, space, "passed")
        return make()
    name = f"{space}:{hashlib.sha256(repr(facts).encode()).hexdigest()}"
    near = _at_hand(name, space)
    if near is None and (turn := turns.take(name)) is None:
        turns.wait(name)  # another thread is making it
        near = _at_hand(name, space)
        turn = None
    if near is not None:
        metrics.count(ASKED, space, "near")
        return near.made  # type: ignore[no-any-return]
    with turn or nullcontext():
        return (_shared if shared else _own)(name, space, make, seconds)


def _own(name: str, space: str, make: Callable[[], T], seconds: float) -> T:
    """Made now, and at hand from then on: for what two processes make sooner than they tell each other."""
    now, words = time.monotonic(), copies.lately((space,))
    metrics.count(ASKED, space, "miss")
    with replicas.decided_anew():
        made = make()
    _keep_near(name, Near(words, now + seconds, made))
    return made


def _shared(name: str, space: str, make: Callable[[], T], seconds: float) -> T:
    """From Valkey, or made now and put there; at hand from then on."""
    now, seen = time.monotonic(), copies.look(name, (space,))
    metrics.count(ASKED, space, "miss" if seen.copy is None else "hit")
    if seen.copy is not None:
        known: T = pickle.loads(seen.copy)  # noqa: S301  # nosec B301  (nobody but us writes there)
        _keep_near(name, Near(seen.words, now + seen.left, known))
        return known
    with replicas.decided_anew():
        made = make()
    copies.keep(name, seen.words, pickle.dumps(made, pickle.HIGHEST_PROTOCOL), seconds)
    _keep_near(name, Near(seen.words, now + seconds, made))
    return made


class Near(NamedTuple):
    """What this process has at hand, never changed by who reads it: good while its version stands."""

    words: str
    until: float
    made: Any


_near: dict[str, Near] = {}
_keeping = Lock()


turns = Turns()


def _at_hand(name: str, space: str) -> Near | None:
    near = _near.get(name)
    good = near is not None and near.until > time.monotonic() and near.words == copies.lately((space,)) != ""
    return near if good else None


def forget() -> None:
    """Nothing is at hand in this process any more."""
    with _keeping:
        _near.clear()


def _keep_near(name: str, near: Near) -> None:
    """One thread at a time drops the oldest: a dictionary that another changes can't be walked through."""
    with _keeping:
        while len(_near) >= MOST_NEAR:
            del _near[next(iter(_near))]
        _near[name] = near


def state_of(code: str) -> object:
    """What of a product decides how it is shown now, read from its row; None for one that is not on sale."""
    number = int(code[1:])
    rows = _question().asked({"key": number}, DEFAULT_DB_ALIAS) if number <= LARGEST else []
    return rows[0] if rows else None


@cache
def _question() -> Sql:
    """The public door and the columns, put into SQL once: it is asked for every look at a product."""
    facts = ("pk", "updated_at", "stock__on_hand", "stock__reserved", "vendor__business__name")
    return Sql.of(Product.objects.on_sale().filter(pk=Slot("key")).values_list(*facts))


def goods_changed() -> None:
    """A product, its price, stock or pictures changed: look again once that is committed."""
    copies.renew(GOODS)


def shelves_changed() -> None:
    """A category or brand changed, and with it what products show."""
    copies.renew(SHELVES, GOODS)
