"""What somebody looks for, and the products that answer it: asked alike by lists, counts and suggestions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DecimalField,
    F,
    Field,
    Func,
    IntegerField,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from catalog import asking, shelves
from catalog.asking import Question
from catalog.models import Product, ProductQuerySet
from core.slots import AmongThem, Slot, Sql

COMMON = 50_000  # products with a word; its index would name them all before the first is read
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
        return self.question.named if self._named else self.question.told

    @property
    def _named(self) -> bool:
        return self.question.reach > WIDEST and self.question.reach_in_names > 0

    @property
    def common(self) -> bool:
        """Whether its words are sure to be in so many products that it costs less to look at each as it comes by."""
        return bool(self.search) and (self.question.sure if self._named else self.question.held) >= COMMON

    @cached_property
    def found(self) -> dict[str, Any]:
        """What its words found, as long as it is at hand."""
        return {}

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

    @property
    def given(self) -> dict[str, Any]:
        """What narrows the list, as the database has it; empty words where the search means nothing."""
        told: dict[str, Any] = {"words": self.words} if self.search else {}
        if self.category:
            shelf = shelves.shelf(self.category)
            told["shelves"] = [each.pk for each in shelf.walk()] if shelf else []
        asked = {"brand": self.brand or None, "min_price": self.min_price, "max_price": self.max_price}
        told |= {name: value for name, value in asked.items() if value is not None}
        told |= {"vendor": self.vendor.upper()} if self.vendor else {}
        return told | ({"in_stock": True} if self.in_stock else {})

    def without(self, *names: str) -> Wish:
        """The same, some filters lifted."""
        plain = Wish()
        less = replace(self, **{name: getattr(plain, name) for name in names})
        if self.search and (less.search, less.literal) == (self.search, self.literal):
            vars(less).update(question=self.question, found=self.found)  # read and asked once for all
        return less


class Holds(Func):
    """Whether the words of a product answer a question.

    `unseen`: the planner does not see it, so that it plans once for all questions.
    """

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, words: Any, question: Any, *, unseen: bool = False) -> None:
        asked: Any = Cast(question if isinstance(question, Slot) else Value(question), SearchQueryField())
        super().__init__(words, Func(asked, template="(SELECT %(expressions)s)") if unseen else asked)


def closeness(steps: Sequence[str | Slot]) -> Case:
    """How well a product answers (`Question.steps`), in hundreds: more than any standing."""
    whens = [
        When(Holds(F("words"), step), then=Value(100 * (len(steps) - place)))
        for place, step in enumerate(steps)
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def steps(count: int) -> list[Slot]:
    """Places for so many steps."""
    return [Slot(f"step {number}", CharField()) for number in range(count)]


SLOTS: dict[str, Field[Any, Any]] = {
    "words": CharField(), "shelves": ArrayField(BigIntegerField()), "brand": CharField(), "vendor": CharField(),
    "min_price": DecimalField(), "max_price": DecimalField(), "in_stock": BooleanField(),
}  # fmt: skip


def matching(wish: Wish, *, walked: bool = False) -> ProductQuerySet:
    """All products on sale that are looked for, in no order.

    `walked`: each is looked at as it comes by in an order; otherwise the words' own index finds them.
    """
    given = wish.given
    return narrowed(given, walked=walked) if given.get("words", "all") else Product.objects.none()


def with_slots(
    names: frozenset[str], *, walked: bool = False, rows: ProductQuerySet | None = None
) -> ProductQuerySet:
    """The same for whatever is given under these names."""
    return narrowed({name: Slot(name, SLOTS[name]) for name in names}, walked=walked, rows=rows)


def narrowed(
    given: Mapping[str, Any], *, walked: bool, rows: ProductQuerySet | None = None
) -> ProductQuerySet:
    """All products on sale (or these `rows`) within what is given (`Wish.given`), values or slots for them."""
    rows = Product.objects.on_sale() if rows is None else rows
    if "words" in given:
        words = Coalesce("words", Value("", SearchVectorField())) if walked else F("words")
        rows = rows.filter(Holds(words, given["words"], unseen=walked and len(given) == 1))
    if "shelves" in given:
        rows = rows.filter(AmongThem(F("category_id"), given["shelves"]))
    filters = {
        "brand": "brand__slug",
        "vendor": "vendor",
        "min_price": "price__gte",
        "max_price": "price__lte",
    }
    rows = rows.filter(**{told: given[name] for name, told in filters.items() if name in given})
    return rows.filter(stock__on_hand__gt=F("stock__reserved")) if "in_stock" in given else rows


def breadth(wish: Wish) -> int:
    """How many match; one more than `WIDEST` where there are more."""
    given = wish.given
    if not given.get("words", "all"):
        return 0
    using = Product.objects.all().db
    asked = _breadth(frozenset(given), walked=wish.common)
    return int(asked.asked(given | {"most": WIDEST + 1}, using)[0][0])


@cache
def _breadth(names: frozenset[str], *, walked: bool) -> Sql:
    rows = with_slots(names, walked=walked, rows=Product.objects.on_sale_of_many())
    return first(rows.order_by().values_list("pk")).counted


def first(rows: QuerySet[Any, Any]) -> Sql:
    """The question for the first `most` of these rows.

    How few are wanted the planner must not know: it would rather read products as they lie than ask the words' index.
    """
    text, values = Sql.of(rows)
    return Sql(f"{text} LIMIT (SELECT %s)", (*values, Slot("most", BigIntegerField())))
