"""What of products is seen, as plain values: on their cards, read in one question for a whole page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import Storage, storages
from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from catalog.models import Image, Product, ProductQuerySet
from catalog.models.goods import least, per_piece
from catalog.models.pictures import srcset
from core.slots import AmongThem, Slot, Sql


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

    @classmethod
    def of(cls, image: Image) -> Self:
        """Of a row that is at hand."""
        return cls(image.file.name or "", image.width, image.height, tuple(image.widths))

    @property
    def shown(self) -> tuple[str, str]:
        """Public address of the large one, and the sizes a browser chooses among for a card, without the thumbnail."""
        return self.url, srcset(self.url, self.widths[1:], self.width)

    @property
    def url(self) -> str:
        """Public address of the large one."""
        return _address(storages["default"], self.file)

    @property
    def srcset(self) -> str:
        """All its sizes as a browser chooses among them."""
        return srcset(self.url, self.widths, self.width)


@lru_cache(10_000)
def _address(store: Storage, name: str) -> str:
    """Where everybody reads a file; a file keeps its name."""
    return str(store.url(name))


class Face(NamedTuple):
    """All that a card shows, in the order of `COLUMNS`."""

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
    def least(self) -> int:
        """The smallest quantity that can be ordered."""
        return least(self.min_quantity, self.quantity_step)

    @property
    def per_piece(self) -> Decimal | None:
        """The price of one piece of what is sold in packs."""
        return per_piece(self.price, self.unit, self.units_per_carton)


COLUMNS = (
    "pk", "name", "name_ar", "price", "unit", "units_per_carton", "min_quantity", "quantity_step", "available",
    "vendor__name", "brand__name", "brand__name_ar", "shown_first",
)  # fmt: skip


def of(keys: list[int]) -> list[Face]:
    """The faces of these products, in this order; what is no longer there is left out."""
    known = {face.pk: face for face in asked(_question(), {"keys": keys})} if keys else {}
    return [known[pk] for pk in keys if pk in known]


def asked(question: Sql, given: Mapping[str, Any]) -> list[Face]:
    """The faces that answer a `question`."""
    rows = question.asked(given, Product.objects.all().db)
    return [Face._make((*row[:-1], row[-1] and Picture.read(row[-1]))) for row in rows]


def of_product(product: Product) -> Face:
    """The face of a product that is at hand with all that is shown of it."""
    first = product.picture
    picture = Picture.of(first) if first else None
    return Face(
        product.pk, product.name, product.name_ar, product.price, product.unit, product.units_per_carton,
        product.min_quantity, product.quantity_step, product.available, product.vendor.name, product.brand.name,
        product.brand.name_ar, picture,
    )  # fmt: skip


@cache
def _question() -> Sql:
    """Put into SQL once: building it costs more than asking."""
    rows = Product.objects.filter(AmongThem(F("pk"), Slot("keys", ArrayField(BigIntegerField()))))
    return question(rows.order_by())


def question(rows: ProductQuerySet) -> Sql:
    """The question for the faces of these products, in their order."""
    first = Image.objects.filter(product=OuterRef("pk")).order_by("position")
    told = JSONObject(**{name: F(name) for name in Picture._fields})
    rows = rows.annotate(
        available=F("stock__on_hand") - F("stock__reserved"),
        shown_first=Subquery(first.values(told=told)[:1]),
    )
    return Sql.of(rows.values_list(*COLUMNS))
