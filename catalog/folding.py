"""Text as it is looked for: the one place that says when two spellings are the same word.

What is stored for the search and what people type both come through here. Vowel signs, forms of hamza, alef and ya,
Arabic digits, the article, plurals and ways of writing a size make no difference afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

LONGEST_CODE = 60
TATWEEL = "\u0640"
DIGITS = {ord(sign): str(place % 10) for place, sign in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
PLAIN = str.maketrans(DIGITS | {ord("٫"): ".", ord(TATWEEL): None, **dict.fromkeys(map(ord, "'’`ʼ"), None)})
LETTERS = str.maketrans(
    {"ى": "ي", "ة": "ه", "ٱ": "ا", "ی": "ي", "ک": "ك", "گ": "ك", "چ": "ج", "پ": "ب", "ڤ": "ف"}
)
ARTICLES = ("وال", "بال", "ال", "لل")
MEASURED = """
ml 1      ml mls millilitre millilitres milliliter مل ملل ملي
ml 10     cl
ml 1000   l lt ltr ltrs litre litres liter liters لتر ليتر لترات
g 1       g gm gms gr grm gram grams جم جرام غم غرام غ
g 1000    kg kgs kilo kilos kilogram kilograms كجم كغ كغم كلغ كلج كيلو كيلوغرام كيلوجرام
gal 0     gal gallon gallons جالون غالون
pc 0      pc pcs piece pieces قطعة قطعه قطع
roll 0    roll rolls لفة لفه لفات رول
sqft 0    sqft قدم2
m 0       m metre meter metres meters متر
s 0       s حبة حبه
"""
PASSED_OVER = """
a al an and by el for from in of on or per the to with x
و او في مع من
"""
PACKINGS = """
can cans tin tins bottle bottles btl carton cartons ctn ctns box boxes pack packs packet packets pkt tray trays
علبة علب قارورة قوارير زجاجة بطل كرتون كرتونة كراتين صندوق عبوة عبوات باكيت
"""
SIZES = {
    name: (unit, Decimal(times))
    for unit, times, *names in (line.split() for line in MEASURED.strip().splitlines())
    for name in names
}
STOP = {*PASSED_OVER.split(), *(name for name, (_unit, times) in SIZES.items() if times)}
MEASURES = "|".join(sorted(SIZES, key=len, reverse=True))
SIGNS = re.compile(
    rf"(?<![^\W_x])(?P<amount>\d+(?:[.,]\d+)?)\s*(?P<measure>{MEASURES})(?![^\W_])"
    r"|(?<![^\W_])(?P<pack>\d+)\s*[x×*](?=\s*\d)|(?<![^\W_])[x×*]\s*(?P<times>\d+)(?![^\W_])"
    r"|(?P<word>\d+\.\d+|[^\W_]+)"
)


class Word(NamedTuple):
    """A word in its one form, and as it was written; `also` are the forms under which it is stored besides."""

    form: str
    written: str
    also: tuple[str, ...] = ()

    @property
    def measures(self) -> bool:
        """Whether it is a size or a count of pieces, not a name."""
        return bool(self.also) and self.form.removeprefix("x")[0].isdigit()


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[Word, ...]:
    """The words that tell something, in their order."""
    return tuple(word for match in SIGNS.finditer(plain(text)) if (word := _word(match)) is not None)


def plain(text: str) -> str:
    """Small letters, Western digits, no vowel signs and no tatweel: still readable."""
    shown = unicodedata.normalize("NFKC", text).casefold().translate(PLAIN)
    return "".join(sign for sign in shown if unicodedata.category(sign) != "Mn")


def code(text: str) -> str:
    """A SKU, barcode or number of ours, whatever stands between its signs."""
    return "".join(sign for sign in plain(text) if sign.isalnum())


def _word(match: re.Match[str]) -> Word | None:
    written = " ".join(match.group().split())
    if match["measure"]:
        return _size(match["amount"], match["measure"], written)
    if pack := match["pack"] or match["times"]:
        return Word(f"x{int(pack)}", written, (str(int(pack)),))
    letters = _letters(match["word"])
    if letters in STOP:
        return None
    form = _stem(letters)
    return Word(form, written, tuple(_without_and(letters, form)))


def _size(amount: str, measure: str, written: str) -> Word:
    """330ml and 0.33 l are the same; a bare 330 or 0.33 finds it too."""
    number = Decimal(amount.replace(",", "."))
    unit, times = SIZES[measure]
    if not times:
        return Word(f"{_short(number)}{unit}", written, (_short(number),))
    small = number * times
    return Word(f"{_short(small)}{unit}", written, (_short(small), _short(small / 1000)))


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _letters(word: str) -> str:
    """Without accents and hamzas, alefs, yas and tas of one form."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if unicodedata.category(sign) != "Mn")
    return bare.translate(LETTERS)


def _stem(word: str) -> str:
    """Without the Arabic article or the English plural."""
    if word.isascii():
        return _singular(word) if word.isalpha() else word
    return next((word.removeprefix(each) for each in ARTICLES if _begins(word, each, 3)), word)


def _begins(word: str, start: str, left: int) -> bool:
    return word.startswith(start) and len(word) - len(start) >= left


def _singular(word: str) -> str:
    """Tomatoes, berries, boxes, dates; never far enough to make one word of two."""
    if len(word) > 4 and word.endswith(("ies", "ie")):
        return word.removesuffix("s").removesuffix("ie") + "y"
    if len(word) > 5 and word.endswith(("oes", "xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    return (
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    )


def _without_and(word: str, form: str) -> Iterator[str]:
    """Arabic writes "and" as a part of the next word."""
    if form == word and _begins(word, "و", 3):
        yield word[1:]


@cache
def packings() -> frozenset[str]:
    """What goods come in: said in passing, and seldom a part of their names."""
    return frozenset(word.form for word in words(PACKINGS))
