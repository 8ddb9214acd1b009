"""All that a product's page shows of it: plain values, read in one question for each look."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from catalog.faces import Picture
from catalog.models import Brand, Category, Image, Product, Stock
from core.slots import Slot, Sql
from vendors.models import Vendor

OWN = (
    "pk", "status", "version", "name", "name_ar", "description", "price", "vat_category", "unit", "units_per_carton",
    "min_quantity", "quantity_step", "gtin", "vendor_id", "category_id", "brand_id",
)  # fmt: skip
OTHERS = (
    "stock__on_hand", "stock__reserved", "vendor__name", "brand__slug", "brand__name", "brand__name_ar",
    "category__slug", "category__name", "category__name_ar", "pictures",
)  # fmt: skip


class Whole(NamedTuple):
    """A product on sale as its page shows it, in the order of `OWN` and `OTHERS`; two that are equal look alike."""

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
        return cls(*rows[0][:-1], tuple(map(Picture.read, rows[0][-1]))) if rows else None

    @property
    def product(self) -> Product:
        """The product with all that is shown of it."""
        made = Product(**{name: getattr(self, name) for name in OWN})
        made.vendor = Vendor(pk=self.vendor_id, name=self.vendor)
        made.brand = Brand(pk=self.brand_id, slug=self.brand_slug, name=self.brand, name_ar=self.brand_ar)
        made.category = Category(
            pk=self.category_id, slug=self.shelf_slug, name=self.shelf, name_ar=self.shelf_ar
        )
        made.stock = Stock(on_hand=self.on_hand, reserved=self.reserved)
        vars(made)["_prefetched_objects_cache"] = {
            "images": [Image(**each._asdict()) for each in self.pictures]
        }
        return made


@cache
def _question() -> Sql:
    """Put into SQL once."""
    pictures = Image.objects.filter(product=OuterRef("pk")).order_by("position")
    told = JSONObject(**{name: F(name) for name in Picture._fields})
    rows = Product.objects.on_sale().filter(pk=Slot("key"))
    rows = rows.annotate(pictures=ArraySubquery(pictures.values_list(told)))
    return Sql.of(rows.values_list(*OWN, *OTHERS))
