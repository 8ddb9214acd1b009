"""Reading: the catalogue the whole way and from memory, beside django-oscar and the least project, and as it grows."""

from __future__ import annotations

import base64
import http.client
import json
import statistics
import time
from dataclasses import dataclass

from benchmarks.load import LOOPBACK, Load, asked, stormed

WHOLE = {"Cookie": "aqad-session=none"}  # a session nobody has: no ready answer, the whole way
MANY = 60


@dataclass(frozen=True)
class Paths:
    """Different pages of the same kind, so that no answer is asked for twice in a moment."""

    listing: list[str]
    search: list[str]
    detail: list[str]


def of_aqad() -> Paths:
    """Pages anywhere in the list, searches under filters, products from everywhere."""
    from catalog.models import Product

    keys = list(Product.objects.on_sale().order_by("pk").values_list("pk", flat=True))
    step = max(1, len(keys) // MANY)
    some = list(Product.objects.on_sale().filter(pk__in=keys[step // 2 :: step][:MANY]))
    words = ("pepsi", "basmati rice", "labneh", "dates", "karak", "honey", "water", "flour")
    return Paths(
        [f"/catalog/?cursor={cursor(row.pk)}" for row in some],
        [
            f"/catalog/?search={words[n % 8].replace(' ', '+')}&min_price={n % 20}&in_stock=true"
            for n in range(MANY)
        ],
        [row.get_absolute_url() for row in some],
    )


def of_oscar(detail: list[str], products: int) -> Paths:
    """The same of django-oscar."""
    words = ("Pepsi", "Rice", "Labneh", "Dates", "Karak", "Honey", "Water", "Flour")
    pages = products // 24 - 1
    return Paths(
        [f"/catalogue/?page={1 + n % pages}" for n in range(MANY)],
        [f"/search/?q={words[n % 8]}+{n % 20}" for n in range(MANY)],
        detail,
    )


def cursor(pk: int) -> str:
    """Where a page begins in the order of the newest."""
    return base64.urlsafe_b64encode(json.dumps(["newest", 0, str(pk), pk]).encode()).decode().rstrip("=")


def rate(port: int, paths: list[str], seconds: float, headers: dict[str, str]) -> float:
    """Good answers a second over eight connections. Raises `RuntimeError` when more than a few were none."""
    result = stormed(Load(port, [("GET", path, None) for path in paths], 8, seconds, headers=[headers]))
    if result.of(200) < 0.8 * sum(result.statuses.values()):
        raise RuntimeError(f"{paths[0]}: {result.statuses}")
    return result.of(200) / result.seconds


def warm(port: int, paths: list[str], headers: dict[str, str]) -> None:
    """Ask for each a few times, so that threads, templates and connections are there on either side."""
    stormed(Load(port, [("GET", path, None) for path in paths], 8, 8, 2 * len(paths), headers=[headers]))


def ready(port: int, path: str, seconds: float) -> float:
    """Answers a second to anybody, from memory."""
    return asked(port, path, seconds)


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
    """Seconds from a price's commit in another process until every look at the list shows it; the worst of 8."""
    from catalog import actions
    from catalog.models import Product
    from core.access import SYSTEM

    row, worst = Product.objects.on_sale().order_by("-pk")[0], 0.0
    for turn in range(8):
        price = f"{11 + turn}.{turn}7"
        actions.edit(row, {"price": price}, SYSTEM)
        began = last = time.monotonic()
        while time.monotonic() - began < 1.5:
            if f"{price}" not in _get(port, "/catalog/").decode():
                last = time.monotonic()
        worst = max(worst, last - began)
    return worst
