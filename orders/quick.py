"""Quick order: lines such as `P1001 20` become basket lines; what can't be ordered so is told line by line.

A product goes by its number, its SKU or its barcode. Good lines are kept whatever the others are like.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.codes import found_by
from catalog.models import Product
from core.access import Actor
from core.errors import Invalid, OutOfStock, Refusal
from orders import cart
from orders.models import Line
from orders.pricing import MOST_LINES, refuse_odd
from orders.sheets import Row

LARGEST_QUANTITY = 100_000
LONGEST = 200
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
CODE_AND_QUANTITY = re.compile(r"^(?P<code>.+?)(?:[\s,;،؛]+[x×*]?\s*)(?P<quantity>\d+)(?:[.٫]0+)?[\s,;،؛]*$")


@dataclass(frozen=True)
class Bad:
    """A line that can't be ordered: as it was written, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """How many products went into the basket, and the lines that did not."""

    kept: int
    bad: list[Bad]


class _Odd(Exception):
    """A line that is no wish, with the reason."""


class _Asked(NamedTuple):
    """A line that was understood: where it stood, as it was written, and how many."""

    place: int
    text: str
    quantity: int


def lines_of(rows: Iterable[Row]) -> list[str]:
    """The rows of a spreadsheet as lines: code and quantity; headings and rows without a quantity say nothing."""
    texts = []
    for number, (code, *rest) in enumerate(rows):
        quantity = rest[0] if rest else ""
        heading = number == 0 and not any(letter.isdigit() for letter in quantity)
        texts += [f"{code}\t{quantity}"] if code and quantity and not heading else []
    return texts


def order(texts: Iterable[str], by: Actor) -> Outcome:
    """Add what the lines ask for to the basket; the same product named twice is asked for once, in sum.

    Raises `Invalid` for more than 200 products: nothing is cut off silently, and nothing has gone in then.
    """
    bad: dict[int, Bad] = {}
    wanted: dict[str, list[_Asked]] = defaultdict(list)
    for place, text in enumerate(filter(None, (" ".join(line.split()) for line in texts))):
        try:
            code, quantity = _read(text)
        except _Odd as odd:
            bad[place] = Bad(text[:LONGEST], str(odd))
        else:
            wanted[code].append(_Asked(place, text[:LONGEST], quantity))
    if len(wanted) + len(bad) > MOST_LINES:
        sentence = _("A quick order has at most %(most)d lines; these are %(all)d. Nothing was ordered.")
        raise Invalid.field("lines", sentence % {"most": MOST_LINES, "all": len(wanted) + len(bad)})
    kept = _put(wanted, bad, by)
    return Outcome(kept, [bad[place] for place in sorted(bad)])


def _read(text: str) -> tuple[str, int]:
    """Code and quantity of a line. Digits may be Arabic; case and spacing don't matter."""
    found = CODE_AND_QUANTITY.match(text.translate(DIGITS))
    if found is None:
        raise _Odd(_("Write a code and a whole quantity, such as P1001 20."))
    quantity = int(found["quantity"][:9])
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise _Odd(_("The quantity must be between 1 and 100,000."))
    return "".join(found["code"].split()).upper(), quantity


def _put(wanted: dict[str, list[_Asked]], bad: dict[int, Bad], by: Actor) -> int:
    """How many products went in; the others join the bad. Two names of one product are one wish."""
    known, now = found_by(wanted), cart.there(by)
    asked: dict[Product, list[_Asked]] = defaultdict(list)
    for code, lines in wanted.items():
        if len(known[code]) == 1:
            asked[known[code][0]] += lines
        else:
            bad |= {line.place: Bad(line.text, _unclear(known[code])) for line in lines}
    good: dict[Product, int] = {}
    for product, lines in asked.items():
        quantity = sum(line.quantity for line in lines)
        try:
            good[product] = _checked(product, quantity, now.get(product.pk, 0))
        except Refusal as refused:
            text = lines[0].text if len(lines) == 1 else f"{product.code} {quantity}"
            bad[lines[0].place] = Bad(text, str(refused.message))
    cart.pour(good, by)
    return len(good)


def _unclear(products: list[Product]) -> str:
    if not products:
        return _("Nothing on sale has this code.")
    names = ", ".join(f"{each.code} ({each.vendor.name})" for each in products[:5])
    return _("Several suppliers use this code. Write the number: %(names)s") % {"names": names}


def _checked(product: Product, quantity: int, already: int) -> int:
    """What the basket then holds. Raises `Invalid` or `OutOfStock`."""
    whole = quantity + already
    if product.available < whole:
        raise OutOfStock(
            product.code, product.title, whole, product.available, sentence=_left(product, already)
        )
    refuse_odd(product, whole)
    return whole


def _left(product: Product, already: int) -> str | None:
    facts = {"name": product.title, "available": product.available, "already": already}
    if product.available < product.least:
        return _("%(name)s is out of stock.") % facts
    if already:
        return _("Only %(available)d of %(name)s are left, and your basket holds %(already)d.") % facts
    return None


def usual(by: Actor, most: int = 100) -> list[Product]:
    """What the retailer ordered before and is on sale, for the sheet to fill in."""
    bought = Line.objects.filter(Q(order__retailer=by.business_id)).values("product")
    return list(Product.objects.on_sale().filter(pk__in=bought).order_by("name")[:most])
