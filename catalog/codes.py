"""Products by the codes people know them by: our number, the vendor's SKU, the barcode."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, Value
from django.db.models.functions import Replace, Upper

from catalog.models import Product
from core.codes import LARGEST

GTIN_LENGTHS = (8, 12, 13, 14)


def found_by(codes: Iterable[str]) -> dict[str, list[Product]]:
    """Code → products on sale that go by it, in one query. Codes are upper case without spaces.

    Our number wins over a SKU that looks like one; a barcode may lack the zeros a spreadsheet ate.
    """
    asked = {code: _number(code) for code in codes}
    numbers = [number for number in asked.values() if number]
    long = {each for code in asked for each in barcodes(code)}
    rows = Product.objects.on_sale().select_related("stock", "vendor")
    rows = rows.alias(plain_sku=Upper(Replace("sku", Value(" "), Value(""))))
    found = list(rows.filter(Q(pk__in=numbers) | Q(plain_sku__in=list(asked)) | Q(gtin__in=long)))
    return {code: _those(code, number, found) for code, number in asked.items()}


def _number(code: str) -> int | None:
    digits = code.removeprefix(Product.PREFIX)
    known = code.startswith(Product.PREFIX) and digits.isascii() and digits.isdigit()
    return int(digits) if known and len(digits) < 20 and int(digits) <= LARGEST else None


def barcodes(code: str) -> set[str]:
    """The barcodes this may be."""
    plain = code.lstrip("0")
    known = plain.isascii() and plain.isdigit() and 6 <= len(plain) <= 14
    return {plain.zfill(length) for length in GTIN_LENGTHS} if known else set()


def _those(code: str, number: int | None, found: list[Product]) -> list[Product]:
    ours = [each for each in found if each.pk == number]
    long = barcodes(code)
    return ours or [
        each
        for each in found
        if "".join(each.sku.split()).upper() == code or (each.gtin and each.gtin in long)
    ]
