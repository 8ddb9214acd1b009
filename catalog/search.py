"""Pages of products in an order, followed by a key, never an offset; the same for page and API.

The place of a row in an order is its sort value and its number, so a page goes on after (or before) the last row seen,
however many came or went meanwhile.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower, NullIf
from django.utils.translation import gettext as _

from catalog import faces, hits, wishes
from catalog.faces import Face
from catalog.hits import Hits
from catalog.models import Product
from catalog.wishes import Wish, closeness, matching
from core.api import LARGEST_PAGE
from core.bodies import NOT_TEXT
from core.errors import Invalid
from core.slots import Slot, Sql

__all__ = ["COUNTED", "Found", "Wish", "breadth", "closeness", "count", "matching", "page_of", "similar"]

COUNTED = 1000
SIMILAR = 6
LENGTHS = (25, LARGEST_PAGE + 1)
LARGEST_KEY = 2**63 - 1
IN_COLUMNS = {"relevance": ("place", 0), "newest": ("key", 0), "price": ("price", 2), "-price": ("price", 2)}
FALLING = ("relevance", "newest", "-price")


class Place(NamedTuple):
    """A row's place in an order, and the direction in which a page leaves it."""

    value: str
    key: int
    back: bool = False


@dataclass(frozen=True)
class Found:
    """The keys of a page of products, with the cursors of its neighbours."""

    keys: list[int]
    next: str | None
    previous: str | None

    @cached_property
    def rows(self) -> list[Product]:
        """The products with all that is shown of them."""
        known = Product.objects.shown().in_bulk(self.keys)
        return [known[pk] for pk in self.keys if pk in known]

    @cached_property
    def faces(self) -> list[Face]:
        """What their cards show."""
        return faces.of(self.keys)


def page_of(wish: Wish, cursor: str, size: int, seen: int | None = None) -> Found:
    """One page in the wished order; `seen` is the breadth if it is known.

    Raises `Invalid` for a size outside 1 to 100 or a cursor of another order.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid.field("page_size", _("A page has 1 to %(most)d rows.") % {"most": LARGEST_PAGE})
    place = _read(cursor, wish) if cursor else None
    back = bool(place and place.back)
    wide = hits.of(wish) is None and (breadth(wish) if seen is None else seen) > wishes.WIDEST
    walked = wish.open or wide
    found = _places(wish, place, size + 1, walked=walked)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return Found(
        [pk for pk, _ in found],
        next=_cursor(wish, found[-1], back=False) if found and (more or back) else None,
        previous=_cursor(wish, found[0], back=True) if found and (more if back else place) else None,
    )


def _places(wish: Wish, place: Place | None, most: int, *, walked: bool) -> list[tuple[int, Any]]:
    """Keys and sort values of what follows a place in the order, or precedes it, the nearest first."""
    given = wish.given
    if not given.get("words", "all"):
        return []
    if not walked and wish.order in IN_COLUMNS and (known := hits.of(wish)) is not None:
        return _among(known, wish, place, most)
    steps = wish.question.steps if wish.order == "relevance" and wish.search and not walked else ()
    way = None if place is None else "back" if place.back else "on"
    rows = min(length for length in LENGTHS if length >= most)
    asked = _stretch(frozenset(given), wish.order, way, len(steps), rows, arabic=wish.arabic, walked=walked)
    given |= {f"step {number}": step for number, step in enumerate(steps)}
    if place:
        given |= {"value": _typed(wish, place.value), "key": place.key}
    return asked.asked(given, Product.objects.all().db)[:most]


def _among(known: Hits, wish: Wish, place: Place | None, most: int) -> list[tuple[int, Any]]:
    """The same of what is at hand."""
    down = (wish.order in FALLING) != bool(place and place.back)
    column, scale = IN_COLUMNS[wish.order]
    rows = sorted(known.placed(wish.given, column), reverse=down)
    if place:
        at = (Decimal(_typed(wish, place.value)).scaleb(scale), place.key)
        rows = [row for row in rows if (row < at if down else row > at)]
    return [(key, Decimal(value).scaleb(-scale)) for value, key in rows[:most]]


@lru_cache(1000)
def _stretch(
    names: frozenset[str], order: str, way: str | None, steps: int, most: int, *, arabic: bool, walked: bool
) -> Sql:
    """The question for a stretch of an order, `way` from a place in it, whatever the values are."""
    down = (order in FALLING) != (way == "back")
    value = _sort_value(order, steps, arabic=arabic, walked=walked, searched="words" in names)
    rows = wishes.with_slots(names, walked=walked).annotate(place=value)
    if way:
        step, at, key = "lt" if down else "gt", Slot("value"), Slot("key")
        beyond = Q(**{f"place__{step}": at}) | Q(**{f"pk__{step}": key})
        rows = rows.filter(beyond, **{f"place__{step}e": at})
    rows = rows.order_by("-place" if down else "place", "-pk" if down else "pk")
    text, values = Sql.of(rows.values_list("pk", "place"))
    return Sql(f"{text} LIMIT {most}", values)  # written out: planned once for all places


def similar(shelf: int, key: int) -> list[Face]:
    """Others than this product on its shelf that can be ordered now, the newest first."""
    return faces.asked(_similar(), {"shelf": shelf, "key": key})


@cache
def _similar() -> Sql:
    rows = wishes.with_slots(frozenset(["in_stock"])).filter(category=Slot("shelf")).exclude(pk=Slot("key"))
    text, values = faces.question(rows.order_by("-pk"))
    return Sql(f"{text} LIMIT {SIMILAR}", values)  # written out, so that one plan is good for all shelves


def count(wish: Wish, seen: int | None = None) -> int | None:
    """How many there are; None where counting on would cost more than anybody learns from it."""
    counted = breadth(wish) if seen is None else seen
    return counted if counted <= COUNTED else None


def breadth(wish: Wish) -> int:
    """How many match; where there are more than `WIDEST`, at least one more than that."""
    known = hits.of(wish)
    return wishes.breadth(wish) if known is None else len(known.placed(wish.given, "key"))


def _sort_value(order: str, steps: int, *, arabic: bool, walked: bool, searched: bool) -> Any:
    """What the order goes by; no index has it where what matches is found first and sorted then."""
    if order in ("price", "-price"):
        return F("price") if walked else F("price") + Value(Decimal(0))
    if order == "name":
        read = Coalesce(NullIf("name_ar", Value("")), "name") if arabic else F("name")
        return Lower(read) if walked else Concat(Lower(read), Value(""))
    if order == "relevance" and searched:
        return F("standing") if walked else closeness(wishes.steps(steps)) + F("standing")
    return F("pk") if walked else F("pk") + 0


def _typed(wish: Wish, value: str) -> Any:
    """A place's value as its column has it. Raises `ValueError` for what can't be one."""
    if wish.order == "name":
        if NOT_TEXT.search(value):
            raise ValueError(value)
        return value
    if wish.order in ("price", "-price"):
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount.adjusted()) > 14:
            raise ValueError(value)
        return amount
    number = int(value)
    if not 0 <= number <= LARGEST_KEY:
        raise ValueError(value)
    return number


def _cursor(wish: Wish, row: tuple[int, Any], *, back: bool) -> str:
    text = json.dumps([wish.order, int(back), str(row[1]), row[0]], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, wish: Wish) -> Place:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        order, back, value, key = json.loads(text)
        place = Place(str(value), key, bool(back))
        known = order == wish.order and type(key) is int and 0 < key <= LARGEST_KEY
        _typed(wish, place.value)
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidOperation):
        known = False
    if not known:
        raise Invalid.field("cursor", _("This cursor is not one of ours."))
    return place
