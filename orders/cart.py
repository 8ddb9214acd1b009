"""The basket: what a retailer means to order, by vendor, at today's prices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Product
from core.access import Actor
from core.errors import Refusal, WrongMoment
from core.money import vat_on
from orders.models import CartLine, Order
from orders.pricing import Wish, refuse_odd
from vendors.models import Vendor


@dataclass(frozen=True)
class Basket:
    """What goes to one vendor; the whole basket has none."""

    vendor: Vendor | None
    lines: list[CartLine]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def vat(self) -> Decimal:
        each = (vat_on(line.net, line.product.vat_category) for line in self.lines)
        return sum(each, Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.vat


def lines_of(user: Actor) -> QuerySet[CartLine]:
    """The user's basket, with all that a page shows of it."""
    lines = CartLine.objects.seen_by(user).select_related(
        "product__vendor", "product__stock", "product__brand"
    )
    return lines.prefetch_related("product__images")


def baskets(lines: list[CartLine]) -> list[Basket]:
    """The lines by vendor."""
    by_vendor: dict[str, list[CartLine]] = defaultdict(list)
    for line in lines:
        by_vendor[line.product.vendor_id].append(line)
    return [Basket(group[0].product.vendor, group) for _vendor, group in sorted(by_vendor.items())]


def drop(code: str, by: Actor) -> None:
    """Take a product out, also one that is no longer on sale."""
    lines = CartLine.objects.seen_by(by)
    lines.filter(product__in=Product.objects.coded(code)).delete()


def put(product: Product, quantity: int, by: Actor) -> None:
    """Set how many are wanted; nothing wanted takes the line out. Raises `Invalid` for what can't be ordered so."""
    if quantity < 1:
        CartLine.objects.seen_by(by).filter(product=product).delete()
        return
    refuse_odd(product, quantity)
    CartLine.objects.update_or_create(
        retailer_id=by.business_id, product=product, defaults={"quantity": quantity}
    )


def add(product: Product, quantity: int, by: Actor) -> None:
    """So many more."""
    there = CartLine.objects.seen_by(by).filter(product=product).first()
    put(product, quantity + (there.quantity if there else 0), by)


def refill(order: Order, by: Actor) -> tuple[list[CartLine], list[str]]:
    """Put what an order held into the basket again; answers the lines, and for each skipped product a sentence why."""
    wanted = {line.product_id: line for line in order.lines.all()}
    found = {row.pk: row for row in Product.objects.on_sale().filter(pk__in=wanted).select_related("stock")}
    skipped = [
        _("%(name)s is no longer on sale.") % {"name": wanted[pk].title} for pk in wanted if pk not in found
    ]
    for pk, product in found.items():
        try:
            _again(product, wanted[pk].quantity, by)
        except Refusal as refused:
            skipped.append(str(refused.message))
    return list(lines_of(by).filter(product__in=wanted)), skipped


def _again(product: Product, quantity: int, by: Actor) -> None:
    if product.available < product.least:
        raise WrongMoment(_("%(name)s is out of stock.") % {"name": product.title})
    put(product, quantity, by)


def wishes(lines: list[CartLine]) -> list[Wish]:
    """The basket in the words of an order."""
    return [Wish(line.product.code, line.quantity) for line in lines]


def empty(by: Actor) -> None:
    """Everything was ordered."""
    CartLine.objects.seen_by(by).delete()
