"""Parts of lists that are the same for many: the card of a product, the filters beside."""

from collections.abc import Hashable, Iterable
from operator import attrgetter
from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from catalog import faces
from catalog.faces import Face
from catalog.facets import Facets
from catalog.models import Product
from core.drawing import TOKEN, Drawn

register = template.Library()

CARDS = Drawn("components/product_card.html", 8000)  # some 2 kB each
WHOLES = Drawn("catalog/_whole.html", 2000)  # some 5 kB each
PANELS = Drawn("catalog/_filters.html", 200)  # some 20 kB each
OF_WISH = attrgetter("search", "category", "brand", "vendor", "min_price", "max_price", "in_stock")
OF_CHOICE = attrgetter("slug", "name", "name_ar", "count")


@register.simple_tag
def product_cards(products: Iterable[Product | Face], level: Any = "", buyer: Any = False) -> SafeString:
    """Cards of products; `level` of their headings, `buyer` for who may put them into a basket."""
    return SafeString("\n".join(_card(product, level, bool(buyer)) for product in products))  # nosec B703


def _card(product: Product | Face, level: Any, buyer: bool) -> SafeString:
    face = product if isinstance(product, Face) else faces.of_product(product)
    return CARDS.of((level, buyer, face), lambda: {"product": face.product, "level": level, "buyer": buyer})


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


@register.simple_tag(takes_context=True)
def product_whole(context: Context) -> SafeString:
    """A product with all that is told of it. Reads product, whole?, buys, user, request, csrf_token.

    Without `whole` (off sale, its vendor looks) it is drawn for this once.
    """
    user, whole, buys = context.get("user"), context.get("whole"), context.get("buys")
    known, buyer = bool(user and user.is_authenticated), bool(buys() if callable(buys) else buys)
    path = "" if known else context["request"].path
    facts = {"product": context["product"], "known": known, "buys": buyer, "path": path, "csrf_token": TOKEN}
    drawn = WHOLES.of((whole, known, buyer, path), lambda: facts) if whole else WHOLES.anew(facts)
    return SafeString(drawn.replace(TOKEN, str(context["csrf_token"])) if TOKEN in drawn else drawn)  # nosec B703
