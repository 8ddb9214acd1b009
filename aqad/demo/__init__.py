"""The demo market: the story's people, their goods, and sixty days of trade. Loading it again changes nothing.

Ordinary rows, made by a program that tells a story: who (`people`), what (`goods`, `pictures`), and what happened
(`orders`, played through `courses` by `deals`). It happens in memory, through the market's own tables of moves, and
is written in one transaction: `ledger` keeps the stock, `chronicle` the histories, the outbox and the inboxes.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from aqad.demo import people
from aqad.demo.goods import drawn, stock_shelves
from aqad.demo.orders import Trade
from aqad.demo.people import PASSWORD
from aqad.demo.world import World
from catalog import cache, index, standing
from catalog.models import Image, Product
from core.models import Event

__all__ = ["LOGINS", "PASSWORD", "load"]

LOGINS = {
    "ahmed@ahmedfoods.example": "vendor V1001, Ahmed Foods LLC",
    "fresh@freshmart.example": "retailer R2001, Fresh Mart Supermarket",
    "driver@fasttrack.example": "driver of C3001, FastTrack Logistics",
    "dispatch@fasttrack.example": "dispatcher of C3001",
    "admin@aqad.example": "staff, in /admin/",
    "new@newvendor.example": "vendor pending approval",
}
NUMBERS = {
    "business_v": 1001, "business_r": 2001, "business_c": 3001, "catalog_product_id_seq": 1001,
    "orders_checkout_id_seq": 1001, "orders_order_id_seq": 1001, "payments_payment_id_seq": 1001,
    "payments_refund_id_seq": 1001, "logistics_delivery_id_seq": 1001,
}  # fmt: skip


def load() -> dict[str, str]:
    """Make the demo market unless it is there; answers the logins and who they are.

    Pictures are drawn first: files before rows, and nothing slow while a transaction is open.
    """
    if not _there():
        images = drawn()
        with transaction.atomic():
            if not _there():
                _take_your_time()
                _begin_at_the_beginning()
                _tell(images)
    return LOGINS


def _take_your_time() -> None:
    """Sixty days in one transaction: its longest statement may take longer than a request's."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '120s'")


def _there() -> bool:
    return User.objects.filter(email="ahmed@ahmedfoods.example").exists()


def _begin_at_the_beginning() -> None:
    """Where nothing has ever happened, the first numbers are given first, whatever was tried and undone before."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
        if Event.objects.exists():
            return
        for sequence, first in NUMBERS.items():
            cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {first}")


def _tell(images: list[Image]) -> None:
    """The story from its beginning until now, in memory as far as can be, then written."""
    world = World(timezone.now(), people.staff())
    people.settle(world)
    goods = stock_shelves(world, images)
    trade = Trade(world, goods)
    trade.past()
    trade.present()
    trade.ledger.restock(world, goods)
    trade.write()
    trade.ledger.write(goods)
    world.chronicle.write()
    people.newest()
    index.rebuild(Product.objects.all())
    standing.renew()
    cache.shelves_changed()
