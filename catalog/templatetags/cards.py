"""Parts of lists that are the same for many: the card of a product, the filters beside."""

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog import faces
from catalog.faces import Face
from catalog.models import Product, Unit
from catalog.models.goods import slug
from core.drawing import Drawn, Outlined
from core.templatetags.aqad import aed

register = template.Library()

CARDS = Outlined("components/product_card.html", 1000)  # some 2 kB each
SHOWN = Drawn("components/product_card.html", 3000)  # filled in: as many as are looked at again and again
FEW = 25


@register.simple_tag
def product_cards(products: Iterable[Product | Face], level: Any = "", buyer: Any = False) -> SafeString:
    """Cards of products; `level` of their headings, `buyer` for who may put them into a basket."""
    rows = [product if isinstance(product, Face) else faces.of_product(product) for product in products]
    language, buys = get_language(), bool(buyer)
    cards = [SHOWN.kept((language, level, buys, face), partial(_card, face, level, buys)) for face in rows]
    return SafeString("".join(cards))  # nosec B703


def _card(face: Face, level: Any, buyer: bool) -> SafeString:
    return CARDS.filled(_look(face, level, buyer), _words(face, arabic=get_language() == "ar"))


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


def _look(face: Face, level: Any, buyer: bool) -> Look:
    available, packed = face.available, (face.units_per_carton or 1) > 1
    return Look(
        level, buyer, available <= 0, 0 < available < FEW, face.picture is not None, face.unit, packed,
        bool(face.per_piece), face.least > 1,
    )  # fmt: skip


def _words(face: Face, *, arabic: bool) -> dict[str, object]:
    piece = face.per_piece
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
