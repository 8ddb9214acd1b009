"""What is counted and put in order from columns at hand is what the database counts and puts in order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions
from catalog import facets, hits, search, shelves
from catalog.hits import Hits
from catalog.models import Brand, Product, Synonym
from catalog.tests.shelf import market  # noqa: F401
from catalog.wishes import Wish
from tests.cast import Cast
from tests.factories import BrandFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("crowd")]
SORTS = ("", "newest", "price", "-price", "name")
PRICES = [
    Decimal(price) for price in ("10.00", "11.25", "24.99", "25.00", "48.00", "99.90", "250.00", "900.00")
]


@pytest.fixture
def crowd(market: Cast) -> Cast:  # noqa: F811
    """Seventy kinds of water more, some sold out, of sixty makers: more than are named."""
    Synonym.objects.get_or_create(one="water", other="مياه")  # tests that commit leave none
    dice = random.Random(11)
    makers = [BrandFactory.create(slug=f"maker-{n}", name=f"Maker {n % 7}") for n in range(60)]
    every = [each.pk for root in shelves.tree() for each in root.walk()]
    for number in range(70):
        ProductFactory(
            name=dice.choice(["Water", "Still water", "Lemon water", "مياه", "Water of roses"]),
            price=dice.choice(PRICES), quantity=dice.choice([0, 5, 500]), category_id=dice.choice(every),
            vendor=dice.choice([market.ahmed_foods, market.desert_gold]), brand=makers[number % 60], sku=f"W{number}",
        )  # fmt: skip
    return market


def wishes_of(cast: Cast) -> list[Wish]:
    """Searches under filters as people choose them, a few of which leave nothing."""
    dice = random.Random(12)
    brands = [None, None, *Brand.objects.values_list("slug", flat=True)[:8], "nobody"]
    kinds: dict[str, Sequence[Any]] = {
        "category": ["", "", "drinks", "soft-drinks", "food", "no-shelf"], "brand": brands,
        "vendor": ["", "", cast.ahmed_foods.pk.lower(), cast.desert_gold.pk], "min_price": [None, None, *PRICES],
        "max_price": [None, None, *PRICES], "in_stock": [False, True], "sort": SORTS,
    }  # fmt: skip
    texts = ["water", "water", "مياه", "lemon water", "pepci", "basmati", "zzzz", cast.pepsi.code]
    plain = [Wish(search="water", sort=sort) for sort in SORTS]
    return plain + [
        Wish.of({"search": text} | {name: dice.choice(values) for name, values in kinds.items()})
        for text in texts * 8
    ]


def walked(wish: Wish, seen: int) -> list[Any]:
    """The keys on each page there and back."""
    page = search.page_of(wish, "", 7, seen)
    pages = [page]
    while page.next:
        page = search.page_of(wish, page.next, 7, seen)
        pages.append(page)
    back = [search.page_of(wish, page.previous, 7, seen)] if page.previous else []
    return [(page.keys, page.next, page.previous) for page in [*pages, *back]]


def told(wish: Wish) -> tuple[Any, ...]:
    counted = facets.of(wish)
    return counted, search.breadth(wish), walked(wish, counted.seen)


def differing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Wish]:
    """Wishes that are answered otherwise than by the database alone."""
    every = wishes_of(cast)
    quick = [told(wish) for wish in every]
    with monkeypatch.context() as without:
        without.setattr(hits, "of", lambda wish: None)
        return [wish for wish, answer in zip(every, quick, strict=True) if told(wish) != answer]


def test_both_ways_answer_the_same(market: Cast, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    found = [facets.of(wish) for wish in wishes_of(market)]
    assert {len(each.brand) for each in found} >= {0, 1, facets.MOST}
    assert max(each.seen for each in found) > 60
    assert differing(market, monkeypatch) == []


def test_and_where_each_product_is_looked_at_as_it_comes_by(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalog.wishes.COMMON", 20)
    assert {wish.search for wish in wishes_of(market) if wish.common} >= {"water", "مياه"}
    assert differing(market, monkeypatch) == []


MASKS = Hits._masks


def _without_prices(self: Hits, given: Any) -> Any:
    return MASKS(self, {name: value for name, value in given.items() if "price" not in name})


def test_control_a_filter_left_aside_is_noticed(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Hits, "_masks", _without_prices)
    assert differing(market, monkeypatch)


def test_what_is_too_much_is_left_to_the_database(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wish = Wish(search="lemon water", in_stock=True)
    assert hits.of(wish) is not None
    monkeypatch.setattr("catalog.wishes.WIDEST", search.breadth(Wish(search="lemon water")) // 2)
    assert hits.of(Wish(search="lemon water", in_stock=True)) is None
    assert facets.of(wish).capped


@pytest.mark.parametrize("widest", [5, 20])
def test_what_is_surely_too_much_is_not_asked_for(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    widest: int,
) -> None:
    """By how many names have the word, or by how many could."""
    monkeypatch.setattr("catalog.wishes.WIDEST", widest)
    with CaptureQueriesContext(connection) as asked:
        assert hits.of(Wish(search="water", in_stock=True)) is None
    assert not any('"catalog_product"' in query["sql"] for query in asked)


def test_what_may_be_little_more_than_few_is_read_as_a_whole_all_the_same(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wish = Wish(search="lemon water")
    found, best = search.breadth(wish), search.page_of(wish, "", 7).keys
    monkeypatch.setattr("catalog.wishes.WIDEST", found - 1)
    again = Wish(search="lemon water")
    counted = facets.of(again)
    assert (counted.seen, counted.capped) == (found, frozenset())
    assert search.page_of(again, "", 7, counted.seen).keys == best
    monkeypatch.setattr(hits, "NEARLY", 1)
    assert facets.of(Wish(search="lemon water")).capped


@pytest.mark.parametrize("common", [20, 1000])
def test_a_word_of_many_products_is_not_looked_up(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    common: int,
) -> None:
    """Neither for counts nor for how many there are; the words' index knows nothing of the expression."""
    monkeypatch.setattr("catalog.wishes.WIDEST", 5)
    monkeypatch.setattr("catalog.wishes.COMMON", common)
    with CaptureQueriesContext(connection) as captured:
        assert facets.of(Wish(search="water")).capped
        assert search.breadth(Wish(search="water", sort="price")) == 6
    looks = [query["sql"] for query in captured if "@@" in query["sql"]]
    assert len(looks) == 2
    assert {"COALESCE" in look for look in looks} == {common == 20}


