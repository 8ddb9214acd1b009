"""A believable catalogue of any size: `DATABASE_URL=… python -m benchmarks.catalogue 1000000`.

What a product is follows from its number alone, so the catalogue is the same everywhere and may be made to grow:
10,000, then 100,000, then a million. Rows go in by COPY in batches, under every trigger and constraint of the market.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from stdnum import ean

from benchmarks.words import FIRST_WORDS, GRADES, SECOND_WORDS, TRADES

if TYPE_CHECKING:
    from aqad.demo.sorts import Sort

FIRST = 1_000_000  # the number of the first product; a demo market's own are far below
BATCH = 20_000
VENDORS = 250
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
FOR_WHOM = [("everyday", "Everyday", "يومي"), ("catering", "For catering", "للضيافة"),
            ("organic", "Organic", "عضوي"), ("imported", "Imported", "مستورد")]  # fmt: skip
EMIRATES = ("DXB", "AUH", "SHJ", "AJM", "RAK", "UAQ", "FUJ")
MASK = 2**64 - 1

COLUMNS = {
    "catalog_product": (
        "id", "status", "version", "vendor_id", "name", "name_ar", "description", "price", "vat_category", "unit",
        "units_per_carton", "min_quantity", "quantity_step", "sku", "gtin", "hs_code", "category_id", "brand_id",
        "created_at", "updated_at", "words", "standing",
    ),
    "core_event": ("at", "name", "subject", "seq", "before", "after", "actor", "note", "data", "request_id"),
    "catalog_stock": ("product_id", "on_hand", "reserved"),
    "catalog_movement": ("product_id", "kind", "on_hand", "reserved", "reason", "actor", "at"),
    "catalog_image": ("product_id", "position", "file", "width", "height", "widths"),
}  # fmt: skip


def drawn(number: int, what: int) -> float:
    """A number from 0 to below 1 that follows from both, as if by chance (the finisher of splitmix64)."""
    mixed = (number * 64 + what + 1) * 0x9E3779B97F4A7C15 & MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & MASK
    return (mixed >> 11) / 2**53


@dataclass(frozen=True)
class World:
    """What products stand on: rows of the database by their place in our lists."""

    sorts: list[Sort]
    brands: list[tuple[int, str, str, str]]  # key, slug, name, name in Arabic
    vendors: list[tuple[str, str]]  # code, name
    shelves: dict[str, int]
    ways: dict[int, tuple[str, ...]]


@dataclass(frozen=True)
class Good:
    """The product of a number, counted from 0. Few brands and vendors have most of the goods, as in trade."""

    number: int
    world: World

    def chance(self, what: int) -> float:
        return drawn(self.number, what)

    @cached_property
    def rows(self) -> dict[str, tuple[Any, ...] | None]:
        """Its row of each table, in the order of `COLUMNS`."""
        sort = self.world.sorts[int(self.chance(0) * len(self.world.sorts))]
        brand, slug, made_by, made_by_ar = self._skewed(self.world.brands, 1)
        vendor, sold_by = self._skewed(self.world.vendors, 2)
        grade, grade_ar = GRADES[int(self.chance(3) * len(GRADES))]
        whom = FOR_WHOM[int(self.chance(4) ** 2 * len(FOR_WHOM))][0]
        pk, at, quantity = FIRST + self.number, self._since(), self._quantity()
        name = " ".join(filter(None, (made_by, grade, sort.name)))
        name_ar = " ".join(filter(None, (sort.name_ar, grade_ar, made_by_ar)))
        price = f"{float(sort.size.price) * (0.6 + 0.9 * self.chance(5)):.2f}"
        status = "draft" if self.chance(6) < 0.02 else "listed"
        told = json.dumps({"name_of": name, "price": price, "quantity": quantity})
        return {
            "catalog_product": (
                pk, status, 1, vendor, name, name_ar, f"{name}, {sort.size.packed}, from {sold_by}.", price,
                sort.row.vat, sort.size.unit.value, sort.size.pieces, sort.size.least, sort.size.step,
                f"{slug[:3].upper()}-{self.number}", self._barcode(), sort.row.hs_code,
                self.world.shelves[f"{sort.row.shelf}-{whom}"], brand, at, at,
                self._words(name, name_ar, made_by, made_by_ar, sold_by, f"{sort.row.shelf}-{whom}", slug)
                if status == "listed" else "\\N",
                self._standing(quantity),
            ),
            "core_event": (at, "product.create", f"P{pk}", 1, "", status, sold_by, "", told, ""),
            "catalog_stock": (pk, quantity, 0),
            "catalog_movement": (pk, "receive", quantity, 0, "", sold_by, at) if quantity else None,
            "catalog_image": (pk, 0, f"products/{slug}-{sort.row.pack}.webp", 640, 640, "{160,480}"),
        }  # fmt: skip

    def _words(
        self, name: str, name_ar: str, made_by: str, made_by_ar: str, sold_by: str, shelf: str, slug: str
    ) -> str:
        """What the search finds it by, as the market itself would write it."""
        from catalog import index

        sort = self.world.sorts[int(self.chance(0) * len(self.world.sorts))]
        seen: Any = SimpleNamespace(
            name=name, name_ar=name_ar, description=f"{name}, {sort.size.packed}, from {sold_by}.",
            brand=SimpleNamespace(name=made_by, name_ar=made_by_ar), vendor=SimpleNamespace(name=sold_by),
            category_id=self.world.shelves[shelf], units_per_carton=sort.size.pieces, code=f"P{FIRST + self.number}",
            sku=f"{slug[:3].upper()}-{self.number}", gtin=self._barcode(),
        )  # fmt: skip
        return index.literal(index.lexemes(seen, self.world.ways)) or ""

    def _standing(self, quantity: int) -> int:
        """Most goods sell a little, few sell much."""
        return (10 if quantity else 0) + int(self.chance(9) ** 8 * 10)

    def _skewed(self, choices: list[Any], what: int) -> Any:
        return choices[int(self.chance(what) ** 2 * len(choices))]

    def _since(self) -> str:
        """Products came one after another over two years and a half."""
        return (EPOCH + timedelta(seconds=self.number * 75)).isoformat()

    def _quantity(self) -> int:
        return 0 if self.chance(7) < 0.06 else 20 + int(self.chance(8) ** 3 * 2000)

    def _barcode(self) -> str:
        digits = f"629{self.number:09d}"
        return digits + str(ean.calc_check_digit(digits))


def fill(count: int, *, told: bool = True) -> None:
    """Let the catalogue grow to `count` products of ours, over Django's own connection."""
    from django.db import connection
    from django.db.models import Max

    from catalog import cache
    from catalog.models import Product

    last = Product.objects.filter(pk__gte=FIRST).aggregate(last=Max("pk"))["last"]
    there, began = 0 if last is None else last + 1 - FIRST, time.monotonic()
    if there >= count:
        return
    world = _world()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET statement_timeout = 0; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'"
        )
        cursor.execute(
            "DROP INDEX IF EXISTS product_by_words"
        )  # made anew at the end, in a tenth of the time
    for start in range(there, count, BATCH):
        _write(Good(number, world) for number in range(start, min(count, start + BATCH)))
        if told:
            _tell(min(count, start + BATCH), there, count, began)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('catalog_product', 'id'), max(id)) FROM catalog_product"
        )
        cursor.execute(FOUND_BY)
        _count_words()
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()  # and with it what was set above
    cache.shelves_changed()


