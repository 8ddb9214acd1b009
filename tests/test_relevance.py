"""What people look for is among the first three: judged searches in both languages over the demo's shelves."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from aqad.demo import people
from aqad.demo.goods import stock_shelves
from aqad.demo.sorts import unfolded
from aqad.demo.world import World
from catalog import index, search
from catalog.lifecycle import ProductStatus
from catalog.models import Image, Product
from catalog.search import Wish

pytestmark = pytest.mark.django_db

FIRST = 3
ENOUGH = 0.95


class Judged(NamedTuple):
    """A search and what right answers hold: one of several sets of words."""

    text: str
    right: list[list[str]]

    def holds(self, product: Product) -> bool:
        told = f"{product.name} {product.brand.name} {product.category.slug}".lower()
        return any(all(word in told for word in words) for words in self.right)


def judged() -> list[Judged]:
    lines = Path(__file__).with_name("relevance.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" | ") for line in lines if line.strip() and not line.startswith("#")]
    return [Judged(text, [words.split() for words in right.lower().split(" / ")]) for text, right in pairs]


def fill() -> None:
    """The demo's shelves, all of it on sale, without its orders and pictures."""
    # a test may have flushed them
    import_module("catalog.migrations.0010_words_of_the_trade").begin(apps, None)
    import_module("catalog.migrations.0012_more_words_of_the_trade").go_on(apps, None)
    world = World(timezone.now(), people.staff())
    people.settle(world)
    stock_shelves(world, [Image(position=0, file="x.webp", width=1, height=1) for _ in unfolded()])
    Product.objects.update(status=ProductStatus.LISTED)
    index.rebuild(Product.objects.all())


def missed() -> list[tuple[Judged, list[str]]]:
    """Searches without a right answer among the first, and what came instead."""
    found = [(each, search.page_of(Wish(search=each.text), "", FIRST).rows) for each in judged()]
    return [
        (each, [row.name for row in rows]) for each, rows in found if not any(each.holds(row) for row in rows)
    ]


@pytest.fixture(scope="module")
def shelves(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Filled once for all tests here, and emptied after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("shelves")
def test_nineteen_of_twenty_find_it_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    every, wrong = judged(), missed()
    with capsys.disabled():
        print(
            f"\nSearches with a right answer in the first {FIRST}: {len(every) - len(wrong)} of {len(every)}"
        )
        for each, names in wrong:
            print(f"  {each.text}: {', '.join(names) or 'nothing'}")
    assert len(every) >= 150
    assert len(every) - len(wrong) >= ENOUGH * len(every)
