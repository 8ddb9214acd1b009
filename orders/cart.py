"""The basket: what a retailer means to order, by vendor, at today's prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Product
from core.access import Actor
from core.errors import Refusal, WrongMoment
from core.money import vat_on
from core.transactions import atomically
from orders.models import CartLine, Order
from orders.pricing import Wish, refuse_odd
from retailers.models import Retailer
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


@dataclass(frozen=True)
class Sums:
    """What the basket comes to, in all and by vendor."""

    groups: list[Basket]

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.groups)

    @property
    def subtotal(self) -> Decimal:
        return sum((group.subtotal for group in self.groups), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((group.total for group in self.groups), Decimal(0))


def sums_of(user: Actor) -> Sums:
    """The sums of the user's basket: one query, without pictures."""
    lines = CartLine.objects.seen_by(user).select_related("product__vendor")
    return Sums(baskets(list(lines)))


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


@atomically
def add(product: Product, quantity: int, by: Actor) -> None:
    """So many more; of two additions at once each counts."""
    Retailer.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.business_id)
    there = CartLine.objects.seen_by(by).filter(product=product).first()
    put(product, quantity + (there.quantity if there else 0), by)


def pour(wanted: Mapping[Product, int], by: Actor) -> None:
    """Set many lines at once, in one statement; the caller has looked at the quantities."""
    lines = [CartLine(retailer_id=by.business_id, product=each, quantity=n) for each, n in wanted.items()]
    unique, changed = ["retailer", "product"], ["quantity"]
    CartLine.objects.bulk_create(lines, update_conflicts=True, unique_fields=unique, update_fields=changed)


def there(by: Actor) -> dict[int, int]:
    """Product number → units in the basket now."""
    return dict(CartLine.objects.seen_by(by).values_list("product_id", "quantity"))


def refill(order: Order, by: Actor) -> tuple[list[CartLine], list[str]]:
    """Put what an order held into the basket again; answers the lines, and for each skipped product a sentence why."""
    wanted = {line.product_id: (line.title, line.quantity) for line in order.lines.all()}
    skipped = take_up(wanted, by)
    return list(lines_of(by).filter(product__in=wanted)), skipped


def take_up(wanted: Mapping[int, tuple[str, int]], by: Actor) -> list[str]:
    """Put known products (number → name, units) into the basket; answers a sentence for each that is not to be had.

    What is in the basket already is topped up to that quantity, never cut and never doubled.
    """
    goods = Product.objects.on_sale().filter(pk__in=wanted).select_related("stock").in_bulk()
    now, good, skipped = there(by), {}, []
    for pk, (name, quantity) in wanted.items():
        try:
            good[_again(goods.get(pk), name, quantity)] = max(quantity, now.get(pk, 0))
        except Refusal as refused:
            skipped.append(str(refused.message))
    pour(good, by)
    return skipped


def _again(product: Product | None, name: str, quantity: int) -> Product:
    if product is None:
        raise WrongMoment(_("%(name)s is no longer on sale.") % {"name": name})
    if product.available < product.least:
        raise WrongMoment(_("%(name)s is out of stock.") % {"name": name})
    refuse_odd(product, quantity)
    return product


def lift(by: Actor) -> list[Wish]:
    """Take everything out of the basket, in the transaction that orders it: of two tabs the second finds it empty."""
    mine = CartLine.objects.seen_by(by).select_related("product")
    lines = list(mine.select_for_update(of=("self",)))
    CartLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
    return [Wish(line.product.code, line.quantity) for line in lines]
