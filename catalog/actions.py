"""Verbs about products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from catalog import cache, index, standing, stock
from catalog.lifecycle import PRODUCT
from catalog.models import SKU_TAKEN, Image, Product
from catalog.pictures import kept as pictures_kept
from core import events
from core.access import Actor
from core.errors import Invalid, NotThere
from core.files import Checked
from core.lifecycle import move
from core.transactions import atomically

MOST_PICTURES = 12

EDITABLE = (
    "name", "name_ar", "description", "category", "brand", "price", "vat_category", "unit",
    "units_per_carton", "min_quantity", "quantity_step", "sku", "gtin", "hs_code",
)  # fmt: skip


def create(facts: dict[str, Any], quantity: int, by: Actor, pictures: Sequence[Checked] = ()) -> Product:
    """A new product of the actor's vendor with its stock and pictures, on sale at once unless it is a draft."""
    _count_pictures(len(pictures))
    with pictures_kept(pictures) as images, _one_of_a_sku(), transaction.atomic():
        product: Product = Product.objects.create(
            vendor_id=by.business_id,
            status=facts.get("status") or PRODUCT.start,
            standing=standing.at_first(quantity),
            **{name: facts[name] for name in EDITABLE},
        )
        _line_up(product, images, 0)
        PRODUCT.begin(product, by, name_of=product.name, price=str(product.price), quantity=quantity)
        stock.open_account(product, quantity, by)
        index.keep(product)
        cache.goods_changed()
    return product


def edit(product: Product, facts: dict[str, Any], by: Actor) -> Product:
    """Change some facts; the event keeps what each was and became."""
    with _one_of_a_sku(), transaction.atomic():
        row = product.locked()
        changes = {
            name: facts[name] for name in EDITABLE if name in facts and getattr(row, name) != facts[name]
        }
        if not changes:
            return row
        before = {name: str(getattr(row, name)) for name in changes}
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=list(changes))
        after = {name: str(value) for name, value in changes.items()}
        events.record(row, "product.edit", by, data={"before": before, "after": after})
        index.keep(row)
        _touch(row)
    return row


@atomically
def change_stock(product: Product, change: int, reason: str, by: Actor) -> None:
    """Receive or correct stock, with the reason in ledger and audit log."""
    events.record(product, "product.stock", by, note=reason, data={"change": change})
    stock.adjust(product, change, reason, by)
    cache.goods_changed()


@atomically
def count_stock(product: Product, seen: int, counted: int, reason: str, by: Actor) -> None:
    """Write down what was counted, if nothing has moved since it was `seen`; otherwise raises `WrongMoment`."""
    events.record(product, "product.stock", by, note=reason, data={"change": counted - seen})
    stock.count(product, seen, counted, reason, by)
    cache.goods_changed()


def add_pictures(product: Product, pictures: Sequence[Checked], by: Actor) -> None:
    """More pictures, last in order; all of them or none."""
    with pictures_kept(pictures) as images, transaction.atomic():
        row = product.locked()
        there = row.images.aggregate(count=Count("pk"), last=Max("position"))
        _count_pictures(there["count"] + len(images))
        _line_up(row, images, 0 if there["last"] is None else there["last"] + 1)
        events.record(row, "product.edit", by, data={"after": {"pictures": len(images)}})
        _touch(row)


def remove_picture(product: Product, picture: Image, by: Actor) -> None:
    """Take down a picture; its files follow through the outbox. Raises `NotThere` when somebody was first."""
    with transaction.atomic():
        row = product.locked()
        gone = row.images.filter(pk=picture.pk).first()
        if gone is None:
            raise NotThere
        gone.delete()
        events.record(row, "product.unpicture", by, data={"files": gone.names})
        _touch(row)


def move_picture(product: Product, picture: Image, step: int, by: Actor) -> None:
    """Let a picture change places with the one before (-1) or after (+1) it; at the end of the row it stays."""
    with transaction.atomic():
        row = product.locked()
        shown = list(row.images.all())
        place = next((place for place, image in enumerate(shown) if image.pk == picture.pk), None)
        if place is None:
            raise NotThere
        if not 0 <= place + step < len(shown):
            return
        one, other = shown[place], shown[place + step]
        one.position, other.position = other.position, one.position
        Image.objects.bulk_update([one, other], ["position"])
        places = {"before": {"picture": place + 1}, "after": {"picture": place + step + 1}}
        events.record(row, "product.edit", by, data=places)
        _touch(row)


def _line_up(product: Product, images: list[Image], first: int) -> None:
    for position, image in enumerate(images, first):
        image.product, image.position = product, position
    Image.objects.bulk_create(images)


def _count_pictures(pictures: int) -> None:
    if pictures > MOST_PICTURES:
        told = _("A product has at most %(most)d pictures.") % {"most": MOST_PICTURES}
        raise Invalid.field("images", told)


def _touch(row: Product) -> None:
    """It is another one now, for programs that ask and for what is remembered of it."""
    Product.objects.filter(pk=row.pk).update(updated_at=Now())
    cache.goods_changed()


@contextmanager
def _one_of_a_sku() -> Iterator[None]:
    """Of two that take the same SKU at the same moment the second is told so, as if it had come later."""
    try:
        yield
    except IntegrityError as twice:
        if "product_sku_once_per_vendor" not in str(twice):
            raise
        raise Invalid.field("sku", SKU_TAKEN) from twice


@move("list")
def put_on_sale(product: Product, by: Actor, *, note: str = "") -> None:
    """A draft becomes visible."""
    index.keep(product)
    cache.goods_changed()


@move("withdraw")
def withdraw(product: Product, by: Actor, *, note: str = "") -> None:
    """The vendor takes it off sale for a while."""
    index.keep(product)
    cache.goods_changed()


@move("hide")
def hide(product: Product, by: Actor, *, note: str = "") -> None:
    """Staff take it off sale."""
    index.keep(product)
    cache.goods_changed()


@move("unhide")
def unhide(product: Product, by: Actor, *, note: str = "") -> None:
    """Staff show it again."""
    index.keep(product)
    cache.goods_changed()


@move("archive")
def archive(product: Product, by: Actor, *, note: str = "") -> None:
    """Off sale for good; past orders keep it."""
    index.keep(product)
    cache.goods_changed()


VERBS = {"list": put_on_sale, "withdraw": withdraw, "hide": hide, "unhide": unhide, "archive": archive}
