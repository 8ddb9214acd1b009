"""How many products each further choice would leave: counted under every filter but the facet's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache as once
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import IntegerField
from django.utils.translation import get_language

from catalog import cache, hits, shelves, wishes
from catalog.hits import BAND, BANDS, Hits
from catalog.models import Product
from catalog.wishes import Wish
from core.slots import Slot, Sql

MOST = 50  # brands or vendors
NAMED = ("brand", "vendor")
LIFTED = {
    "category": ["category"],
    "brand": ["brand"],
    "vendor": ["vendor"],
    "band": ["min_price", "max_price"],
    "free": ["in_stock"],
}
GROUPED = """
    SELECT facet, value, count, coalesce(brand.slug, ''), coalesce(brand.name, business.name, ''),
           coalesce(brand.name_ar, '')
    FROM (
        SELECT *, row_number() OVER (PARTITION BY facet ORDER BY count DESC, brand, vendor) AS place
        FROM (
            SELECT CASE GROUPING(category, brand, vendor, band, free) WHEN 15 THEN 'category' WHEN 23 THEN 'brand'
                   WHEN 27 THEN 'vendor' WHEN 29 THEN 'band' ELSE 'free' END AS facet,
                   brand, vendor, coalesce(category::text, brand::text, vendor, band::text, free::text) AS value,
                   count(*)
            FROM (
                SELECT category, brand, vendor, band,
                       (SELECT (on_hand > reserved)::int FROM catalog_stock WHERE product_id = hit.id) AS free
                FROM ({hits}) hit (id, category, brand, vendor, band)
            ) counted
            GROUP BY GROUPING SETS (category, brand, vendor, band, free)
        ) grouped
    ) placed
    LEFT JOIN catalog_brand brand ON brand.id = placed.brand
    LEFT JOIN accounts_business business ON business.id = placed.vendor
    WHERE place <= %s OR facet NOT IN ('brand', 'vendor')
"""


class Counted(NamedTuple):
    """A value of a facet with its count; brands and vendors come with their names."""

    value: str
    products: int
    slug: str = ""
    name: str = ""
    name_ar: str = ""


Grouped = dict[str, list[Counted]]


@dataclass(frozen=True)
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
        return _among(known, plain)
    return cache.remembered(cache.GOODS, ("facets", plain), lambda: _counted(plain), cache.BRIEF)


def _among(known: Hits, wish: Wish) -> Facets:
    """Of all that the words find, which is at hand."""
    given = wish.given
    told = {facet: _told(facet, values, known) for facet, values in known.counted(given).items()}
    return _facets(told, len(known.placed(given, "key")), frozenset())


def _told(facet: str, values: Counter[Any], known: Hits) -> list[Counted]:
    """As the database tells it: of brands and vendors the fullest, with their names."""
    if facet not in NAMED:
        return [Counted(str(value), products) for value, products in values.items()]
    fullest = sorted(values.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    return [Counted(str(value), products, *known.names[value]) for value, products in fullest]


def _counted(wish: Wish) -> Facets:
    """What matches under all filters, and, for each facet with a filter, under all others."""
    lifted = {facet: wish.without(*names) for facet, names in LIFTED.items()}
    told = {each: _shared(each) for each in lifted.values() if each != wish} | {wish: _asked(wish)}
    capped = frozenset(facet for facet, each in lifted.items() if _seen(told[each]) > wishes.WIDEST)
    return _facets({facet: told[each][facet] for facet, each in lifted.items()}, _seen(told[wish]), capped)


def _shared(wish: Wish) -> Grouped:
    """With a filter lifted many ask the same."""
    return cache.remembered(cache.GOODS, ("grouped", wish), lambda: _asked(wish), cache.BRIEF)


def _facets(counted: Mapping[str, list[Counted]], seen: int, capped: frozenset[str]) -> Facets:
    free = _by_value(counted["free"])
    return Facets(
        category=_categories(_by_value(counted["category"])),
        brand=_named(counted["brand"]),
        vendor=_named(counted["vendor"]),
        price=_bands(_by_value(counted["band"])),
        in_stock=free.get("1", 0),
        out_of_stock=free.get("0", 0),
        seen=seen,
        capped=capped,
    )


def _asked(wish: Wish) -> Grouped:
    """Facet → its values."""
    given, found = wish.given, Grouped({facet: [] for facet in LIFTED})
    if given.get("words", "all"):  # otherwise nothing can match
        asked = given | {"most": wishes.WIDEST + 1, "named": MOST}
        for facet, *counted in _grouped(frozenset(given)).asked(asked, Product.objects.all().db):
            found[facet].append(Counted(*counted))
    return found


@once
def _grouped(names: frozenset[str]) -> Sql:
    """What is counted of the products within what is given under these names."""
    rows = wishes.with_slots(names).order_by()
    within = wishes.first(rows.values_list("pk", "category_id", "brand_id", "vendor_id", BAND))
    return Sql(GROUPED.format(hits=within.text), (*within.parameters, Slot("named", IntegerField())))


def _seen(grouped: Grouped) -> int:
    return sum(each.products for each in grouped["free"])


def _by_value(counted: list[Counted]) -> dict[str, int]:
    return {each.value: each.products for each in counted}


def _categories(own: dict[str, int]) -> list[Choice]:
    """In the order of the tree, each with all that stands in it; empty ones are left out."""
    return [choice for root in shelves.tree() for choice in _within(root, own)]


def _within(shelf: shelves.Shelf, own: dict[str, int]) -> list[Choice]:
    """A shelf with all that stands in it, and the shelves in it; nothing if it is empty."""
    below = [_within(child, own) for child in shelf.children]
    count = own.get(str(shelf.pk), 0) + sum(choices[0].count for choices in below if choices)
    chosen = Choice(shelf.slug, shelf.name, shelf.name_ar, count, shelf.parent, shelf.depth)
    return [chosen, *(each for choices in below for each in choices)] if count else []


def _named(counted: list[Counted]) -> list[Choice]:
    """The fullest first; a vendor has no slug but its readable id."""
    choices = [Choice(each.slug or each.value, each.name, each.name_ar, each.products) for each in counted]
    return sorted(choices, key=lambda choice: (-choice.count, choice.name, choice.slug))


def _bands(counts: dict[str, int]) -> list[Band]:
    edges = [Decimal(edge) for edge in BANDS]
    pairs = enumerate(zip(edges, [*edges[1:], None], strict=True))
    return [Band(low, high, counts.get(str(place), 0)) for place, (low, high) in pairs]
