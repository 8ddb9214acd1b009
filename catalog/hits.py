"""All that the words of a search find, held as columns.

Under any filters it is counted and put in order from them; nothing is asked again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache as once
from itertools import compress
from typing import Any, Literal, NamedTuple

from django.db.models import BigIntegerField, Case, F, IntegerField, Value, When
from django.db.models.functions import Cast

from catalog import cache, wishes
from catalog.models import Product
from catalog.wishes import Wish
from core.slots import Sql

BANDS = (0, 25, 50, 100, 250)
FILS = 100
AGAIN = 4  # a product is counted in a word's reach once for each form of it: in both languages, as a synonym
NEVER = float("inf")
BAND = Case(
    *(When(price__lt=edge, then=Value(place)) for place, edge in enumerate(BANDS[1:])),
    default=Value(len(BANDS) - 1),
    output_field=IntegerField(),
)
FREE = Case(
    When(stock__on_hand__gt=F("stock__reserved"), then=Value(1)),
    When(stock__isnull=False, then=Value(0)),
    default=Value(-1),
)
COLUMNS = ("pk", "category_id", "brand_id", "vendor_id")
NAMES = ("brand__slug", "brand__name", "brand__name_ar", "vendor__name")


class Named(NamedTuple):
    """What a maker or vendor goes by; a vendor has no slug but its readable id."""

    slug: str = ""
    name: str = ""
    name_ar: str = ""


@dataclass(frozen=True)
class Hits:
    """A column for each fact of what was found; `price` in fils, `place` is how well it answers."""

    key: array[int]
    category: array[int]
    brand: array[int]
    vendor: tuple[str, ...]
    band: array[int]
    free: array[int]
    price: array[int]
    place: array[int]
    names: dict[int | str, Named]

    def counted(self, given: Mapping[str, Any]) -> dict[str, Counter[Any]]:
        """For each facet how many each of its values has, under all filters but its own."""
        masks = self._masks(given)
        columns = {name: getattr(self, name) for name in ("category", "brand", "vendor", "band", "free")}
        return {
            name: Counter(_under([mask for facet, mask in masks.items() if facet != name], column))
            for name, column in columns.items()
        }

    def placed(self, given: Mapping[str, Any], by: str) -> list[tuple[int, int]]:
        """The value of a column and the key, of each that all filters leave."""
        places = zip(getattr(self, by), self.key, strict=True)
        return list(_under([*self._masks(given).values()], places))

    def _masks(self, given: Mapping[str, Any]) -> dict[str, list[bool]]:
        """For each facet that is narrowed, which of them its filter leaves."""
        masks: dict[str, list[bool]] = {}
        if "shelves" in given:
            masks["category"] = list(map(set(given["shelves"]).__contains__, self.category))
        if "brand" in given:
            made_by = {key for key, named in self.names.items() if named.slug == given["brand"]}
            masks["brand"] = list(map(made_by.__contains__, self.brand))
        if "vendor" in given:
            masks["vendor"] = [vendor == given["vendor"] for vendor in self.vendor]
        if "min_price" in given or "max_price" in given:
            least, most = FILS * given.get("min_price", 0), FILS * given.get("max_price", NEVER)
            masks["band"] = [least <= price <= most for price in self.price]
        if "in_stock" in given:
            masks["free"] = [free == 1 for free in self.free]
        return masks


def of(wish: Wish) -> Hits | None:
    """What the words of a search find, whatever else is wished for; None if that is too much or not asked for.

    Remembered for as long as availability may be.
    """
    if not (wish.search and wish.words) or wish.question.reach > AGAIN * wishes.WIDEST:
        return None
    facts = ("hits", wish.search, wish.literal)
    return cache.remembered(cache.GOODS, facts, lambda: _asked(wish), cache.BRIEF, shared=False) or None


def _asked(wish: Wish) -> Hits | Literal[False]:
    steps = wish.question.steps
    given = {"words": wish.words, "most": wishes.WIDEST + 1}
    given |= {f"step {number}": step for number, step in enumerate(steps)}
    rows = _question(len(steps)).asked(given, Product.objects.all().db)
    if len(rows) > wishes.WIDEST:
        return False
    columns = list(zip(*rows, strict=True)) or [()] * 12
    keys, shelves, brands, vendors, bands, free, prices, places = columns[:8]
    makers = dict(zip(brands, zip(*columns[8:11], strict=True), strict=True))
    names: dict[int | str, Named] = {brand: Named._make(told) for brand, told in makers.items()}
    sellers = dict(zip(vendors, columns[11], strict=True))
    names |= {vendor: Named(name=name) for vendor, name in sellers.items()}
    return Hits(
        array("q", keys), array("q", shelves), array("q", brands), vendors, array("b", bands), array("b", free),
        array("q", prices), array("i", places), names,
    )  # fmt: skip


@once
def _question(steps: int) -> Sql:
    """Put into SQL once."""
    rows = wishes.with_slots(frozenset(["words"])).order_by()
    price = Cast(F("price") * FILS, BigIntegerField())
    place = wishes.closeness(wishes.steps(steps)) + F("standing")
    return wishes.first(rows.values_list(*COLUMNS, BAND, FREE, price, place, *NAMES))


def _under(masks: list[list[bool]], column: Iterable[Any]) -> Iterable[Any]:
    return compress(column, map(all, zip(*masks, strict=True))) if masks else column
