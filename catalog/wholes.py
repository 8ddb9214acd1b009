"""All that a product's page shows of it: plain values, read in one question for each look."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import get_language

from catalog.faces import Picture
from catalog.models import Image, Product
from catalog.models.goods import least, per_carton, per_piece, slug
from core.money import vat_on
from core.slots import Slot, Sql

OWN = (
    "pk", "status", "version", "name", "name_ar", "description", "price", "vat_category", "unit", "units_per_carton",
    "min_quantity", "quantity_step", "gtin", "vendor_id", "category_id", "brand_id",
)  # fmt: skip
OTHERS = (
    "stock__on_hand", "stock__reserved", "vendor__name", "brand__slug", "brand__name", "brand__name_ar",
    "category__slug", "category__name", "category__name_ar", "pictures",
)  # fmt: skip


class Whole(NamedTuple):
    """A product as its page shows it, in the order of `OWN` and `OTHERS`."""

    pk: int
    status: str
    version: int
    name: str
    name_ar: str
    description: str
    price: Decimal
    vat_category: str
    unit: str
    units_per_carton: int | None
    min_quantity: int
    quantity_step: int
    gtin: str
    vendor_id: str
    category_id: int
    brand_id: int
    on_hand: int
    reserved: int
    vendor: str
    brand_slug: str
    brand: str
    brand_ar: str
    shelf_slug: str
    shelf: str
    shelf_ar: str
    pictures: tuple[Picture, ...]

    @classmethod
    def on_sale(cls, code: str) -> Self | None:
        """The product of this code if it is on sale."""
        products = Product.objects.all()
        key = products.number(code)
        rows = _question().asked({"key": key}, products.db) if key is not None else []
        return cls._make((*rows[0][:-1], tuple(map(Picture.read, rows[0][-1])))) if rows else None

    @classmethod
    def of(cls, product: Product) -> Self:
        """Of a product that is at hand with all that is shown of it."""
        vendor, brand, shelf = product.vendor, product.brand, product.category
        return cls._make((
            *(getattr(product, name) for name in OWN),
            product.on_hand, product.reserved, vendor.name, brand.slug, brand.name, brand.name_ar,
            shelf.slug, shelf.name, shelf.name_ar, tuple(map(Picture.of, product.images.all())),
        ))  # fmt: skip

    @property
    def code(self) -> str:
        """The readable id."""
        return f"{Product.PREFIX}{self.pk}"

    @property
    def path(self) -> str:
        """The public page."""
        return reverse("catalog:product", args=[self.code, slug(self.name)])

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return _in_language(self.name, self.name_ar)

    @property
    def brand_title(self) -> str:
        """The maker's, too."""
        return _in_language(self.brand, self.brand_ar)

    @property
    def shelf_title(self) -> str:
        """And the shelf's."""
        return _in_language(self.shelf, self.shelf_ar)

    @property
    def available(self) -> int:
        """Units that can be ordered now."""
        return self.on_hand - self.reserved

    @property
    def least(self) -> int:
        """The smallest quantity that can be ordered."""
        return least(self.min_quantity, self.quantity_step)

    @property
    def price_with_vat(self) -> Decimal:
        """Per unit, VAT included."""
        return self.price + vat_on(self.price, self.vat_category)

    @property
    def per_piece(self) -> Decimal | None:
        """The price of one piece of what is sold in packs."""
        return per_piece(self.price, self.unit, self.units_per_carton)

    @property
    def per_carton(self) -> Decimal | None:
        """The price of a whole carton of what is sold by the piece."""
        return per_carton(self.price, self.unit, self.units_per_carton)


def _in_language(name: str, arabic: str) -> str:
    return arabic if arabic and get_language() == "ar" else name


@cache
def _question() -> Sql:
    """Put into SQL once."""
    pictures = Image.objects.filter(product=OuterRef("pk")).order_by("position")
    told = JSONObject(**{name: F(name) for name in Picture._fields})
    rows = Product.objects.on_sale().filter(pk=Slot("key"))
    rows = rows.annotate(pictures=ArraySubquery(pictures.values_list(told)))
    return Sql.of(rows.values_list(*OWN, *OTHERS))
