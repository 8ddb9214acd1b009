"""What a search finds, held as columns: counted and put in order from them, under any filters, and not asked again."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache as once
from functools import partial, reduce
from itertools import compress
from operator import and_
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, F, IntegerField, Value, When
from django.db.models.functions import Cast

from catalog import cache, shelves, wishes
from catalog.models import Product
from catalog.wishes import Wish
from core.slots import Sql

BANDS = (0, 25, 50, 100, 250)
FILS = 100
EDGES = [FILS * edge for edge in BANDS[1:]]
NEARLY = 1.5  # times `WIDEST`: to read what can't be more than this as a whole costs less than to walk
AGAIN = 4  # a product is counted in a word's reach once for each form of it: in both languages, as a synonym
NEVER = 10**18
FREE = Case(
    When(stock__on_hand__gt=F("stock__reserved"), then=Value(1)),
    When(stock__isnull=False, then=Value(0)),
    default=Value(-1),
)
ARRAYS = """
    SELECT array_agg(key), array_agg(category), array_agg(brand), array_agg(vendor), array_agg(free),
           array_agg(price), array_agg(place)
    FROM ({hits}) hit (key, category, brand, vendor, free, price, place)
"""


class Counts(NamedTuple):
    """For each facet how many each of its values has, under all filters but its own; and how many match them all."""

    values: dict[str, Counter[Any]]
    seen: int


@dataclass(frozen=True)
class Hits:
    """A column for each fact of what was found; `price` in fils, `place` is how well it answers."""

    key: array[int]
    category: array[int]
    brand: array[int]
    vendor: tuple[str, ...]
    free: array[int]
    price: array[int]
    place: array[int]

    def counted(self, given: Mapping[str, Any]) -> Counts:
        """Under all filters of these (`Wish.given`)."""
        masks = self._masks(given)
        columns = {"category": self.category, "brand": self.brand, "vendor": self.vendor, "free": self.free}
        values = {name: Counter(self._under(masks, column, name)) for name, column in columns.items()}
        values["band"] = Counter(map(partial(bisect_right, EDGES), self._under(masks, self.price, "band")))
        return Counts(values, reduce(and_, masks.values()).bit_count() if masks else len(self.key))

    def placed(self, given: Mapping[str, Any], by: str) -> list[tuple[int, int]]:
        """The value of a column and the key, of each that all filters leave."""
        return list(self._under(self._masks(given), zip(getattr(self, by), self.key, strict=True)))

    def _under(self, masks: Mapping[str, int], column: Iterable[Any], lifted: str = "") -> Iterable[Any]:
        """What all masks but one leave of a column."""
        others = [mask for facet, mask in masks.items() if facet != lifted]
        return compress(column, reduce(and_, others).to_bytes(len(self.key))) if others else column

    def _masks(self, given: Mapping[str, Any]) -> dict[str, int]:
        """For each facet that is narrowed, which of them its filter leaves: a byte for each."""
        masks: dict[str, Iterable[bool]] = {}
        if "shelves" in given:
            masks["category"] = map(set(given["shelves"]).__contains__, self.category)
        if "brand" in given:
            made_by = {key for key, brand in shelves.makers().items() if brand.slug == given["brand"]}
            masks["brand"] = map(made_by.__contains__, self.brand)
        if "vendor" in given:
            masks["vendor"] = map(given["vendor"].__eq__, self.vendor)
        if "min_price" in given or "max_price" in given:
            least, most = given.get("min_price", 0) * FILS, given.get("max_price", NEVER) * FILS
            within = range(math.ceil(least), math.floor(most) + 1)
            masks["band"] = map(within.__contains__, self.price)
        if "in_stock" in given:
            masks["free"] = map((1).__eq__, self.free)
        return {facet: int.from_bytes(bytes(mask)) for facet, mask in masks.items()}


def of(wish: Wish) -> Hits | None:
    """All that the words of a search find, whatever else is wished for; None if that is too much or not asked for."""
    known = _found(wish) if _reached(wish) else None
    return known if known and len(known.key) <= _most(wish) else None


def first(wish: Wish) -> Hits:
    """What matches all that is wished for, in no order; one more than `WIDEST` of more."""
    given = wish.given
    if [*given] == ["words"] and _reached(wish):
        return _found(wish)
    return _asked(given, walked=wish.common)


def _reached(wish: Wish) -> bool:
    """Whether the words have a meaning, and may find few enough."""
    if not (wish.search and wish.words):
        return False
    return wish.question.reach <= AGAIN * wishes.WIDEST and wish.question.sure <= wishes.WIDEST


def _most(wish: Wish) -> int:
    """How many hits of its words are few enough to be read as a whole."""
    nearly = int(NEARLY * wishes.WIDEST)
    return nearly if wish.question.reach <= nearly else wishes.WIDEST


def _found(wish: Wish) -> Hits:
    """What the words alone find: asked once for a wish, and remembered for as long as availability may be."""
    if "hits" not in wish.found:
        facts, steps = ("hits", wish.search, wish.literal), wish.question.steps
        given = {"words": wish.words} | {f"step {number}": step for number, step in enumerate(steps)}
        wish.found["hits"] = cache.remembered(
            cache.GOODS, facts, lambda: _asked(given, len(steps), _most(wish)), cache.BRIEF, shared=False
        )
    known: Hits = wish.found["hits"]
    return known


def _asked(given: dict[str, Any], steps: int = 0, few: int | None = None, *, walked: bool = False) -> Hits:
    names = frozenset(given).intersection(wishes.SLOTS)
    columns: Iterable[Any] = [()] * 7
    if given.get("words", "all"):  # otherwise nothing can match
        most = {"most": (few or wishes.WIDEST) + 1}
        [columns] = _question(names, steps, walked=walked).asked(given | most, Product.objects.all().db)
    keys, categories, brands, vendors, free, prices, places = (column or () for column in columns)
    return Hits(
        array("q", keys), array("q", categories), array("q", brands), tuple(vendors), array("b", free),
        array("q", prices), array("i", places),
    )  # fmt: skip


@once
def _question(names: frozenset[str], steps: int, *, walked: bool) -> Sql:
    """Put into SQL once for what is given under these names."""
    rows = wishes.with_slots(names, walked=walked, rows=Product.objects.on_sale_of_many()).order_by()
    price = Cast(F("price") * FILS, BigIntegerField())
    place = wishes.closeness(wishes.steps(steps)) + F("standing") if steps else Cast(Value(0), IntegerField())
    hits = wishes.first(rows.values_list("pk", "category_id", "brand_id", "vendor_id", FREE, price, place))
    return Sql(ARRAYS.format(hits=hits.text), hits.parameters)
