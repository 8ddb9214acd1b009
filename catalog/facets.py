"""How many products each further choice would leave: counted under every filter but the facet's own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import get_language

from catalog import cache, search, shelves
from catalog.search import Wish

BANDS = (0, 25, 50, 100, 250)
MOST = 50  # brands or vendors


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
    """All that a list can be narrowed by."""

    category: list[Choice]
    brand: list[Choice]
    vendor: list[Choice]
    price: list[Band]
    in_stock: int
    out_of_stock: int


def of(wish: Wish) -> Facets:
    """True counts, remembered for as long as availability may be."""
    plain = wish.without("sort", "arabic")
    return cache.remembered(cache.GOODS, ("facets", plain), lambda: _counted(plain), cache.BRIEF)


def _counted(wish: Wish) -> Facets:
    stock = _stock(wish.without("in_stock"))
    return Facets(
        category=_categories(wish.without("category")),
        brand=_named(wish.without("brand"), "brand__slug", "brand__name", "brand__name_ar"),
        vendor=_named(wish.without("vendor"), "vendor", "vendor__name"),
        price=_bands(wish.without("min_price", "max_price")),
        in_stock=stock["free"],
        out_of_stock=stock["all"] - stock["free"],
    )


def _categories(wish: Wish) -> list[Choice]:
    """In the order of the tree, each with all that stands in it; empty ones are left out."""
    own = dict(search.matching(wish).order_by().values_list("category").annotate(n=Count("pk")))
    every = [shelf for root in shelves.tree() for shelf in root.walk()]
    sums = {shelf.pk: sum(own.get(each.pk, 0) for each in shelf.walk()) for shelf in every}
    return [
        Choice(shelf.slug, shelf.name, shelf.name_ar, sums[shelf.pk], shelf.parent, shelf.depth)
        for shelf in every
        if sums[shelf.pk]
    ]


def _named(wish: Wish, *columns: str) -> list[Choice]:
    """The fullest first."""
    rows: Any = search.matching(wish).order_by().values_list(*columns).annotate(n=Count("pk"))
    found = rows.order_by("-n", columns[1], columns[0])[:MOST]
    return [Choice(slug, name, "".join(arabic), n) for slug, name, *arabic, n in found]


def _bands(wish: Wish) -> list[Band]:
    edges = [Decimal(edge) for edge in BANDS]
    pairs = list(zip(edges, [*edges[1:], None], strict=True))
    counts = search.matching(wish).aggregate(
        **{
            f"band{number}": Count("pk", filter=Q(price__gte=low) & (Q(price__lt=high) if high else Q()))
            for number, (low, high) in enumerate(pairs)
        }
    )
    return [Band(low, high, counts[f"band{number}"]) for number, (low, high) in enumerate(pairs)]


def _stock(wish: Wish) -> dict[str, int]:
    free = Q(stock__on_hand__gt=F("stock__reserved"))
    counts: dict[str, int] = search.matching(wish).aggregate(all=Count("pk"), free=Count("pk", filter=free))
    return counts
