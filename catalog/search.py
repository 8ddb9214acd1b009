"""Finding products: one question, asked alike by page and API; pages follow a key, never an offset.

The place of a row in an order is its sort value and its number, so a page goes on after (or before) the last row seen,
however many came or went meanwhile.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import Case, Expression, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext as _

from catalog import shelves
from catalog.models import Product, ProductQuerySet
from core.api import LARGEST_PAGE
from core.bodies import NOT_TEXT
from core.errors import Invalid

COUNTED = 1000
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Wish:
    """What somebody looks for. `arabic` sorts names as readers of Arabic see them."""

    search: str = ""
    category: str = ""
    brand: str = ""
    vendor: str = ""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool = False
    sort: str = ""
    arabic: bool = False

    @classmethod
    def of(cls, facts: dict[str, Any], *, arabic: bool = False) -> Wish:
        """From the cleaned data of the form; what was wrong there is not wished for."""
        return cls(**{name: value for name, value in facts.items() if value not in (None, "")}, arabic=arabic)

    @property
    def order(self) -> str:
        """The name of the sort: the best first for a search, otherwise the newest."""
        return self.sort or self.natural

    @property
    def natural(self) -> str:
        """The order that need not be asked for."""
        return "relevance" if self.search else "newest"

    def without(self, *names: str) -> Wish:
        """The same, some filters lifted."""
        plain = Wish()
        return replace(self, **{name: getattr(plain, name) for name in names})


class Place(NamedTuple):
    """A row's place in an order, and the direction in which a page leaves it."""

    value: str
    key: int
    back: bool = False


@dataclass(frozen=True)
class Found:
    """A page of products with the cursors of its neighbours."""

    rows: list[Product]
    next: str | None
    previous: str | None


def matching(wish: Wish) -> ProductQuerySet:
    """All products on sale that are looked for, in no order."""
    rows: ProductQuerySet = Product.objects.on_sale()
    for word in wish.search.split()[:10]:
        rows = rows.filter(_holds(word))
    if wish.category:
        shelf = shelves.shelf(wish.category)
        rows = rows.filter(category__in=[each.pk for each in shelf.walk()] if shelf else [])
    if wish.brand:
        rows = rows.filter(brand__slug=wish.brand)
    if wish.vendor:
        rows = rows.filter(vendor=wish.vendor.upper())
    if wish.min_price is not None:
        rows = rows.filter(price__gte=wish.min_price)
    if wish.max_price is not None:
        rows = rows.filter(price__lte=wish.max_price)
    return rows.filter(stock__on_hand__gt=F("stock__reserved")) if wish.in_stock else rows


def page_of(wish: Wish, cursor: str, size: int) -> Found:
    """One page in the wished order. Raises `Invalid` for a size outside 1 to 100 or a cursor of another order."""
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid.field("page_size", _("A page has 1 to %(most)d rows.") % {"most": LARGEST_PAGE})
    place = _read(cursor, wish) if cursor else None
    back = bool(place and place.back)
    name, down = ("-place", True) if _falls(wish) != back else ("place", False)
    rows = matching(wish).shown().annotate(place=_sort_value(wish))
    if place:
        step, value = "lt" if down else "gt", _typed(wish, place.value)
        beyond = Q(**{f"place__{step}": value}) | Q(**{f"pk__{step}": place.key})
        rows = rows.filter(beyond, **{f"place__{step}e": value})
    found = list(rows.order_by(name, "-pk" if down else "pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return Found(
        found,
        next=_cursor(wish, found[-1], back=False) if found and (more or back) else None,
        previous=_cursor(wish, found[0], back=True) if found and (more if back else place) else None,
    )


def similar(product: Product, most: int = 6) -> list[Product]:
    """Others of its category that can be ordered now, the newest first."""
    rows = Product.objects.on_sale().shown().filter(category=product.category_id).exclude(pk=product.pk)
    return list(rows.filter(stock__on_hand__gt=F("stock__reserved")).order_by("-pk")[:most])


def count(wish: Wish) -> int | None:
    """How many there are; None where counting on would cost more than anybody learns from it."""
    counted = matching(wish).order_by()[: COUNTED + 1].count()
    return counted if counted <= COUNTED else None


def _holds(word: str) -> Q:
    """Names, brand, SKU or barcode hold this word."""
    return (
        Q(name__icontains=word)
        | Q(name_ar__icontains=word)
        | Q(brand__name__icontains=word)
        | Q(brand__name_ar__icontains=word)
        | Q(sku__iexact=word)
        | Q(gtin=word)
    )


def _falls(wish: Wish) -> bool:
    return wish.order in ("relevance", "newest", "-price")


def _sort_value(wish: Wish) -> Expression | F:
    """What the order goes by."""
    if wish.order in ("price", "-price"):
        return F("price")
    if wish.order == "name":
        read = Coalesce(NullIf("name_ar", Value("")), "name") if wish.arabic else F("name")
        return Lower(read)
    if wish.order == "relevance" and wish.search:
        return _closeness(" ".join(wish.search.split()))
    return F("pk")


def _closeness(phrase: str) -> Case:
    """The whole name, its beginning, somewhere in it, or only in pieces."""
    steps = [("iexact", 3), ("istartswith", 2), ("icontains", 1)]
    whens = [
        When(Q(**{f"name__{how}": phrase}) | Q(**{f"name_ar__{how}": phrase}), then=Value(points))
        for how, points in steps
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _typed(wish: Wish, value: str) -> Any:
    """A place's value as its column has it. Raises `ValueError` for what can't be one."""
    if wish.order == "name":
        if NOT_TEXT.search(value):
            raise ValueError(value)
        return value
    if wish.order in ("price", "-price"):
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount.adjusted()) > 14:
            raise ValueError(value)
        return amount
    number = int(value)
    if not 0 <= number <= LARGEST_KEY:
        raise ValueError(value)
    return number


def _cursor(wish: Wish, row: Any, *, back: bool) -> str:
    text = json.dumps([wish.order, int(back), str(row.place), row.pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, wish: Wish) -> Place:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        order, back, value, key = json.loads(text)
        place = Place(str(value), key, bool(back))
        known = order == wish.order and type(key) is int and 0 < key <= LARGEST_KEY
        _typed(wish, place.value)
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidOperation):
        known = False
    if not known:
        raise Invalid.field("cursor", _("This cursor is not one of ours."))
    return place
