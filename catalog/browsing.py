"""The page of the list in words, which fill its outline: what is narrowed, counted and found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog import filters, search
from catalog.facets import Choice, Facets
from catalog.filters import Chip, Link
from catalog.forms import SORTS
from catalog.search import Found, Wish
from core.drawing import Drawn, Outlined

PANELS = Outlined("catalog/_filters.html", 50)
OPTIONS = Outlined("catalog/_narrowing_option.html", 20)
LINKS = Outlined("catalog/_narrowing_link.html", 50)
CHIPS = Outlined("catalog/_chip.html", 5)
ORDERS = Drawn("catalog/_orders.html", 50)
SAID = Drawn("catalog/_said.html", 1)
NOTHING = Drawn("catalog/_nothing.html", 1)


class Panel(NamedTuple):
    """All that the panel of filters is decided by, beside its words."""

    on_a_shelf: bool
    shelves: bool
    bands: bool
    in_stock: bool
    capped: bool


class Narrowing(NamedTuple):
    """All that a choice beside a list is decided by, beside its words."""

    chosen: bool
    more: bool
    depth: int = 0
    prices: bool = False


class Chosen(NamedTuple):
    """Of a filter that is set nothing is decided."""


def words(query: QueryDict, wish: Wish, counted: Facets, page: Found, problems: list[str]) -> dict[str, str]:
    """All of the page but its cards."""
    found, active = _found(search.count(wish, counted.seen)), filters.active(query, wish, counted)
    return {
        "title": _("Search: %(search)s") % {"search": wish.search} if wish.search else _("Catalogue"),
        "found": found,
        "panel": _panel(query, wish, counted, found),
        "said": _said(query, wish, problems),
        "narrowed": str(len(active) or ""),
        "chips": _chips(active),
        "several": "+" if len(active) > 1 else "",
        "orders": _orders(wish),
        "next_url": filters.address(query, cursor=page.next) if page.next else "",
        "previous_url": filters.address(query, cursor=page.previous) if page.previous else "",
        "nothing": "" if page.keys or problems else _ways_on(query, wish),
    }


def _found(count: int | None) -> str:
    if count is None:
        return _("%(n)s+ products") % {"n": intcomma(search.COUNTED)}
    return ngettext("%(n)s product", "%(n)s products", count) % {"n": count}


def _said(query: QueryDict, wish: Wish, problems: list[str]) -> str:
    literally = filters.address(query, literal="1") if wish.corrected else ""
    facts = {"literally": literally, "wish": wish, "problems": problems}
    return SAID.anew(facts) if literally or problems else ""


def _chips(active: list[Chip]) -> str:
    return CHIPS.joined(
        (Chosen(), {"url": chip.url, "label": chip.label, "value": chip.value}) for chip in active
    )


def _orders(wish: Wish) -> str:
    sorts = SORTS if wish.search else {name: text for name, text in SORTS.items() if name != "relevance"}
    shown = (wish.natural, wish.order)
    return ORDERS.of(shown, lambda: {"natural": wish.natural, "order": wish.order, "sorts": sorts})


def _ways_on(query: QueryDict, wish: Wish) -> str:
    ways = filters.help_with(query, wish)
    return NOTHING.anew({"help": ways}) if ways.everywhere or ways.fewer else ""


def _panel(query: QueryDict, wish: Wish, counted: Facets, found: str) -> str:
    """Drawn once for all who are counted the same and narrow alike: pages of one list have one panel."""
    key = (get_language(), "panel", filters.address(query))
    if key not in counted.drawn:
        counted.drawn[key] = _narrowing(query, wish, counted, found)
    return counted.drawn[key]


def _narrowing(query: QueryDict, wish: Wish, counted: Facets, found: str) -> str:
    shelves, bands = (
        filters.categories(query, wish, counted.category),
        filters.bands(query, wish, counted.price),
    )
    look = Panel(bool(wish.category), bool(shelves), bool(bands), wish.in_stock, "free" in counted.capped)
    return PANELS.filled(
        look,
        {
            "search": wish.search,
            "category": wish.category,
            "shelves": links(shelves, more="category" in counted.capped),
            "brands": _makers(counted, "brand", wish.brand),
            "vendors": _makers(counted, "vendor", wish.vendor.upper()),
            "min_price": "" if wish.min_price is None else wish.min_price,
            "max_price": "" if wish.max_price is None else wish.max_price,
            "bands": links(bands, more="band" in counted.capped, prices=True),
            "in_stock": counted.in_stock,
            "found": found,
        },
    )


def _makers(counted: Facets, facet: str, chosen: str) -> str:
    """Brands or vendors, drawn once for all who are counted the same."""
    key = (get_language(), facet, chosen)
    if key not in counted.drawn:
        choices: list[Choice] = getattr(counted, facet)
        counted.drawn[key] = options(choices, chosen, more=facet in counted.capped)
    return counted.drawn[key]


def options(choices: Iterable[Choice], chosen: str, *, more: bool) -> str:
    """The values of a facet as options."""
    arabic, looks = get_language() == "ar", (Narrowing(False, more), Narrowing(True, more))
    return OPTIONS.joined(
        (
            looks[choice.slug == chosen],
            {
                "value": choice.slug,
                "title": choice.name_ar if arabic and choice.name_ar else choice.name,
                "count": choice.count,
            },
        )
        for choice in choices
    )


def links(rows: Iterable[Link], *, more: bool, prices: bool = False) -> str:
    """The values of a facet as links."""
    return LINKS.joined(
        (
            Narrowing(link.chosen, more, link.depth, prices),
            {"url": link.url, "label": link.label, "count": link.count},
        )
        for link in rows
    )
