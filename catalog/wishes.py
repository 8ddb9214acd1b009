"""What somebody looks for, and the products that answer it: asked alike by lists, counts and suggestions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from catalog import asking, shelves
from catalog.asking import Question
from catalog.models import Product, ProductQuerySet

WIDEST = 1000  # what matches is sorted and counted as a whole up to here; beyond, walked through in order


@dataclass(frozen=True)
class Wish:
    """What somebody looks for. `arabic` sorts names as readers of Arabic see them."""

    search: str = ""
    category: str = ""
    brand: str = ""
    vendor: str = ""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool = False
    sort: str = ""
    literal: bool = False
    arabic: bool = False

    @cached_property
    def question(self) -> Question:
        """The search as it was understood, read once."""
        return asking.read(self.search, literally=self.literal)

    @cached_property
    def words(self) -> str:
        """What the words of a product are compared with; descriptions are left aside where names give enough."""
        enough = self.question.reach > WIDEST and self.question.reach_in_names
        return self.question.named if enough else self.question.told

    @property
    def corrected(self) -> str:
        """What was searched for in place of what was typed; nothing if that is the same."""
        return self.question.corrected if self.search else ""

    @classmethod
    def of(cls, facts: dict[str, Any], *, arabic: bool = False) -> Wish:
        """From the cleaned data of the form; what was wrong there is not wished for."""
        return cls(**{name: value for name, value in facts.items() if value not in (None, "")}, arabic=arabic)

    @property
    def order(self) -> str:
        """The name of the sort: the best first for a search, otherwise the newest."""
        return self.sort or self.natural

    @property
    def natural(self) -> str:
        """The order that need not be asked for."""
        return "relevance" if self.search else "newest"

    @property
    def open(self) -> bool:
        """Whether it is for everything, in whatever order."""
        return replace(self, sort="", arabic=False) == Wish()

    def without(self, *names: str) -> Wish:
        """The same, some filters lifted."""
        plain = Wish()
        less = replace(self, **{name: getattr(plain, name) for name in names})
        if self.search and (less.search, less.literal) == (self.search, self.literal):
            vars(less)["question"] = self.question  # read once for all
        return less


class Holds(Func):
    """Whether the words of a product answer a question."""

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, words: Any, question: str) -> None:
        super().__init__(words, Cast(Value(question), SearchQueryField()))


def matching(wish: Wish, *, walked: bool = False) -> ProductQuerySet:
    """All products on sale that are looked for, in no order.

    `walked`: each is looked at as it comes by in an order; otherwise the words' own index finds them.
    """
    rows: ProductQuerySet = Product.objects.on_sale()
    if wish.search:
        words = Coalesce("words", Value("", SearchVectorField())) if walked else F("words")
        rows = rows.filter(Holds(words, wish.words)) if wish.words else rows.none()
    if wish.category:
        shelf = shelves.shelf(wish.category)
        rows = rows.filter(category__in=[each.pk for each in shelf.walk()] if shelf else [])
    if wish.brand:
        rows = rows.filter(brand__slug=wish.brand)
    if wish.vendor:
        rows = rows.filter(vendor=wish.vendor.upper())
    if wish.min_price is not None:
        rows = rows.filter(price__gte=wish.min_price)
    if wish.max_price is not None:
        rows = rows.filter(price__lte=wish.max_price)
    return rows.filter(stock__on_hand__gt=F("stock__reserved")) if wish.in_stock else rows


def breadth(wish: Wish) -> int:
    """How many match; one more than `WIDEST` where there are more."""
    rows = matching(wish).order_by().values_list("pk")
    with suppress(EmptyResultSet), connections[rows.db].cursor() as cursor:
        text, values = first(rows)
        cursor.execute(f"SELECT count(*) FROM ({text}) hit", values)
        return int(cursor.fetchone()[0])
    return 0


def first(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """A query for one more than `WIDEST` of these rows, and its values. Raises `EmptyResultSet` if there can be none.

    How few are wanted the planner must not know: it would rather read products as they lie than ask the words' index.
    """
    text, values = rows.query.sql_with_params()
    return f"{text} LIMIT (SELECT %s)", (*values, WIDEST + 1)
