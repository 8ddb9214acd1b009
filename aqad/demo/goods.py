"""What is on the shelves: products of every vendor, how long they have been there, and what became of some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from stdnum import ean

from aqad.demo.pictures import Drawn, Look, draw_all
from aqad.demo.rhythm import later
from aqad.demo.sorts import Sort, unfolded
from aqad.demo.tables import rows
from aqad.demo.world import Party, World
from catalog.lifecycle import ProductStatus
from catalog.models import Brand, Category, Image, Product

EMIRATI_PREFIX = "629"
STORY = 12
OFF_SALE = [
    *[("withdraw", ProductStatus.DRAFT)] * 8,
    *[("hide", ProductStatus.HIDDEN)] * 4,
    *[("archive", ProductStatus.ARCHIVED)] * 10,
]
CHANGED_PRICES = 24
SEARCHED_FOR = ("labneh", "mirinda", "pepsi")


@dataclass
class Good:
    """A product with what its past needs: who sells it, when it was on sale, and its price before."""

    product: Product
    seller: Party
    off_at: datetime | None = None
    change: tuple[datetime, Decimal] | None = None
    target: int = 0
    wanted: float = 1.0

    @property
    def searched_for(self) -> bool:
        """Whether the story's people look for it: there is always enough of it."""
        return any(word in self.product.name.lower() for word in SEARCHED_FOR)

    def sold_at(self, moment: datetime) -> bool:
        """Whether it was on sale then."""
        ends = [end for end in (self.off_at, self.seller.left) if end]
        return self.product.created_at < moment and all(moment < end for end in ends)

    def price_at(self, moment: datetime) -> Decimal:
        """Its price then."""
        if self.change and moment < self.change[0]:
            return self.change[1]
        price: Decimal = self.product.price
        return price


def drawn() -> list[Image]:
    """A drawn picture for every product, in the order of the table: files first, rows later."""
    names = {slug: name for slug, name, _name_ar, _maker in rows("brands")}
    looks = [
        Look(sort.row.pack, sort.colour, names[sort.row.brand], sort.name, sort.row.brand)
        for sort in unfolded()
    ]
    return [_kept(picture) for picture in draw_all(looks)]


def _kept(picture: Drawn) -> Image:
    image = Image(position=0, width=picture.whole.width, height=picture.whole.height)
    picture.whole.keep_in(image.file)
    for width, body in picture.smaller.items():
        image.widths.append(width)
        default_storage.save(image.name_of(width), ContentFile(body))
    return image


def stock_shelves(world: World, images: list[Image]) -> list[Good]:
    """Categories, brands and products with their pictures; stock comes later, from the ledger."""
    shelves, brands = _shelves(), _brands()
    items: dict[str, int] = {}
    goods = []
    for sort, image in zip(unfolded(), images, strict=True):
        seller, (brand, maker) = world.vendors[sort.row.vendor], brands[sort.row.brand]
        items[maker] = items.get(maker, 0) + 1
        product = _product(sort, brand, maker, items[maker])
        product.category, product.vendor, image.product = shelves[sort.row.shelf], seller.profile, product
        goods.append(Good(product, seller))
    ordinary = goods[STORY:]
    world.rng.shuffle(ordinary)
    goods = goods[:STORY] + ordinary
    _list(world, goods)
    _take_some_off_sale(world, goods)
    _change_some_prices(world, goods)
    Product.objects.bulk_create([good.product for good in goods])
    Image.objects.bulk_create(images)
    return goods


def _shelves() -> dict[str, Category]:
    found: dict[str, Category] = {}
    for position, (slug, parent, name, name_ar) in enumerate(rows("shelves")):
        found[slug] = Category.objects.create(
            slug=slug, parent=found.get(parent), name=name, name_ar=name_ar, position=position
        )
    return found


def _brands() -> dict[str, tuple[Brand, str]]:
    """Brand and its number inside barcodes, by slug."""
    table = rows("brands")
    made = Brand.objects.bulk_create(
        Brand(slug=slug, name=name, name_ar=name_ar) for slug, name, name_ar, _number in table
    )
    return {brand.slug: (brand, row[3]) for brand, row in zip(made, table, strict=True)}


