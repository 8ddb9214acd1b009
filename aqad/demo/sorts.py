"""The table of goods unfolded: one row stands for every size of every kind, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product as pairs

from aqad.demo.tables import rows
from catalog.models import Unit

UNITS = {"ctn": Unit.CARTON, "box": Unit.BOX, "bag": Unit.BAG, "pc": Unit.PIECE}
PER = {Unit.CARTON: "carton", Unit.BOX: "box", Unit.BAG: "bag", Unit.PIECE: "piece"}
MEASURES = {
    "sqft": "قدم²", "gal": "جالون", "roll": "لفة", "ml": "مل", "kg": "كجم", "pc": "قطعة", "g": "جم", "l": "لتر",
    "m": "متر", "s": "حبة",
}  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Row:
    """A row of the table as it is written; `sizes` and `kinds` are lists in it."""

    vendor: str
    brand: str
    name: str
    name_ar: str
    shelf: str
    pack: str
    colour: str
    hs_code: str
    vat: str
    sizes: str
    kinds: str = ""


@dataclass(frozen=True)
class Kind:
    """A flavour or sort."""

    name: str = ""
    name_ar: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Size:
    """What is in one unit, what it costs, and how it is ordered: `330ml 24 ctn 32.50 m5 s5`."""

    amount: str
    pieces: int
    unit: Unit
    price: Decimal
    least: int = 1
    step: int = 1

    @classmethod
    def read(cls, text: str) -> Size:
        """As it is written in the table."""
        amount, pieces, unit, price, *rules = text.split()
        told = {rule[0]: int(rule[1:]) for rule in rules}
        return cls(amount, int(pieces), UNITS[unit], Decimal(price), told.get("m", 1), told.get("s", 1))

    @property
    def amount_ar(self) -> str:
        """The amount in Arabic words."""
        number = self.amount.rstrip(LETTERS)
        return f"{number} {MEASURES[self.amount.removeprefix(number)]}"

    @property
    def packed(self) -> str:
        """What the unit is."""
        if self.pieces > 1:
            return f"{self.pieces} × {self.amount} in a {PER[self.unit]}"
        return f"sold by the {PER[self.unit]}"


@dataclass(frozen=True)
class Sort:
    """One product to be."""

    row: Row
    kind: Kind
    size: Size

    @property
    def bare(self) -> str:
        """The name without its size. A kind in the middle of a sentence is written small."""
        word = self.kind.name if self.row.name.startswith("{}") else self.kind.name.lower()
        return self.row.name.format(word)

    @property
    def name(self) -> str:
        return f"{self.bare} {self.size.amount}"

    @property
    def name_ar(self) -> str:
        return f"{self.row.name_ar.format(self.kind.name_ar)} {self.size.amount_ar}"

    @property
    def colour(self) -> str:
        return self.kind.colour or self.row.colour


def unfolded() -> Iterator[Sort]:
    """Every product, in the order of the table."""
    kinds = {key: Kind(name, name_ar, colour) for key, name, name_ar, colour in rows("kinds")}
    for row in (Row(*cells) for cells in rows("goods")):
        chosen = [kinds[key] for key in row.kinds.split()] or [Kind()]
        sizes = [Size.read(text) for text in row.sizes.split(";")]
        for kind, size in pairs(chosen, sizes):
            yield Sort(row, kind, size)
