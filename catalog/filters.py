"""The filters of the catalogue page as links: what is chosen, each with the address that lifts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog import shelves
from catalog.facets import Band, Choice
from catalog.search import Wish
from core.money import in_words
from vendors.models import Vendor


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
    copy = query.copy()
    copy.pop("cursor", None)
    for name, value in changes.items():
        if value is None:
            copy.pop(name, None)
        else:
            copy[name] = value
    for name in [name for name, value in copy.items() if not value]:
        del copy[name]
    return f"?{copy.urlencode()}"


def active(query: QueryDict, wish: Wish) -> list[Chip]:
    """What the list is narrowed by now."""
    return [
        Chip(label, value, address(query, **dict.fromkeys(names))) for label, value, names in _chosen(wish)
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


def _amount(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


def _band(band: Band) -> str:
    if band.max is None:
        return _("%(least)s and more") % {"least": band.min}
    return f"{band.min} – {band.max}" if band.min else _("under %(most)s") % {"most": band.max}


def _chosen(wish: Wish) -> Iterator[tuple[str, str, list[str]]]:
    if wish.search:
        yield _("Search"), wish.search, ["search"]
    if wish.category:
        shelf = shelves.shelf(wish.category)
        yield _("Category"), shelf.title if shelf else wish.category, ["category"]
    if wish.brand:
        brand = next((brand for brand in shelves.brands() if brand.slug == wish.brand), None)
        yield _("Brand"), brand.title if brand else wish.brand, ["brand"]
    if wish.vendor:
        vendor = Vendor.objects.filter(pk=wish.vendor.upper()).first()
        yield _("Supplier"), vendor.name if vendor else wish.vendor.upper(), ["vendor"]
    if wish.min_price is not None or wish.max_price is not None:
        yield _("Price"), _prices(wish), ["min_price", "max_price"]
    if wish.in_stock:
        yield _("Stock"), _("in stock"), ["in_stock"]


def _prices(wish: Wish) -> str:
    least, most = (None if price is None else in_words(price) for price in (wish.min_price, wish.max_price))
    if most is None:
        return _("from %(least)s") % {"least": least}
    return f"{least} – {most}" if least else _("up to %(most)s") % {"most": most}
