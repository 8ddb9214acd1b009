"""How many products each further choice would leave: counted under every filter but the facet's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.utils.translation import get_language

from catalog import cache, hits, shelves, wishes
from catalog.hits import BANDS
from catalog.wishes import Wish

MOST = 50  # brands or vendors
LIFTED = {
    "category": ["category"],
    "brand": ["brand"],
    "vendor": ["vendor"],
    "band": ["min_price", "max_price"],
    "free": ["in_stock"],
}
Grouped = dict[str, Counter[Any]]


@dataclass
class Choice:
    """One value of a facet, its names, and how many products it has; `parent` and `depth` are a category's."""

    slug: str
    name: str
    name_ar: str
    count: int
    parent: str | None = None
    depth: int = 0

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_ar if get_language() == "ar" and self.name_ar else self.name

    @property
    def id(self) -> str:
        """A vendor goes by a readable id."""
        return self.slug


@dataclass(frozen=True)
class Band:
    """Prices from `min` up to but without `max`; the last is open."""

    min: Decimal
    max: Decimal | None
    count: int

    @property
    def most(self) -> Decimal | None:
        """The largest price in it, as the filter takes it."""
        return self.max - Decimal("0.01") if self.max is not None else None


@dataclass(frozen=True)
class Facets:
    """All that a list can be narrowed by.

    `seen` is how many products match, as far as they were looked at; `capped` says that a count was made of the
    first `wishes.WIDEST` of more, so that it means "at least".
    """

    category: list[Choice]
    brand: list[Choice]
    vendor: list[Choice]
    price: list[Band]
    in_stock: int
    out_of_stock: int
    seen: int
    capped: frozenset[str]

    @cached_property
    def drawn(self) -> dict[Hashable, str]:
        """What was drawn of it while it is remembered."""
        return {}


def of(wish: Wish) -> Facets:
    """True counts; what is asked of the database is remembered for as long as availability may be."""
    plain = wish.without("sort", "arabic")
    known = hits.of(plain)
    if known is not None:
        return _facets(*known.counted(plain.given), frozenset())
    # what words find is counted sooner than it is shared
    facts, shared = ("facets", plain), not plain.search
    return cache.remembered(cache.GOODS, facts, lambda: _counted(plain), cache.BRIEF, shared=shared)


def _counted(wish: Wish) -> Facets:
    """What matches under all filters, and, for each facet with a filter, under all others."""
    lifted = {facet: wish.without(*names) for facet, names in LIFTED.items()}
    told = {each: _shared(each) for each in lifted.values() if each != wish} | {wish: _grouped(wish)}
    capped = frozenset(facet for facet, each in lifted.items() if _seen(told[each]) > wishes.WIDEST)
    return _facets({facet: told[each][facet] for facet, each in lifted.items()}, _seen(told[wish]), capped)


def _shared(wish: Wish) -> Grouped:
    """With a filter lifted many ask the same."""
    return cache.remembered(cache.GOODS, ("counts", wish), lambda: _grouped(wish), cache.BRIEF)


def _grouped(wish: Wish) -> Grouped:
    return hits.first(wish).counted({}).values


def _facets(counted: Grouped, seen: int, capped: frozenset[str]) -> Facets:
    return Facets(
        category=_categories(counted["category"]),
        brand=_brands(_fullest(counted["brand"])),
        vendor=_vendors(_fullest(counted["vendor"])),
        price=_bands(counted["band"]),
        in_stock=counted["free"][1],
        out_of_stock=counted["free"][0],
        seen=seen,
        capped=capped,
    )


def _seen(grouped: Grouped) -> int:
    return grouped["free"].total()


def _fullest(counted: Counter[Any]) -> dict[Any, int]:
    """The values with the most products."""
    return dict(sorted(sorted(counted.items()), key=itemgetter(1), reverse=True)[:MOST])


def _categories(own: Counter[int]) -> list[Choice]:
    """In the order of the tree, each with all that stands in it; empty ones are left out."""
    every = shelves.known()
    counts = Counter({every[key].slug: count for key, count in own.items() if key in every})
    for shelf in reversed(every.values()):
        if shelf.parent and (count := counts[shelf.slug]):
            counts[shelf.parent] += count
    return [
        Choice(each.slug, each.name, each.name_ar, count, each.parent, each.depth)
        for each in every.values()
        if (count := counts[each.slug])
    ]


def _brands(counted: dict[int, int]) -> list[Choice]:
    known = shelves.makers(counted)
    brands = ((known[key], count) for key, count in counted.items())
    return _in_order(Choice(brand.slug, brand.name, brand.name_ar, count) for brand, count in brands)


def _vendors(counted: dict[str, int]) -> list[Choice]:
    """A vendor has no slug but its readable id."""
    known = shelves.sellers(counted)
    return _in_order(Choice(key, known[key], "", count) for key, count in counted.items())


def _in_order(choices: Iterable[Choice]) -> list[Choice]:
    """The fullest first."""
    return sorted(choices, key=lambda choice: (-choice.count, choice.name, choice.slug))


def _bands(counts: Counter[int]) -> list[Band]:
    edges = [Decimal(edge) for edge in BANDS]
    pairs = enumerate(zip(edges, [*edges[1:], None], strict=True))
    return [Band(low, high, counts[place]) for place, (low, high) in pairs]
