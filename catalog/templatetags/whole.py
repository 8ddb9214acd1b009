"""A product's page, drawn once for each look and filled in as cards are."""

from collections.abc import Sequence
from typing import NamedTuple

from django import template
from django.template.context import Context
from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString

from catalog.faces import Face
from catalog.lifecycle import ProductStatus
from catalog.models import Unit
from catalog.shelves import Shelf
from catalog.templatetags.cards import FEW, product_cards
from catalog.wholes import Whole
from core.drawing import Drawn, Outlined
from core.money import VatCategory
from core.templatetags.aqad import aed
from vendors import models as storefronts

register = template.Library()

WHOLES = Outlined("catalog/_whole.html", 500)  # some 7 kB each
PICTURES = Outlined("catalog/_whole_picture.html", 50)
THUMBS = Outlined("catalog/_whole_thumb.html", 50)
CRUMBS = Drawn("catalog/_crumbs.html", 1000)


class Look(NamedTuple):
    """All that a page is decided by, beside its words."""

    known: bool
    buyer: bool
    listed: bool
    out: bool
    low: bool
    pictures: bool
    gallery: bool
    unit: str
    vat: str
    pieces: bool
    by_piece: bool
    by_carton: bool
    several: bool
    steps: bool
    gtin: bool
    told: bool
    similar: bool

    @property
    def unit_name(self) -> str:
        """In the reader's language."""
        return str(Unit(self.unit).label)

    @property
    def vat_name(self) -> str:
        """In the reader's language."""
        return str(VatCategory(self.vat).label)


class Place(NamedTuple):
    """Which of the pictures it is."""

    place: int


@register.simple_tag(takes_context=True)
def product_whole(context: Context) -> SafeString:
    """A product with all that is told of it. Reads product, way, similar, user, buys, csrf_token."""
    told, user, buys = (
        [context[name] for name in ("product", "similar", "way")],
        context["user"],
        context.get("buys"),
    )
    token = str(context["csrf_token"]) if buys and buys() else ""
    return for_reader(*told, known=user.is_authenticated, token=token)


def for_reader(
    whole: Whole, similar: Sequence[Face], way: Sequence[Shelf], *, known: bool = False, token: str = ""
) -> SafeString:
    """The same for anybody, or for who is `known`; who buys has a `token` for forms."""
    buyer = bool(token)
    words = _words(whole, similar, way, buyer=buyer) | {"csrf_token": token}
    return WHOLES.filled(_look(whole, similar, known=known, buyer=buyer), words)


def _look(whole: Whole, similar: Sequence[Face], *, known: bool, buyer: bool) -> Look:
    return Look(
        known, buyer, whole.status == ProductStatus.LISTED, whole.available <= 0, 0 < whole.available < FEW,
        bool(whole.pictures), len(whole.pictures) > 1, whole.unit, whole.vat_category, bool(whole.units_per_carton),
        bool(whole.per_piece), bool(whole.per_carton), whole.least > 1, whole.quantity_step > 1, bool(whole.gtin),
        bool(whole.description), bool(similar),
    )  # fmt: skip


def _words(whole: Whole, similar: Sequence[Face], way: Sequence[Shelf], *, buyer: bool) -> dict[str, object]:
    piece, carton = whole.per_piece, whole.per_carton
    return {
        "title": whole.title,
        "brand": whole.brand_title,
        "brand_slug": whole.brand_slug,
        "vendor": whole.vendor,
        "vendor_code": whole.vendor_id,
        "vendor_slug": storefronts.slug(whole.vendor),
        "shelf": whole.shelf_title,
        "shelf_slug": whole.shelf_slug,
        "crumbs": CRUMBS.of(tuple((each.slug, each.title) for each in way), lambda: {"way": way}),
        "price": aed(whole.price),
        "with_vat": aed(whole.price_with_vat),
        "piece": aed(piece),
        "carton": aed(carton),
        "pieces": whole.units_per_carton,
        "least": whole.least,
        "step": whole.quantity_step,
        "available": whole.available,
        "code": whole.code,
        "path": whole.path,
        "gtin": whole.gtin,
        "description": linebreaksbr(whole.description),
        "similar": product_cards(similar, 3, buyer),
        **_pictures(whole),
    }


def _pictures(whole: Whole) -> dict[str, SafeString]:
    words: list[dict[str, object]] = [
        {
            "title": whole.title,
            "url": each.url,
            "sizes": each.srcset,
            "width": each.width,
            "height": each.height,
        }
        for each in whole.pictures
    ]
    rows = [(Place(place), each) for place, each in enumerate(words, 1)]
    thumbs = rows if len(rows) > 1 else []
    return {
        "pictures": PICTURES.joined(rows),
        "thumbs": THUMBS.joined(thumbs),
    }
