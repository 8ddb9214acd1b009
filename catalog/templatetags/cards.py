"""Parts of lists that are the same for many: the card of a product, the filters beside."""

from collections.abc import Hashable
from operator import attrgetter
from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from catalog import faces
from catalog.drawing import Drawn
from catalog.faces import Face
from catalog.facets import Facets
from catalog.models import Product

register = template.Library()

CARDS = Drawn("components/product_card.html", 8000)  # some 2 kB each
PANELS = Drawn("catalog/_filters.html", 200)  # some 20 kB each
OF_WISH = attrgetter("search", "category", "brand", "vendor", "min_price", "max_price", "in_stock")
OF_CHOICE = attrgetter("slug", "title", "count")


@register.simple_tag
def product_card(product: Product | Face, level: Any = "", buyer: Any = False) -> SafeString:
    """The card of a product; `level` of its heading, `buyer` for who may put it into a basket."""
    face = product if isinstance(product, Face) else faces.of_product(product)
    shown = (level, bool(buyer), face)
    return CARDS.of(shown, lambda: {"product": face.product, "level": level, "buyer": buyer})


@register.simple_tag(takes_context=True)
def filters_panel(context: Context) -> SafeString:
    """What the list can be narrowed by. Reads wish, facets, categories, bands, found."""
    parts = {name: context[name] for name in ("wish", "facets", "categories", "bands", "found")}
    links = [
        (link.label, link.count, link.url, link.chosen) for link in [*parts["categories"], *parts["bands"]]
    ]
    shown = (*OF_WISH(parts["wish"]), *_counted(parts["facets"]), tuple(links), str(parts["found"]))
    return PANELS.of(shown, lambda: parts)


def _counted(facets: Facets) -> tuple[Hashable, ...]:
    choices = tuple(map(OF_CHOICE, [*facets.brand, *facets.vendor]))
    return choices, facets.in_stock, tuple(sorted(facets.capped))