def _product(sort: Sort, brand: Brand, maker: str, item: int) -> Product:
    row, size = sort.row, sort.size
    what = sort.bare if brand.name in sort.bare else f"{sort.bare} by {brand.name}"
    return Product(
        name=sort.name,
        name_ar=sort.name_ar,
        description=f"{what}, {size.packed}.",
        price=size.price,
        vat_category=row.vat,
        unit=size.unit,
        units_per_carton=size.pieces,
        min_quantity=size.least,
        quantity_step=size.step,
        sku=f"{brand.slug[:3].upper()}-{maker}-{item:03d}",
        gtin=_barcode(maker, item),
        hs_code=row.hs_code,
        brand=brand,
        status=ProductStatus.LISTED,
    )


def _barcode(maker: str, item: int) -> str:
    """A GTIN-13 of the Emirates with its check digit."""
    digits = f"{EMIRATI_PREFIX}{maker}{item:05d}"
    return digits + str(ean.calc_check_digit(digits))


def _list(world: World, goods: list[Good]) -> None:
    """Every product is listed after its vendor was let in; most at once, some only lately."""
    newest = max(party.since for party in world.selling if party.since)
    moment = newest
    for place, good in enumerate(goods):
        if place == len(goods) * 9 // 10:
            moment = max(moment, world.now - timedelta(days=20))
        gap = world.rng.uniform(1, 4) if place < len(goods) * 9 // 10 else world.rng.uniform(120, 420)
        moment = later(moment, gap, world.rng)
        good.product.created_at = good.product.updated_at = min(moment, world.now - timedelta(hours=3))
        good.target = _target(world, good, place)
        good.wanted = world.rng.paretovariate(1.6)


def _target(world: World, good: Good, place: int) -> int:
    """What is to be there in the end: the story's cartons, little or nothing of some, enough of most."""
    if place == 0:
        return 500
    rolled, rng = world.rng.random(), world.rng
    safe = place < STORY or good.searched_for
    usual = round(rng.uniform(60, 420) * (90 / (60 + float(good.product.price)))) + 40
    if safe or rolled > 0.10:
        return usual
    return 0 if rolled < 0.025 else rng.randrange(3, 20)


def _take_some_off_sale(world: World, goods: list[Good]) -> None:
    """Drafts, hidden and archived ones, each by who may do that."""
    begin, step = world.chronicle.begin, world.chronicle.step
    gone = dict(zip(world.rng.sample(_ordinary(goods), len(OFF_SALE)), OFF_SALE, strict=True))
    for place, good in enumerate(goods):
        product, head = good.product, good.seller.head
        facts: dict[str, Any] = {"name_of": product.name, "price": str(product.price)}
        begin(product.created_at, product, head, quantity=0, **facts)
        if place not in gone:
            continue
        name, status = gone[place]
        good.off_at = later(world.now - timedelta(days=world.rng.uniform(1, 25)), 0, world.rng)
        by = world.staff if status == ProductStatus.HIDDEN else head
        note = "The picture shows another product." if status == ProductStatus.HIDDEN else ""
        step(good.off_at, product, name, by, note=note)


def _ordinary(goods: list[Good]) -> list[int]:
    """Places of products that nobody tells stories about and that have been there for a while."""
    return [
        place
        for place, good in enumerate(goods[: len(goods) * 9 // 10])
        if place >= STORY and not good.seller.left and not good.searched_for
    ]


def _change_some_prices(world: World, goods: list[Good]) -> None:
    """A few prices went up or down; orders before that keep what they were made at."""
    for place in world.rng.sample(_ordinary(goods), CHANGED_PRICES):
        good = goods[place]
        when = later(world.now - timedelta(days=world.rng.uniform(26, 50)), 0, world.rng)
        factor = Decimal(world.rng.choice(["0.92", "0.95", "1.04", "1.08"]))
        old = (good.product.price * factor).quantize(Decimal("0.05")).quantize(Decimal("0.01"))
        good.change, good.product.updated_at = (when, old), when
        before, after = {"price": str(old)}, {"price": str(good.product.price)}
        head = good.seller.head
        world.chronicle.beside(when, good.product, "product.edit", head, before=before, after=after)
