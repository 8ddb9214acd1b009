"""Parts of lists that are the same for many: the card of a product, the filters beside."""

from collections.abc import Container, Hashable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog import faces
from catalog.faces import Face
from catalog.facets import Choice, Facets
from catalog.filters import Link
from catalog.models import Product, Unit
from catalog.models.goods import slug
from core.drawing import Drawn, Outlined
from core.templatetags.aqad import aed

register = template.Library()

CARDS = Outlined("components/product_card.html", 1000)  # some 2 kB each
FEW = 25
PANELS = Drawn("catalog/_filters.html", 200)  # some 20 kB each
OPTIONS = Outlined("catalog/_narrowing_option.html", 20)
LINKS = Outlined("catalog/_narrowing_link.html", 50)
OF_WISH = attrgetter("search", "category", "brand", "vendor", "min_price", "max_price", "in_stock")
OF_CHOICE = attrgetter("slug", "name", "name_ar", "count")


@register.simple_tag
def product_cards(products: Iterable[Product | Face], level: Any = "", buyer: Any = False) -> SafeString:
    """Cards of products; `level` of their headings, `buyer` for who may put them into a basket."""
    return SafeString("\n".join(_card(product, level, bool(buyer)) for product in products))  # nosec B703


class Look(NamedTuple):
    """All that a card is decided by, beside its words."""

    level: Any
    buyer: bool
    out: bool
    low: bool
    picture: bool
    unit: str
    packed: bool
    by_piece: bool
    several: bool

    @property
    def unit_name(self) -> str:
        """In the reader's language."""
        return str(dict(Unit.choices).get(self.unit, self.unit))


def _card(product: Product | Face, level: Any, buyer: bool) -> SafeString:
    face = product if isinstance(product, Face) else faces.of_product(product)
    look = _look(face, level, buyer)
    return CARDS.filled(look, _words(face))


def _look(face: Face, level: Any, buyer: bool) -> Look:
    available, packed = face.available, (face.units_per_carton or 1) > 1
    return Look(
        level, buyer, available <= 0, 0 < available < FEW, face.picture is not None, face.unit, packed,
        bool(face.per_piece), face.least > 1,
    )  # fmt: skip


def _words(face: Face) -> dict[str, object]:
    arabic, piece = get_language() == "ar", face.per_piece
    url, sizes = face.picture.shown if face.picture else ("", "")
    return {
        "name": face.name_ar if arabic and face.name_ar else face.name,
        "brand": face.brand_ar if arabic and face.brand_ar else face.brand,
        "vendor": face.vendor,
        "price": aed(face.price),
        "piece": aed(piece) if piece else "",
        "pieces": face.units_per_carton,
        "least": face.least,
        "available": face.available,
        "code": f"{Product.PREFIX}{face.pk}",
        "slug": slug(face.name),
        "url": url,
        "sizes": sizes,
    }


@register.simple_tag(takes_context=True)
def filters_panel(context: Context) -> SafeString:
    """What the list can be narrowed by. Reads wish, facets, categories, bands, found."""
    parts = {name: context[name] for name in ("wish", "facets", "categories", "bands", "found")}
    links = [
        (link.label, link.count, link.url, link.chosen) for link in [*parts["categories"], *parts["bands"]]
    ]
    shown = (*OF_WISH(parts["wish"]), *_counted(parts["facets"]), tuple(links), str(parts["found"]))
    return PANELS.of(shown, lambda: parts)


class Narrowing(NamedTuple):
    """All that a choice beside a list is decided by, beside its words."""

    chosen: bool
    more: bool
    depth: int = 0
    prices: bool = False


@register.simple_tag
def narrowing_options(
    choices: Iterable[Choice], chosen: str, facet: str, capped: Container[str]
) -> SafeString:
    """The values of a facet as options."""
    more = facet in capped
    return joined(
        OPTIONS.filled(
            Narrowing(choice.id == chosen, more),
            {"value": choice.id, "title": choice.title, "count": choice.count},
        )
        for choice in choices
    )


@register.simple_tag
def narrowing_links(links: Iterable[Link], facet: str, capped: Container[str]) -> SafeString:
    """The values of a facet as links."""
    more, prices = facet in capped, facet == "band"
    return joined(
        LINKS.filled(
            Narrowing(link.chosen, more, link.depth, prices),
            {"url": link.url, "label": link.label, "count": link.count},
        )
        for link in links
    )


def joined(lines: Iterable[SafeString]) -> SafeString:
    """One after the other."""
    return SafeString("".join(lines))  # nosec B703


def _counted(facets: Facets) -> tuple[Hashable, ...]:
    choices = tuple(map(OF_CHOICE, [*facets.brand, *facets.vendor]))
    return choices, facets.in_stock, tuple(sorted(facets.capped))
