"""Reading: the catalogue the whole way and from memory, beside django-oscar and the least project, and as it grows."""

from __future__ import annotations

import base64
import http.client
import json
import statistics
import time
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.load import LOOPBACK, Load, asked, stormed

WHOLE = {"Cookie": "aqad-session=none"}  # a session nobody has: no ready answer, the whole way
MANY = 2000  # of ours, so that none comes again while anything is remembered of it
THEIRS = 60


@dataclass(frozen=True)
class Paths:
    """Different pages of the same kind, so that no answer is asked for twice in a moment."""

    listing: list[str]
    search: list[str]
    detail: list[str]


def of_aqad() -> Paths:
    """Pages anywhere in the list, searches under filters, products from everywhere."""
    from catalog.models import Product, Word

    keys = list(Product.objects.on_sale().order_by("pk").values_list("pk", flat=True))
    step = max(1, len(keys) // MANY)
    some = list(Product.objects.filter(pk__in=keys[step // 2 :: step][:MANY]))
    known = (
        Word.objects.filter(named__range=(20, 1000), form__gte="a")
        .order_by("form")
        .values_list("form", flat=True)
    )
    words = list(known)  # some hundred, so that none comes again while what it found is remembered
    return Paths(
        [f"/catalog/?cursor={cursor(row.pk)}" for row in some],
        [
            f"/catalog/?search={quote(words[n % len(words)])}&min_price={n / 100:.2f}&in_stock=true"
            for n in range(MANY)
        ],
        [row.get_absolute_url() for row in some],
    )


def of_oscar(detail: list[str], products: int) -> Paths:
    """The same of django-oscar."""
    words = ("Pepsi", "Rice", "Labneh", "Dates", "Karak", "Honey", "Water", "Flour")
    band = quote("price:[20 TO 40]")
    pages = products // 24 - 1
    return Paths(
        [f"/catalogue/?page={1 + n % pages}" for n in range(THEIRS)],
        [f"/search/?q={words[n % 8]}+{n % 20}&selected_facets={band}" for n in range(THEIRS)],
        detail,
    )


def cursor(pk: int) -> str:
    """Where a page begins in the order of the newest."""
    return base64.urlsafe_b64encode(json.dumps(["newest", 0, str(pk), pk]).encode()).decode().rstrip("=")


def rate(port: int, paths: list[str], seconds: float, headers: dict[str, str]) -> float:
    """Good answers a second over eight connections. Raises `RuntimeError` when more than a few were none."""
    return asked(port, paths, seconds, **headers)


def warm(port: int, paths: list[str], headers: dict[str, str]) -> None:
    """Ask for some, so that threads, templates and connections are there on either side."""
    stormed(Load(port, [("GET", path, None) for path in paths[:60]], 8, 8, 120, headers=[headers]))


def ready(port: int, path: str, seconds: float) -> float:
    """Answers a second to anybody, from memory."""
    return asked(port, [path], seconds)


def size(port: int, path: str) -> int:
    """Bytes of an answer."""
    return len(_get(port, path))


def middle(port: int, paths: list[str], headers: dict[str, str]) -> float:
    """Milliseconds of one request after another, in the middle."""
    took = []
    for path in paths:
        began = time.perf_counter()
        _get(port, path, headers)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def _get(port: int, path: str, headers: dict[str, str] | None = None) -> bytes:
    line = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    line.request("GET", path, headers=headers or {})
    answer = line.getresponse()
    body = answer.read()
    line.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def visible(port: int) -> float:
    """Seconds from a price's commit in another process until every look shows it, at both web processes; worst of 6.

    Looked at are the list, a search and the product, as pages and in the API, by visitors whom either process answers.
    """
    from catalog import actions
    from catalog.models import Product
    from core.access import SYSTEM

    row, worst = Product.objects.on_sale().order_by("-pk")[0], 0.0
    page, search = row.get_absolute_url(), f"search={row.code}"
    places = ("/catalog/", f"/catalog/?{search}", page, "/api/products", f"/api/products?{search}")
    places = (*places, f"/api/products/{row.code}")
    for turn in range(6):
        price = f"{11 + turn}.{turn}7"
        for path in places * 4:
            _get(port, path)  # either process has it ready
        actions.edit(row, {"price": price}, SYSTEM)
        worst = max(worst, _seen_after(port, places, price))
    return worst


def _seen_after(port: int, places: tuple[str, ...], price: str) -> float:
    """Seconds until the last look, of many in turns over new connections, that did not show it."""
    began = last = time.monotonic()
    while time.monotonic() - began < 1.5:
        for path in places:
            asked_at = time.monotonic()
            if price not in _get(port, path).decode():
                last = asked_at
    return last - began