def test_what_its_descriptions_say_makes_a_word_common_too(
    market: Cast,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ProductFactory.create_batch(12, vendor=market.desert_gold, description="Sold by the pallet")
    monkeypatch.setattr("catalog.wishes.COMMON", 12)
    assert Wish(search="pallet").common
    assert not Wish(search="pallet desert").common
    monkeypatch.setattr("catalog.wishes.COMMON", 13)
    assert not Wish(search="pallet").common


def test_nothing_is_asked_without_words() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert (hits.of(Wish(brand="pepsi")), hits.of(Wish(search="?!"))) == (None, None)
    assert not any('"catalog_product"' in query["sql"] for query in asked)
    assert Product.objects.count() > 70


def test_both_doors_open_to_the_same(market: Cast) -> None:  # noqa: F811
    actions.suspend(market.ahmed_foods.business, market.sara, note="Complaints.")
    Product.objects.filter(pk__in=Product.objects.filter(vendor=market.desert_gold)[:3]).update(
        status="draft"
    )
    door = {*Product.objects.on_sale().values_list("pk", flat=True)}
    assert {*Product.objects.on_sale_of_many().values_list("pk", flat=True)} == door
    assert 0 < len(door) < Product.objects.count() - 3
    found = hits.of(Wish(search="water"))
    assert found is not None
    assert {*found.vendor} == {market.desert_gold.pk}


def test_one_wish_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(wish: Wish, again: Wish) -> int:
        with CaptureQueriesContext(connection) as captured:
            facets.of(wish)
            search.page_of(again, "", 7)
        return sum("array_agg" in query["sql"] for query in captured)

    wish = Wish(search="water", in_stock=True)
    assert asked(wish, wish) == 1
    assert asked(Wish(search="water", in_stock=True), Wish(search="water", in_stock=True)) == 2
    monkeypatch.setattr("catalog.wishes.WIDEST", 20)
    wide = Wish(search="water")
    assert asked(wide, wide) == 1
