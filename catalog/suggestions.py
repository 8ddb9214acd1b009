"""What somebody may be typing: goods, brands and shelves to go to at once. Two questions at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse

from catalog import folding, search, shelves, wishes
from catalog.models import Product
from catalog.wishes import Wish

MOST_GOODS = 6
MOST_NAMES = 3
LOOKED_AT = 500  # products that are put in order; who goes on typing narrows them


@dataclass(frozen=True)
class Suggestion:
    """Something to go to: its name, what stands beside it, and where it is."""

    label: str
    note: str
    url: str


@dataclass(frozen=True)
class Suggestions:
    """All that fits, by kind."""

    goods: list[Suggestion]
    brands: list[Suggestion]
    shelves: list[Suggestion]

    def __bool__(self) -> bool:
        return bool(self.goods or self.brands or self.shelves)


def of(text: str) -> Suggestions:
    """What begins or goes on like this; nothing for less than two letters."""
    forms = [word.form for word in folding.words(text)]
    if len(folding.code(text)) < 2:
        return Suggestions([], [], [])
    every = (shelf for root in shelves.tree() for shelf in root.walk())
    return Suggestions(
        goods=[_good(product) for product in _goods(Wish(search=text))],
        brands=[_narrowed("brand", brand) for brand in _called(forms, shelves.makers().values())],
        shelves=[_narrowed("category", shelf) for shelf in _called(forms, every)],
    )


def _goods(wish: Wish) -> list[Product]:
    """The best of those that match, of so many that asking stays cheap."""
    if not wish.words:
        return []
    walked = len(wish.question.terms) == 1 and wish.question.reach > wishes.WIDEST
    rows = wishes.matching(wish, walked=walked).defer("description").select_related("brand")
    if walked:
        return list(rows.order_by("-standing", "-pk")[:MOST_GOODS])
    looked_at = wishes.matching(wish).order_by().values("pk")[:LOOKED_AT]
    rows = Product.objects.filter(pk__in=looked_at).defer("description").select_related("brand")
    return list(
        rows.order_by(search.closeness(wish.question.steps).desc(), F("standing").desc(), "-pk")[:MOST_GOODS]
    )


def _called(forms: list[str], things: Iterable[Any]) -> Iterator[Any]:
    """Those of whose names every word is one, the last perhaps begun."""
    found = (
        thing for thing in things if forms and _fits(forms, folding.words(f"{thing.name} {thing.name_ar}"))
    )
    return (thing for _, thing in zip(range(MOST_NAMES), found, strict=False))


def _fits(forms: list[str], name: tuple[folding.Word, ...]) -> bool:
    own = {form for word in name for form in (word.form, *word.also)}
    *whole, last = forms
    return own.issuperset(whole) and any(form.startswith(last) for form in own)


def _good(product: Product) -> Suggestion:
    return Suggestion(product.title, product.brand.title, product.get_absolute_url())


def _narrowed(name: str, thing: Any) -> Suggestion:
    return Suggestion(thing.title, "", f"{reverse('catalog:list')}?{urlencode({name: thing.slug})}")
