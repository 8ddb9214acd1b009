"""Verbs about products."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from catalog import stock
from catalog.lifecycle import PRODUCT
from catalog.models import Image, Product
from core import events
from core.access import Actor
from core.errors import NotThere
from core.files import Checked
from core.lifecycle import move

EDITABLE = (
    "name", "name_ar", "description", "category", "brand", "price", "vat_category", "unit",
    "units_per_carton", "min_quantity", "quantity_step", "sku", "gtin", "hs_code",
)  # fmt: skip


def create(facts: dict[str, Any], quantity: int, by: Actor, pictures: list[Checked] | None = None) -> Product:
    """A new product of the actor's vendor, on sale at once, with its stock and pictures."""
    drawn = [_image(picture, position) for position, picture in enumerate(pictures or [])]
    with transaction.atomic():
        product = Product.objects.create(
            vendor_id=by.business_id, status=PRODUCT.start, **{name: facts[name] for name in EDITABLE}
        )
        for image in drawn:
            image.product = product
        Image.objects.bulk_create(drawn)
        PRODUCT.begin(product, by, name_of=product.name, price=str(product.price), quantity=quantity)
        stock.open_account(product, quantity, by)
    return product


def edit(product: Product, facts: dict[str, Any], by: Actor) -> Product:
    """Change some facts; the event keeps what each was and became."""
    with transaction.atomic():
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
        Product.objects.filter(pk=row.pk).update(updated_at=Now())
        after = {name: str(value) for name, value in changes.items()}
        events.record(row, "product.edit", by, data={"before": before, "after": after})
    return row


def change_stock(product: Product, change: int, reason: str, by: Actor) -> None:
    """Receive or correct stock, with the reason in ledger and audit log."""
    with transaction.atomic():
        events.record(product, "product.stock", by, note=reason, data={"change": change})
        stock.adjust(product, change, reason, by)


def add_picture(product: Product, picture: Checked, by: Actor) -> Image:
    """One more picture, last in order."""
    image = _image(picture, 0)
    with transaction.atomic():
        row = product.locked()
        last = row.images.aggregate(last=Max("position"))["last"]
        image.product, image.position = row, 0 if last is None else last + 1
        image.save()
        events.record(row, "product.edit", by, data={"after": {"picture": image.position}})
    return image


def remove_picture(product: Product, place: int, by: Actor) -> None:
    """Take down the picture at this place, counted from 1 as shown. Raises `NotThere` when there is none.

    Its file stays for whoever still has its address.
    """
    with transaction.atomic():
        row = product.locked()
        shown = list(row.images.all())
        if not 1 <= place <= len(shown):
            raise NotThere
        shown[place - 1].delete()
        events.record(row, "product.edit", by, data={"before": {"picture": place}})


def _image(picture: Checked, position: int) -> Image:
    """Keep the bytes; the row is saved by the caller."""
    image = Image(position=position, width=picture.width, height=picture.height)
    picture.keep_in(image.file)
    return image


@move("list")
def put_on_sale(product: Product, by: Actor, *, note: str = "") -> None:
    """A draft becomes visible."""


@move("withdraw")
def withdraw(product: Product, by: Actor, *, note: str = "") -> None:
    """The vendor takes it off sale for a while."""


@move("hide")
def hide(product: Product, by: Actor, *, note: str = "") -> None:
    """Staff take it off sale."""


@move("unhide")
def unhide(product: Product, by: Actor, *, note: str = "") -> None:
    """Staff show it again."""


@move("archive")
def archive(product: Product, by: Actor, *, note: str = "") -> None:
    """Off sale for good; past orders keep it."""


VERBS = {"list": put_on_sale, "withdraw": withdraw, "hide": hide, "unhide": unhide, "archive": archive}
