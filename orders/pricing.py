"""From wishes to priced lines, grouped by vendor. Prices come from the database inside the ordering transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F
from django.utils.translation import gettext as _

from catalog.lifecycle import ProductStatus
from catalog.models import Product
from core.codes import LARGEST
from core.errors import Invalid
from core.making import new
from core.models import Event
from core.money import LARGEST_TOTAL, vat_on
from core.prepared import Question
from core.slots import AmongKeys, Slot
from orders.models import Line
from vendors.models import Vendor

MOST_LINES = 200


@dataclass(frozen=True)
class Wish:
    """So many units of a product, by its readable id."""

    product: str
    quantity: int


@dataclass(frozen=True)
class Priced:
    """What one vendor is asked for, with its sums.

    `short` are products of which so many were plainly not to be had a moment ago (`free`); whether the rest is, the
    guard of the stock says at the end.
    """

    vendor: Vendor
    lines: list[Line]
    short: list[tuple[Any, int]] = field(default_factory=list)

    @property
    def subtotal(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def vat(self) -> Decimal:
        return sum((line.vat for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.vat


PRINTED = (
    "name",
    "name_ar",
    "unit",
    "price",
    "vat_category",
    "min_quantity",
    "quantity_step",
    "vendor__name",
)
ASKED_FOR: Question[Any] = Question(
    lambda: (
        Product.objects.on_sale()
        .filter(AmongKeys("pk", Slot("keys", ArrayField(BigIntegerField()))))
        .annotate(free=F("stock__on_hand") - F("stock__reserved"))
        .select_related("vendor")
        .only(*PRINTED)
    )
)


def keys_of(wishes: Iterable[Wish]) -> list[int]:
    """What to ask for ahead with `ASKED_FOR`; wishes that `price` will refuse are left aside."""
    numbers = {number for wish in wishes if (number := _number(wish)) is not None}
    return list(numbers)[:MOST_LINES]


def price(wishes: Iterable[Wish], goods: Sequence[Any] | None = None) -> list[Priced]:
    """Priced lines by vendor; the same product wished twice is one line. The `goods` may have been asked for just now.

    Raises `Invalid` for nothing, too much, an unknown product, or a quantity under its minimum or off its step.
    """
    wanted = _merged(wishes)
    products = ASKED_FOR(keys=list(wanted)) if goods is None else goods
    found = {product.pk: product for product in products}
    for pk in wanted:
        if pk not in found:
            raise Invalid.field("items", _("%(name)s is not on sale.") % {"name": _known_as(pk)})
    by_vendor: dict[str, list[Line]] = defaultdict(list)
    for pk, quantity in sorted(wanted.items()):
        by_vendor[found[pk].vendor_id].append(_line(found[pk], quantity))
    vendors = {product.vendor_id: product.vendor for product in products}
    short = [(found[pk], quantity) for pk, quantity in sorted(wanted.items()) if quantity > found[pk].free]
    priced = [
        Priced(vendors[code], lines, [each for each in short if each[0].vendor_id == code])
        for code, lines in sorted(by_vendor.items())
    ]
    if sum((group.total for group in priced), Decimal(0)) > LARGEST_TOTAL:
        raise Invalid.field("items", _("This order is too large."))
    return priced


def _known_as(pk: int) -> str:
    """The name of a product that once stood in the catalogue; of any other nothing is told but what was asked."""
    shown = Event.objects.filter(subject=f"P{pk}", after=ProductStatus.LISTED)
    product = Product.objects.filter(pk=pk).first() if shown.exists() else None
    return product.title if product else f"P{pk}"


def _merged(wishes: Iterable[Wish]) -> dict[int, int]:
    """Product number → units."""
    wanted: dict[int, int] = defaultdict(int)
    for wish in wishes:
        number = _number(wish)
        if number is None:
            raise Invalid.field("items", _("%(code)s is not a product.") % {"code": wish.product[:40]})
        wanted[number] += wish.quantity
    if not wanted:
        raise Invalid.field("items", _("There is nothing to order."))
    if len(wanted) > MOST_LINES:
        raise Invalid.field("items", _("An order has at most %(most)d lines.") % {"most": MOST_LINES})
    return wanted


def _number(wish: Wish) -> int | None:
    digits = wish.product.upper().removeprefix("P")
    known = wish.product[:1].upper() == "P" and digits.isascii() and digits.isdigit()
    return int(digits) if known and int(digits) <= LARGEST else None


def refuse_odd(product: Product, quantity: int) -> None:
    """Raises `Invalid` for a quantity under the product's smallest order or off its step."""
    if quantity < product.least:
        sentence = _("The smallest order of %(name)s is %(least)d.")
        raise Invalid.field("items", sentence % {"name": product.title, "least": product.least})
    if quantity % product.quantity_step:
        sentence = _("%(name)s is ordered in steps of %(step)d.")
        raise Invalid.field("items", sentence % {"name": product.title, "step": product.quantity_step})


def _line(product: Product, quantity: int) -> Line:
    refuse_odd(product, quantity)
    net = product.price * quantity
    vat = vat_on(net, product.vat_category)
    return new(
        Line,
        product_id=product.pk,
        name=product.name,
        name_ar=product.name_ar,
        unit=product.unit,
        quantity=quantity,
        unit_price=product.price,
        vat_category=product.vat_category,
        net=net,
        vat=vat,
        total=net + vat,
    )
