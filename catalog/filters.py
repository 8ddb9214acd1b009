"""The filters of the catalogue page as links: what is chosen, each with the address that lifts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog import search, shelves
from catalog.facets import Band, Choice, Facets
from catalog.search import Wish
from core.money import in_words

MOST_TRIED = 4  # words, each left out once


@dataclass(frozen=True)
class Chip:
    """A filter in words, and the address without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class Link:
    """A further choice: how many products it has, its address, and whether it is the one chosen."""

    label: str
    count: int
    url: str
    chosen: bool
    depth: int = 0


def address(query: QueryDict, **changes: str | None) -> str:
    """The same filters, some changed or (None) lifted; a new list begins at its first page."""
    rows = {name: tuple(values) for name, values in query.lists() if name != "cursor"}
    rows |= {name: (value or "",) for name, value in changes.items()}
    return f"?{'&'.join(_told(name, values) for name, values in rows.items() if values and values[-1])}"


@lru_cache(1000)  # each link has all but one of them
def _told(name: str, values: tuple[str, ...]) -> str:
    return urlencode({name: values}, doseq=True)


def active(query: QueryDict, wish: Wish, counted: Facets) -> list[Chip]:
    """What the list is narrowed by now."""
    return [
        Chip(label, value, address(query, **dict.fromkeys(names)))
        for label, value, names in _chosen(wish, counted)
    ]


def categories(query: QueryDict, wish: Wish, choices: list[Choice]) -> list[Link]:
    """The outermost shelves, and of the one that is chosen the way to it and what stands in it."""
    way = {shelf.slug for shelf in shelves.path_to(wish.category)}
    return [
        Link(
            choice.title,
            choice.count,
            address(query, category=None if choice.slug == wish.category else choice.slug),
            chosen=choice.slug == wish.category,
            depth=min(choice.depth, 3),
        )
        for choice in choices
        if choice.parent is None or choice.parent in way
    ]


def bands(query: QueryDict, wish: Wish, counted: list[Band]) -> list[Link]:
    """Price bands with something in them."""
    links = []
    for band in counted:
        chosen = (wish.min_price or 0, wish.max_price) == (band.min, band.most)
        prices = {"min_price": _amount(band.min or None), "max_price": _amount(band.most)}
        url = address(query, **dict.fromkeys(prices) if chosen else prices)
        links += [Link(_band(band), band.count, url, chosen)] if band.count else []
    return links


@dataclass(frozen=True)
class Help:
    """Where to go on where nothing was found: the search without its filters, or without one of its words."""

    everywhere: Link | None
    fewer: list[Link]


def help_with(query: QueryDict, wish: Wish) -> Help:
    """Ways on that lead somewhere, each with how many products it has."""
    others = [
        name
        for name in ("category", "brand", "vendor", "min_price", "max_price", "in_stock")
        if query.get(name)
    ]
    lifted = _way(query, wish.without(*others), dict.fromkeys(others)) if wish.search and others else None
    words = wish.search.split()
    shorter = [" ".join([*words[:place], *words[place + 1 :]]) for place in range(len(words))]
    tried = dict.fromkeys(shorter[:MOST_TRIED]) if 1 < len(words) <= MOST_TRIED else {}
    ways = [_way(query, replace(wish, search=text), {"search": text}) for text in tried]
    return Help(lifted, sorted(filter(None, ways), key=lambda way: -way.count))


def _way(query: QueryDict, wish: Wish, changes: dict[str, str | None]) -> Link | None:
    found = search.breadth(wish)
    return Link(wish.search, found, address(query, **changes), chosen=False) if found else None


def _amount(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


def _band(band: Band) -> str:
    if band.max is None:
        return _("%(least)s and more") % {"least": band.min}
    return f"{band.min} – {band.max}" if band.min else _("under %(most)s") % {"most": band.max}


def _chosen(wish: Wish, counted: Facets) -> Iterator[tuple[str, str, list[str]]]:
    if wish.search:
        yield _("Search"), wish.search, ["search"]
    if wish.category:
        shelf = shelves.shelf(wish.category)
        yield _("Category"), shelf.title if shelf else wish.category, ["category"]
    if wish.brand:
        yield _("Brand"), _title(counted.brand, wish.brand), ["brand"]
    if wish.vendor:
        yield _("Supplier"), _title(counted.vendor, wish.vendor.upper()), ["vendor"]
    if wish.min_price is not None or wish.max_price is not None:
        yield _("Price"), _prices(wish), ["min_price", "max_price"]
    if wish.in_stock:
        yield _("Stock"), _("in stock"), ["in_stock"]


def _title(choices: list[Choice], slug: str) -> str:
    return next((choice.title for choice in choices if choice.slug == slug), slug)


def _prices(wish: Wish) -> str:
    least, most = (None if price is None else in_words(price) for price in (wish.min_price, wish.max_price))
    if most is None:
        return _("from %(least)s") % {"least": least}
    return f"{least} – {most}" if least else _("up to %(most)s") % {"most": most}
