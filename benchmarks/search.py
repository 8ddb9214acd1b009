"""How fast goods are found: `python -m benchmarks.search 10000 100000 1000000`, one connection, nothing remembered.

The catalogue grows from size to size in a PostgreSQL of its own, or in the one that DATABASE_URL names. Each kind of
question is asked with many texts in turn; a table of p50 and p99 in milliseconds, then one line of JSON. Shelves and
makers' names come from Valkey as they do in the market; what is kept of answers for a second is not used.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

SLIPS = ("pepci 330", "basmatti rice 5kg", "choclate wafer", "spagetti 400g", "cardamon tea", "بيسبي", "lentills",
         "strawbery jam", "chikpeas", "sunflowr oil 1.5l", "mayonaise", "saffran", "تونه زيت")  # fmt: skip
RIGHT = ("pepsi 330", "mango juice 1l", "reem water", "أرز بسمتي", "honey sidr", "halloumi", "karak tea",
         "tomato paste", "حليب كامل الدسم", "chicken wings", "olive oil 750ml", "تمر مجدول")  # fmt: skip
BROAD = ("milk", "rice", "carton", "water", "oil", "حليب", "juice", "reem")
TYPED = ("pe", "peps", "mango ju", "basm", "حل", "chick", "olive o", "sardi", "wat", "karak")
HOSTILE = (
    "pepsi " * 33,
    "a " * 99,
    "' & | ! ( ) : *",
    "x" * 200,
    "24x" * 60,
    "the of and",
    "1 2 3 4 5 6 7 8 9 10",
)
SHELVES = ("drinks", "water", "rice-grains", "spices", "snacks-sweets", "frozen")


def main() -> None:
    """Measure at every size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="+", help="products, such as 10000 100000 1000000")
    parser.add_argument("--rounds", type=int, default=200, help="times that each kind is asked")
    parser.add_argument(
        "--folder", type=Path, help="where the servers keep their data, to go on with another time"
    )
    arguments = parser.parse_args()
    with _ground(arguments.folder):
        from core.door import stay

        stay()  # as a process of the web does before its first request
        told = {size: _at(size, arguments.rounds) for size in sorted(arguments.sizes)}
    _print(told)


@contextmanager
def _ground(folder: Path | None) -> Iterator[None]:
    from benchmarks import ground

    if "DATABASE_URL" in os.environ:
        ground.begin()
        yield
    else:
        with ground.servers(folder):
            yield


def _at(size: int, rounds: int) -> dict[str, dict[str, float]]:
    from benchmarks.catalogue import fill
    from catalog import cache

    fill(size)
    cache.shelves_changed()
    cache.BRIEF = 0
    return {name: _timed(ask, texts, rounds) for name, (ask, texts) in _kinds().items()}


def _kinds() -> dict[str, tuple[Callable[[Any], object], tuple[Any, ...]]]:
    from catalog import search, suggestions
    from catalog.models import Product

    listed = Product.objects.on_sale()
    codes = tuple(listed.order_by("pk").values_list("pk", flat=True)[:2000:40])
    middle = listed.order_by("price", "pk")[listed.count() // 2].price
    return {
        "slips, facets": (lambda text: _page(search=text), SLIPS),
        "words, facets": (lambda text: _page(search=text), RIGHT),
        "broad word, facets": (lambda text: _page(search=text), BROAD),
        "hostile, facets": (lambda text: _page(search=text[:200]), HOSTILE),
        "suggestions": (suggestions.of, TYPED),
        "shelf, facets": (lambda slug: _page(category=slug), SHELVES),
        "listing": (lambda _: search.page_of(search.Wish(), "", 24).faces, ("",)),
        "deep cursor": (lambda at: search.page_of(search.Wish(sort="price"), at, 24).faces, (_deep(middle),)),
        "detail": (lambda key: _detail(key), codes),
    }


def _page(**wishes: Any) -> object:
    """What the page of the catalogue asks: facets, count and the first page."""
    from catalog import facets, search

    wish = search.Wish(**wishes)
    counted = facets.of(wish)
    return search.page_of(wish, "", 24, counted.seen).faces, search.count(wish, counted.seen), wish.corrected


def _detail(key: int) -> object:
    from catalog import search
    from catalog.wholes import Whole

    whole = Whole.on_sale(f"P{key}")
    assert whole
    return search.similar(whole.category_id, whole.pk)


def _deep(price: Any) -> str:
    """The cursor of a page in the middle of the catalogue by price."""
    import base64

    text = json.dumps(["price", 0, str(price), 1_000_001])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _timed(ask: Callable[[Any], object], texts: tuple[Any, ...], rounds: int) -> dict[str, float]:
    """Once through to warm up, then p50 and p99 in milliseconds, and questions to the database for one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for text in texts:
        ask(text)
    with CaptureQueriesContext(connection) as asked:
        ask(texts[0])
    took = [_once(ask, text) for text, _ in zip(cycle(texts), range(rounds), strict=False)]
    cuts = statistics.quantiles(took, n=100)
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2), "questions": len(asked)}


def _once(ask: Callable[[Any], object], text: Any) -> float:
    began = time.perf_counter()
    ask(text)
    return (time.perf_counter() - began) * 1000


def _print(told: dict[int, dict[str, dict[str, float]]]) -> None:
    first, last = min(told), max(told)
    print(f"{'p50 / p99 in ms':<20}" + "".join(f"{size:>18,}" for size in told) + f"{'growth':>9}{'SQL':>5}")
    for name, at_last in told[last].items():
        cells = "".join(f"{told[size][name]['p50']:>9.1f} /{told[size][name]['p99']:>7.1f}" for size in told)
        growth = at_last["p50"] / told[first][name]["p50"]
        print(f"{name:<20}{cells}{growth:>8.1f}x{at_last['questions']:>5.0f}")
    print(json.dumps({"search": told}))


if __name__ == "__main__":
    main()
