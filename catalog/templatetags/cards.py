"""A product in a grid, drawn once for all who see the same: what is shown is the key, so no copy can be wrong."""

from collections.abc import Hashable
from functools import cache
from threading import Lock
from typing import Any

from django import template
from django.template.base import Template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog.models import Product

register = template.Library()

MOST = 8000  # cards of some 2 kB in each process
FACTS = (
    "pk", "name", "name_ar", "price", "unit", "units_per_carton", "min_quantity", "quantity_step", "available",
)  # fmt: skip
_drawn: dict[Hashable, SafeString] = {}
_turn = Lock()


@register.simple_tag
def product_card(product: Product, level: Any = "", buyer: Any = False) -> SafeString:
    """The card of a product; `level` of its heading, `buyer` for who may put it into a basket."""
    facts = (get_language(), level, bool(buyer), *_shown(product))
    card = _drawn.get(facts)
    if card is None:
        context = Context({"product": product, "level": level, "buyer": buyer})
        card = _template().render(context)
        _keep(facts, card)
    return card


def _shown(product: Product) -> tuple[Hashable, ...]:
    """Everything that a card is made of; pictures by the file of the first."""
    picture, brand = product.picture, product.brand
    return (
        *(getattr(product, name) for name in FACTS), product.vendor.name, brand.name, brand.name_ar,
        picture and (picture.file.name, picture.width, picture.height, tuple(picture.widths)),
    )  # fmt: skip


def _keep(facts: Hashable, card: SafeString) -> None:
    with _turn:
        if len(_drawn) >= MOST:
            del _drawn[next(iter(_drawn))]
        _drawn[facts] = card


@cache
def _template() -> Template:
    found: Any = get_template("components/product_card.html")
    return found.template  # type: ignore[no-any-return]
