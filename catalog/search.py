"""Pages of products in an order, followed by a key, never an offset; the same for page and API.

The place of a row in an order is its sort value and its number, so a page goes on after (or before) the last row seen,
however many came or went meanwhile.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Concat, Lower, NullIf
from django.utils.translation import gettext as _

from catalog import wishes
from catalog.asking import Question
from catalog.models import Product, ProductQuerySet
from catalog.wishes import Holds, Wish, breadth, matching
from core.api import LARGEST_PAGE
from core.bodies import NOT_TEXT
from core.errors import Invalid

__all__ = ["COUNTED", "Found", "Wish", "breadth", "closeness", "count", "matching", "page_of", "similar"]

COUNTED = 1000
LARGEST_KEY = 2**63 - 1


class Place(NamedTuple):
    """A row's place in an order, and the direction in which a page leaves it."""

    value: str
    key: int
    back: bool = False


@dataclass(frozen=True)
class Found:
    """A page of products with the cursors of its neighbours."""

    rows: list[Product]
    next: str | None
    previous: str | None


def page_of(wish: Wish, cursor: str, size: int, seen: int | None = None) -> Found:
    """One page in the wished order; `seen` is the breadth if it is known.

    Raises `Invalid` for a size outside 1 to 100 or a cursor of another order.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid.field("page_size", _("A page has 1 to %(most)d rows.") % {"most": LARGEST_PAGE})
    place = _read(cursor, wish) if cursor else None
    back = bool(place and place.back)
    walked = wish.open or (breadth(wish) if seen is None else seen) > wishes.WIDEST
    rows = _stretch(wish, place, walked=walked)[: size + 1]
    found = list(rows.shown()) if walked else _in_full(rows)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return Found(
        found,
        next=_cursor(wish, found[-1], back=False) if found and (more or back) else None,
        previous=_cursor(wish, found[0], back=True) if found and (more if back else place) else None,
    )


def _stretch(wish: Wish, place: Place | None, *, walked: bool) -> ProductQuerySet:
    """What follows a place in the order, or precedes it, the nearest first."""
    name, down = ("-place", True) if _falls(wish) != bool(place and place.back) else ("place", False)
    rows = matching(wish, walked=walked).annotate(place=_sort_value(wish, walked=walked))
    if place:
        step, value = "lt" if down else "gt", _typed(wish, place.value)
        beyond = Q(**{f"place__{step}": value}) | Q(**{f"pk__{step}": place.key})
        rows = rows.filter(beyond, **{f"place__{step}e": value})
    ordered: ProductQuerySet = rows.order_by(name, "-pk" if down else "pk")
    return ordered


def _in_full(rows: ProductQuerySet) -> list[Any]:
    """With all that is shown of them; sorted by their keys alone, for that is less to sort."""
    places = dict(rows.values_list("pk", "place"))
    known: dict[int, Any] = Product.objects.shown().in_bulk(list(places))
    for pk, row in known.items():
        row.place = places[pk]
    return [known[pk] for pk in places if pk in known]


def similar(product: Product, most: int = 6) -> list[Product]:
    """Others of its category that can be ordered now, the newest first."""
    rows = Product.objects.on_sale().shown().filter(category=product.category_id).exclude(pk=product.pk)
    return list(rows.filter(stock__on_hand__gt=F("stock__reserved")).order_by("-pk")[:most])


def count(wish: Wish, seen: int | None = None) -> int | None:
    """How many there are; None where counting on would cost more than anybody learns from it."""
    counted = breadth(wish) if seen is None else seen
    return counted if counted <= COUNTED else None


def _falls(wish: Wish) -> bool:
    return wish.order in ("relevance", "newest", "-price")


def _sort_value(wish: Wish, *, walked: bool) -> Any:
    """What the order goes by; no index has it where what matches is found first and sorted then."""
    if wish.order in ("price", "-price"):
        return F("price") if walked else F("price") + Value(Decimal(0))
    if wish.order == "name":
        read = Coalesce(NullIf("name_ar", Value("")), "name") if wish.arabic else F("name")
        return Lower(read) if walked else Concat(Lower(read), Value(""))
    if wish.order == "relevance" and wish.search:
        return F("standing") if walked else closeness(wish.question) + F("standing")
    return F("pk") if walked else F("pk") + 0


def closeness(question: Question) -> Case:
    """How well a product answers, in hundreds: more than any standing."""
    steps = question.steps
    whens = [
        When(Holds(F("words"), step), then=Value(100 * (len(steps) - place)))
        for place, step in enumerate(steps)
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


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


def _cursor(wish: Wish, row: Any, *, back: bool) -> str:
    text = json.dumps([wish.order, int(back), str(row.place), row.pk], ensure_ascii=False)
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