FOUND_BY = """
    CREATE INDEX product_by_words ON catalog_product USING gin (words) WITH (fastupdate = off)
    WHERE status = 'listed'
"""
WORDS = """
    SELECT ltrim(lexeme, '-') AS form, count(*), count(*) FILTER (WHERE lexeme NOT LIKE '-%')
    FROM catalog_product CROSS JOIN LATERAL unnest(tsvector_to_array(words)) AS lexeme
    WHERE words IS NOT NULL AND lexeme !~ '^[#=~^]' GROUP BY 1
"""


def _count_words() -> None:
    """The market counts words as products come; here they are counted at the end."""
    from django.db import connection

    from catalog.models import Word
    from catalog.spelling import near

    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        rows = [
            Word(form=form, written=form, products=count, named=named, near=sorted(near(form)))
            for form, count, named in cursor.fetchall()
        ]
    Word.objects.all().delete()
    Word.objects.bulk_create(rows, batch_size=1000)


def _write(goods: Iterable[Good]) -> None:
    """A batch in one transaction: a product's triggers find its history there at commit."""
    from django.db import connection, transaction

    rows = [good.rows for good in goods]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as sink:
                sink.write("".join(_lines(row[table] for row in rows)))


def _lines(rows: Iterable[tuple[Any, ...] | None]) -> Iterator[str]:
    """As COPY reads them; none of our words holds a tab or a backslash, but JSON may."""
    for row in rows:
        if row is not None:
            yield "\t".join(map(str, row)).replace("\\", "\\\\").replace("\\\\N", "\\N") + "\n"


