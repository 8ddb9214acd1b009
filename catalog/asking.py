"""What somebody types, read with the words of the catalogue: begun words are ended, slips corrected, synonyms joined.

One look-up among the words; no product is asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache as once
from itertools import pairwise
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, QuerySet

from catalog import cache, folding, spelling
from catalog.codes import barcodes
from catalog.folding import Word as Read
from catalog.models import Synonym, Word
from core.slots import AmongThem, Slot, Sql

MOST_WORDS = 10
MOST_ENDINGS = 20
CANDIDATES = 200  # that may be a slip away
SHORTEST_BEGINNING = 4  # of a code
IN_NAME = "'{}':A"
FORMS = ArrayField(CharField())
LAST = "\U0010ffff"

Phrase = tuple[str, ...]
Synonyms = dict[Phrase, list[Phrase]]


class Kept(NamedTuple):
    """A word as it is written, how many products have it, and how many in their names."""

    written: str
    products: int
    named: int


Known = dict[str, Kept]
NOBODY = Kept("", 0, 0)


@dataclass(frozen=True)
class Term:
    """One thing that is asked for: as it was written, and the phrases of which a product has to hold one.

    `begun` is what was typed where the phrases are words that begin so. What is `passing` need not be held.
    """

    written: str
    phrases: tuple[Phrase, ...]
    reach: int = 0  # no more products hold it
    named: int = 0  # nor in their names
    held: int = 0  # as many hold it, at least
    sure: int = 0  # and as many in their names
    corrected: bool = False
    synonyms: tuple[Phrase, ...] = ()
    begun: str = ""
    passing: bool = False

    @property
    def every(self) -> tuple[Phrase, ...]:
        """With what means the same."""
        return self.phrases + self.synonyms


@dataclass(frozen=True)
class Question:
    """What is asked for, and the same in PostgreSQL's words. `codes` are lexemes of which one is enough."""

    terms: tuple[Term, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[Term, ...]:
        """What a product has to hold: all terms but what is said in passing, or just that."""
        return tuple(term for term in self.terms if not term.passing) or self.terms

    @property
    def reach(self) -> int:
        """No more products than this can match by their words."""
        return min((term.reach for term in self.needed), default=0)

    @property
    def reach_in_names(self) -> int:
        """No more than this by their names, brands, shelves and packing."""
        return min((term.named for term in self.needed), default=0)

    @property
    def sure(self) -> int:
        """As many products match by their names, at least."""
        return self.needed[0].sure if len(self.needed) == 1 else 0

    @property
    def held(self) -> int:
        """As many products match by their words, at least."""
        return self.needed[0].held if len(self.needed) == 1 else 0

    @property
    def corrected(self) -> str:
        """What was understood in its place, if something was corrected; otherwise nothing."""
        return " ".join(term.written for term in self.terms) if any(t.corrected for t in self.terms) else ""

    @property
    def named(self) -> str:
        """Every term in names, brands, shelves or packing; or a code."""
        return self._every("'{}'", *self.codes)

    @property
    def told(self) -> str:
        """Every term there or in a description; or a code."""
        return self._every("('{0}'|'-{0}')", *self.codes)

    @property
    def steps(self) -> list[str]:
        """From the best match down: a code; all of a name; all but its size; then how well names and shelves fit."""
        if not self.terms:
            return list(self.codes)
        key = " ".join(sorted({form for term in self.terms for form in term.phrases[0]}))
        said = "&".join(_one_of(term.phrases, IN_NAME) for term in self.terms)
        shelf, first = self._any("'{}':B"), "|".join(f"'^{term.phrases[0][0]}'" for term in self.terms)
        named = self._every("'{}'")
        fits = [f"{said}&({shelf})&({first})", f"{said}&({shelf})", said, self._every(IN_NAME)]
        codes = ["|".join(self.codes)] if self.codes else []
        return [*codes, f"'={key}'", f"'~{key}'", *fits, f"({named})&({self._any(IN_NAME)})", named]

    def _every(self, how: str, *others: str) -> str:
        every = "&".join(_one_of(term.every, how) for term in self.needed)
        return "|".join(filter(None, (every, *others)))

    def _any(self, how: str) -> str:
        return "|".join(_one_of(term.every, how) for term in self.terms)


def read(text: str, *, literally: bool = False) -> Question:
    """The question in a text; `literally` corrects nothing. A text without words asks for nothing.

    Remembered as briefly as what it finds.
    """
    facts = ("question", text, literally)
    return cache.remembered(cache.GOODS, facts, lambda: _read(text, literally), cache.BRIEF, shared=False)


def _read(text: str, literally: bool) -> Question:
    typed = folding.words(text)[:MOST_WORDS]
    pairs = synonyms()
    known = _known(typed, pairs)
    terms = _joined([_term(word, known, pairs, word is typed[-1]) for word in typed], known, pairs)
    if literally:
        return Question(tuple(terms), tuple(_codes(text)))
    if not all(term.reach or _in_passing(term) for term in terms):
        terms = _joined([_corrected(term, known) for term in terms], known, pairs)
    terms = [replace(term, passing=_in_passing(term)) for term in terms]
    return Question(tuple(terms), tuple(_codes(text)))


def _in_passing(term: Term) -> bool:
    """Whether it only says what the goods come in."""
    return len(term.phrases[0]) == 1 and term.phrases[0][0] in folding.packings()


def synonyms() -> Synonyms:
    """Phrase → the phrases that mean the same, both ways."""
    return cache.remembered(cache.SHELVES, "synonyms", _paired, cache.LONG)


def _paired() -> Synonyms:
    found: Synonyms = {}
    for pair in Synonym.objects.values_list("one", "other"):
        one, other = (tuple(word.form for word in folding.words(text)) for text in pair)
        if one and other and one != other:
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found


def _known(typed: Sequence[Read], pairs: Synonyms) -> Known:
    """One question: the words themselves, two together, what they mean, what begins so, and what is a slip away."""
    if not typed:
        return {}
    forms = {form for word in typed for form in (word.form, *_spelled(word))}
    forms |= {one.form + other.form for one, other in pairwise(typed)}
    meant = {
        form for phrase, others in pairs.items() if {*phrase} <= forms for each in others for form in each
    }
    slips = [*spelling.slips(word.form for word in typed)]
    begun = [word.form for word in typed if len(word.form) > 1]
    given: dict[str, Any] = {"forms": [*forms, *meant], "slips": slips}
    for place, form in enumerate(begun):
        given |= {f"from {place}": form, f"to {place}": form + LAST}
    return {form: Kept(*kept) for form, *kept in _look_up(len(begun)).asked(given, Word.objects.all().db)}


@once
def _look_up(begun: int) -> Sql:
    """Put into SQL once for so many words that may be begun."""
    there = Word.objects.filter(products__gt=0)
    found = there.filter(AmongThem(F("form"), Slot("forms", FORMS))).values_list("form", *Kept._fields)
    others = [
        there.filter(near__overlap=Slot("slips", FORMS)).order_by("-products")[:CANDIDATES],
        *(_begun(place) for place in range(begun)),
    ]
    return Sql.of(found.union(*(each.values_list("form", *Kept._fields) for each in others), all=True))


def _begun(place: int) -> QuerySet[Word]:
    """The commonest words that begin so."""
    low, high = Slot(f"from {place}", CharField()), Slot(f"to {place}", CharField())
    words = Word.objects.filter(form__gt=low, form__lt=high, products__gt=0)
    return words.order_by("-products")[:MOST_ENDINGS]


def _spelled(word: Read) -> tuple[str, ...]:
    return () if word.measures else word.also


def _term(word: Read, known: Known, pairs: Synonyms, last: bool) -> Term:
    """The word if there is such a one, or one that means it; otherwise what is begun with it, numbers only while they
    are typed.
    """
    forms = [form for form in (word.form, *_spelled(word)) if form in known or _meant(form, known, pairs)]
    begun = "" if forms else word.form
    if begun and (last or word.form.isalpha()):
        forms = [form for form in known if form.startswith(word.form)][:MOST_ENDINGS]
    phrases = tuple((form,) for form in forms) or ((word.form,),)
    return Term(word.written, phrases, *_reach(phrases, known), begun=begun)


def _meant(form: str, known: Known, pairs: Synonyms) -> bool:
    return any(known.keys() >= {*other} for other in pairs.get((form,), ()))


def _joined(terms: list[Term], known: Known, pairs: Synonyms) -> list[Term]:
    """Neighbours that are one word or have a meaning together become one term; each gets what means the same."""
    found: list[Term] = []
    while terms:
        size = next((size for size in (3, 2) if _together(terms[:size], size, known, pairs)), 1)
        found.append(_meaning(terms[:size], known, pairs))
        terms = terms[size:]
    return found


def _together(terms: list[Term], size: int, known: Known, pairs: Synonyms) -> Phrase:
    """The words under which these terms belong together, begun words ended or as they were typed, if they do."""
    ended = tuple(term.phrases[0][0] for term in terms)
    typed = tuple(term.begun or form for term, form in zip(terms, ended, strict=True))
    belong = (forms for forms in (ended, typed) if forms in pairs or (size == 2 and "".join(forms) in known))
    return next(belong, ()) if len(terms) == size else ()


def _meaning(terms: list[Term], known: Known, pairs: Synonyms) -> Term:
    forms = _together(terms, len(terms), known, pairs) or terms[0].phrases[0]
    own = terms[0].phrases if len(terms) == 1 else (forms, ("".join(forms),))
    others = tuple(dict.fromkeys(other for each in own for other in pairs.get(each, ()) if other not in own))
    reach = _reach((*own, *others), known)
    written, corrected = " ".join(term.written for term in terms), any(term.corrected for term in terms)
    return Term(written, own, *reach, corrected, others, terms[0].begun if len(terms) == 1 else "")


def _reach(phrases: tuple[Phrase, ...], known: Known) -> tuple[int, int, int, int]:
    """How many products can hold one of these phrases at most, how many in their names; how many do so surely."""
    words = [[known.get(form, NOBODY) for form in phrase] for phrase in phrases]
    return (
        sum(min(kept.products for kept in each) for each in words),
        sum(min(kept.named for kept in each) for each in words),
        max((each[0].products for each in words if len(each) == 1), default=0),
        max((each[0].named for each in words if len(each) == 1), default=0),
    )


def _corrected(term: Term, known: Known) -> Term:
    """What nothing is found by, read as the likeliest word of the catalogue."""
    likely = None if term.reach or _in_passing(term) else spelling.likeliest(term.phrases[0][0], known)
    if likely is None:
        return term
    written, products, named = known[likely]
    return Term(written, ((likely,),), products, named, products, named, corrected=True)


def _one_of(phrases: tuple[Phrase, ...], how: str) -> str:
    return f"({'|'.join('&'.join(how.format(form) for form in phrase) for phrase in phrases)})"


def _codes(text: str) -> Iterator[str]:
    """The text as a whole as a code: a number of ours, a SKU or how it begins, a barcode with or without zeros."""
    code = folding.code(text)[: folding.LONGEST_CODE]
    if len(code) > 1:
        yield f"'#{code}'"
        yield from (f"'#{long}'" for long in sorted(barcodes(code) - {code}))
    if len(code) >= SHORTEST_BEGINNING and " " not in text.strip() and any(map(str.isdigit, code)):
        yield f"'#{code}':*"
