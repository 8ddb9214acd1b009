"""Proof that stock can't be oversold: real orders, raced against each other on the real database.

The buyers are one shop of our own at a vendor of our own; its one product is on sale for the length of the race. All
orders are cancelled afterwards and the product is archived, so that what is left is true history and no stock.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from decimal import Decimal
from threading import Barrier
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import next_code
from catalog import actions as catalog
from catalog.models import Brand, Category, Movement, Product, Stock
from core.access import System
from core.errors import OutOfStock
from core.roles import Role
from orders import actions as orders
from orders.models import Order, PaymentMethod
from orders.pricing import Wish
from payments import actions
from retailers.models import Address, Retailer
from vendors.models import Vendor

NAME = "AQAD stock proof"
AT_ONCE = 32  # connections to the database at a time


@dataclass(frozen=True)
class Proof:
    """What a race showed, in cartons: `difference` is what ledger and stock row disagree by, while held and after."""

    cartons: int
    buyers: int
    sold: int
    refused: int
    errors: int
    held: int
    difference: int
    left: int

    @property
    def holds(self) -> bool:
        """Exactly what was there was sold, everybody else was told so, and the books agree."""
        right = min(self.cartons, self.buyers)
        return (self.sold, self.held, self.errors, self.difference) == (right, right, 0, 0) and (
            self.refused == self.buyers - right and self.left == self.cartons
        )

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self) | {"holds": self.holds}


def race(buyers: int, cartons: int) -> Proof:
    """Let `buyers` order one carton each of a product with `cartons`, all at once; then cancel every order."""
    product, shop, address = _stage(cartons)
    by = System(label=NAME, role=Role.RETAILER, business_id=shop.pk)
    start = Barrier(min(buyers, AT_ONCE))

    def buy(number: int) -> str:
        if number < start.parties:
            start.wait()
        try:
            return _buy(product, address, by)
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(start.parties) as crowd:
            outcomes = Counter(crowd.map(buy, range(buyers)))
        held, difference = _books(product)
    finally:
        stuck = _clear(product, by)
    left, rest = _books(product, after=True)
    sold, refused, errors = (outcomes[word] for word in ("sold", "refused", "error"))
    return Proof(cartons, buyers, sold, refused, errors + stuck, held, difference + rest, left)


def _buy(product: Product, address: Address, by: System) -> str:
    try:
        with actions.checking_out(
            [Wish(product.code, 1)], address=address, method=PaymentMethod.CASH_ON_DELIVERY, by=by
        ):
            pass
    except OutOfStock:
        return "refused"
    except DatabaseError:
        return "error"
    return "sold"


def _books(product: Product, *, after: bool = False) -> tuple[int, int]:
    """Cartons reserved (or, afterwards, free), and by how much the ledger disagrees with the row."""
    row = Stock.objects.get(pk=product.pk)
    sums = Movement.objects.filter(product=product).aggregate(there=Sum("on_hand"), held=Sum("reserved"))
    difference = abs(row.on_hand - (sums["there"] or 0)) + abs(row.reserved - (sums["held"] or 0))
    return (row.available if after else row.reserved), difference


def _stage(cartons: int) -> tuple[Product, Retailer, Address]:
    """The vendor, the shop and its address, made at the first proof; the product is new each time."""
    vendor = Vendor.objects.filter(name=NAME).first() or _founded(Vendor, "V")
    shop = Retailer.objects.filter(name=NAME).first() or _founded(Retailer, "R")
    address, _made = Address.objects.get_or_create(
        retailer=shop, defaults={"line1": NAME, "city": "Dubai", "emirate": "DXB"}
    )
    seller = System(label=NAME, role=Role.VENDOR, business_id=vendor.pk)
    plain = Product(name=NAME, price=Decimal("1.00"), category=_any(Category), brand=_any(Brand))
    facts = {name: getattr(plain, name) for name in catalog.EDITABLE}
    return catalog.create(facts, cartons, seller), shop, address


def _any(kind: Any) -> Any:
    """Any shelf and brand will do; the market's first if it has none yet."""
    return kind.objects.order_by("pk").first() or kind.objects.create(slug="stock-proof", name=NAME)


def _founded(kind: Any, prefix: str) -> Any:
    business = kind(id=next_code(prefix), name=NAME, status=BusinessStatus.ACTIVE)
    with transaction.atomic():
        business.save(force_insert=True)
        BUSINESS.begin(business.business, System(label=NAME), name="create", company=NAME)
    return business


def _clear(product: Product, by: System) -> int:
    """Take it off sale and cancel its orders; how many could not be, which only happens after an oversell."""
    catalog.archive(product, System(label=NAME, role=Role.STAFF))
    stuck = 0
    for order in Order.objects.filter(lines__product=product).order_by("pk"):
        try:
            orders.cancel(order, by, note="end of the proof")
        except DatabaseError:
            stuck += 1
    return stuck
