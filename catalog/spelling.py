"""Slips of the hand: which word of the catalogue somebody meant who typed one that is not there.

Two words that are one or two slips apart have a spelling in common when a letter or two are taken out of each. Every
word is kept with what is left of it so, and found by an index; no word is compared that is not near.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations

SHORT = 3


@lru_cache(maxsize=20_000)
def near(form: str) -> frozenset[str]:
    """A word and what is left of it when as many letters are taken out as slips are forgiven in it."""
    left = {form}
    for slips in range(1, forgiven(form) + 1):
        kept = combinations(range(len(form)), len(form) - slips)
        left.update("".join(form[place] for place in places) for places in kept)
    return frozenset(left)


def forgiven(form: str) -> int:
    """How many slips a word may hold: none in short words, in numbers and in what nobody types."""
    if len(form) < 4 or len(form) > 20 or not form.isalpha():
        return 0
    return 1 if len(form) < 6 else 2


def _short(form: str) -> bool:
    return len(form) == SHORT and form.isalpha()


def slips(forms: Iterable[str]) -> list[str]:
    """All that is left of these words, of those in which a slip is forgiven; a short one may itself be what is left."""
    return sorted({left for form in forms if forgiven(form) or _short(form) for left in near(form)})


def likeliest(typed: str, words: Mapping[str, tuple[str, int, int]]) -> str | None:
    """The nearest of these words to one that is not there: fewest slips, the same first letter, most products.

    In a word of three letters only one that was left out is forgiven, and no word is taken for its opposite.
    """
    most = 1 if _short(typed) else forgiven(typed)
    if not most:
        return None
    ranked = [
        (distance(typed, form, most), form[0] != typed[0], -products, form)
        for form, (_written, products, _named) in words.items()
        if (not _short(typed) or len(form) > len(typed)) and typed not in (f"un{form}", f"non{form}")
    ]
    best = min(ranked, default=(most + 1, False, 0, ""))
    return best[3] if best[0] <= most else None


def distance(one: str, other: str, most: int) -> int:
    """Letters that were left out, put in, mistaken or swapped with the next; beyond `most` only that it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        earlier, before, row = before, row, [place]
        for at, sign in enumerate(other, 1):
            best = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != sign))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == sign:
                best = min(best, earlier[at - 2] + 1)
            row.append(best)
    return row[-1]
