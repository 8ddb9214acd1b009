"""What of products is seen, as plain values: on their cards, read in one question for a whole page."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from catalog.models import Brand, Image, Product, Stock
from core.slots import AmongThem, Slot, Sql
from vendors.models import Vendor


class Picture(NamedTuple):
    """A product's first picture."""

    file: str
    width: int
    height: int
    widths: tuple[int, ...]

    @classmethod
    def read(cls, told: str) -> Self:
        """From JSON, as the database tells it."""
        facts = json.loads(told)
        return cls(**facts | {"widths": tuple(facts["widths"])})


class Face(NamedTuple):
    """All that a card shows, in the order of `COLUMNS`; two that are equal look alike."""

    pk: int
    name: str
    name_ar: str
    price: Decimal
    unit: str
    units_per_carton: int | None
    min_quantity: int
    quantity_step: int
    available: int
    vendor: str
    brand: str
    brand_ar: str
    picture: Picture | None

    @property
    def product(self) -> Product:
        """A product that looks like this, with the rules by which products are shown; it is never saved."""
        own = ("pk", "name", "name_ar", "price", "unit", "units_per_carton", "min_quantity", "quantity_step")
        made = Product(**{name: getattr(self, name) for name in own}, vendor=Vendor(name=self.vendor))
        made.brand = Brand(name=self.brand, name_ar=self.brand_ar)
        made.stock = Stock(on_hand=self.available, reserved=0)
        shown = [Image(**self.picture._asdict())] if self.picture else []
        vars(made)["_prefetched_objects_cache"] = {"images": shown}
        return made


COLUMNS = (
    "pk", "name", "name_ar", "price", "unit", "units_per_carton", "min_quantity", "quantity_step", "available",
    "vendor__name", "brand__name", "brand__name_ar", "shown_first",
)  # fmt: skip


def of(keys: list[int]) -> list[Face]:
    """The faces of these products, in this order; what is no longer there is left out."""
    rows = _question().asked({"keys": keys}, Product.objects.all().db) if keys else []
    known = {row[0]: Face(*row[:-1], row[-1] and Picture.read(row[-1])) for row in rows}
    return [known[pk] for pk in keys if pk in known]


def of_product(product: Product) -> Face:
    """The face of a product that is at hand with all that is shown of it."""
    first = product.picture
    picture = first and Picture(first.file.name or "", first.width, first.height, tuple(first.widths))
    return Face(
        product.pk, product.name, product.name_ar, product.price, product.unit, product.units_per_carton,
        product.min_quantity, product.quantity_step, product.available, product.vendor.name, product.brand.name,
        product.brand.name_ar, picture,
    )  # fmt: skip


@cache
def _question() -> Sql:
    """Put into SQL once: building it costs more than asking."""
    first = Image.objects.filter(product=OuterRef("pk")).order_by("position")
    told = JSONObject(**{name: F(name) for name in Picture._fields})
    rows = Product.objects.filter(AmongThem(F("pk"), Slot("keys", ArrayField(BigIntegerField()))))
    rows = rows.annotate(
        available=F("stock__on_hand") - F("stock__reserved"),
        shown_first=Subquery(first.values(told=told)[:1]),
    )
    return Sql.of(rows.order_by().values_list(*COLUMNS))