def _world() -> World:
    """The shelves, brands and vendors that the goods stand on, made at the first need."""
    from django.db import transaction

    from aqad.demo.sorts import unfolded

    with transaction.atomic():
        from catalog import index

        shelves = _shelves()
        return World(list(unfolded()), _brands(), _vendors(), shelves, index.ways())


def _shelves() -> dict[str, int]:
    """The demo's tree, each of its lowest shelves with four in it."""
    from aqad.demo.tables import rows
    from catalog.models import Category

    found: dict[str, int] = {}
    for place, (slug, parent, name, name_ar) in enumerate(rows("shelves")):
        facts = {"name": name, "name_ar": name_ar, "position": place, "parent_id": found.get(parent)}
        found[slug] = Category.objects.get_or_create(slug=slug, defaults=facts)[0].pk
        for whom, for_en, for_ar in FOR_WHOM if parent else ():
            facts = {
                "name": f"{name}: {for_en.lower()}",
                "name_ar": f"{name_ar} {for_ar}",
                "parent_id": found[slug],
            }
            lower = Category.objects.get_or_create(
                slug=f"{slug}-{whom}", defaults=facts | {"position": place}
            )
            found[f"{slug}-{whom}"] = lower[0].pk
    return found


def _brands() -> list[tuple[int, str, str, str]]:
    from django.utils.text import slugify

    from catalog.models import Brand

    names = [
        (f"{one} {two}", f"{two_ar} {one_ar}") for two, two_ar in SECOND_WORDS for one, one_ar in FIRST_WORDS
    ]
    made = [Brand(slug=slugify(name), name=name, name_ar=name_ar) for name, name_ar in names]
    Brand.objects.bulk_create(made, ignore_conflicts=True)
    keys = dict(Brand.objects.values_list("slug", "pk"))
    return [(keys[brand.slug], brand.slug, brand.name, brand.name_ar) for brand in made]


def _vendors() -> list[tuple[str, str]]:
    from tests.factories import VendorFactory
    from vendors.models import Vendor

    names = [f"{one} {two} LLC" for two in TRADES for one, _ in FIRST_WORDS][:VENDORS]
    known = dict(Vendor.objects.filter(name__in=names).values_list("name", "pk"))
    for place, name in enumerate(names):
        if name not in known:
            known[name] = VendorFactory.create(name=name, emirate=EMIRATES[place % len(EMIRATES)]).pk
    return [(known[name], name) for name in names]


def _tell(done: int, there: int, count: int, began: float) -> None:
    took = time.monotonic() - began
    left = took * (count - done) / max(1, done - there)
    end = "\n" if done == count else ""
    print(
        f"\r{done:>9,} of {count:,} products, {took:.0f} s, {left:.0f} s left ",
        end=end,
        file=sys.stderr,
        flush=True,
    )


def main() -> None:
    """Let the catalogue of the database in DATABASE_URL grow, tables included."""
    from benchmarks.ground import begin

    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogue", description=__doc__)
    parser.add_argument("count", type=int, help="products in the end, such as 10000, 100000, 1000000")
    arguments = parser.parse_args()
    begin()
    fill(arguments.count)


if __name__ == "__main__":
    main()
