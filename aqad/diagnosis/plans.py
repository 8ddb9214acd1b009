"""The product list's own statements: how many a page asks, how long each takes, and what their plans say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from aqad.diagnosis.grammar import Finding, Seen, first_line, short
from catalog import facets, search
from catalog.models import Category, Product
from catalog.search import Wish
from core import binding

SIZE = 25
MOST = 10
"""Statements that a page may take; more looks like one for each row."""
SCANNED = 20_000
MISJUDGED = 100


@dataclass(frozen=True)
class Asked:
    """A statement as it was asked, and how long it took."""

    sql: str
    values: Any
    seconds: float


class Listener:
    """Hears every statement of this connection."""

    def __init__(self) -> None:
        self.heard: list[Asked] = []

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, values, many, context)
        finally:
            self.heard.append(Asked(str(sql), values, time.perf_counter() - began))


def pages() -> Iterator[Seen]:
    """Every kind of page of the list, asked as the market asks, and the plan of each of its statements."""
    try:
        kinds = _kinds()
    except DatabaseError as problem:
        yield _refused("any page", problem, "a product to search for")
        return
    for name, make in kinds.items():
        listener = Listener()
        try:
            with connection.execute_wrapper(listener):
                make()
        except DatabaseError as problem:
            yield _refused(name, problem, listener.heard[-1].sql)
            return
        yield from _judged(name, listener.heard)


def _kinds() -> dict[str, Callable[[], Any]]:
    some = Product.objects.order_by("-pk").values_list("name", "category__slug").first() or ("water", "")
    wishes = {
        "newest": Wish(),
        f"search “{some[0].split()[0]}”": Wish(search=some[0].split()[0]),
        f"category {some[1]}": Wish(category=some[1] or _a_category()),
        "by price, in stock": Wish(sort="price", in_stock=True),
    }
    kinds: dict[str, Callable[[], Any]] = {
        name: lambda wish=wish: (search.page_of(wish, "", SIZE), search.count(wish))  # type: ignore[misc]
        for name, wish in wishes.items()
    }
    return kinds | {"facets": lambda: facets.of(Wish())}


def _a_category() -> str:
    return Category.objects.values_list("slug", flat=True).first() or ""


def _refused(name: str, problem: DatabaseError, sql: str) -> Finding:
    return Finding(
        93, f"The product list ({name}) gets no answer", (first_line(problem), short(sql)),
        "A timeout here is a lock, a missing index or a server that is too busy: read the other findings.",
    )  # fmt: skip


def _judged(name: str, heard: list[Asked]) -> Iterator[Seen]:
    spent = sum(asked.seconds for asked in heard)
    yield f"{name}: {len(heard)} statements, {spent * 1000:.1f} ms"
    if len(heard) > MOST and name != "facets":
        yield Finding(
            70, f"A page ({name}) asks {len(heard)} statements", tuple(short(asked.sql) for asked in heard[:5]),
            "Look for what is fetched row by row: select_related and prefetch_related in catalog.search.",
        )  # fmt: skip
    for asked in heard:
        if asked.sql.lstrip().startswith(("SELECT", "WITH")):
            yield from _planned(name, asked)


def _planned(name: str, asked: Asked) -> Iterator[Seen]:
    """What the plan of one statement shows, after carrying it out once more."""
    with binding.cursor() if "$1" in asked.sql else connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked.sql}", asked.values)
        [told] = cursor.fetchone()[0]
    found = [reason for node in _nodes(told["Plan"]) for reason in _odd(node)]
    slow = asked.seconds * 1000 >= settings.SLOW_QUERY_MS
    if not (found or slow):
        return
    took = (
        f"took {asked.seconds * 1000:.0f} ms, {told['Execution Time']:.0f} ms once more: {short(asked.sql)}"
    )
    yield Finding(
        85 if slow else 50, f"A statement of the list ({name}) {'is slow' if slow else 'works harder than it should'}",
        (took, *dict.fromkeys(found)),
        "EXPLAIN (ANALYZE, BUFFERS) it; compare with the indexes and statistics below.",
    )  # fmt: skip


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _odd(node: dict[str, Any]) -> Iterator[str]:
    loops, actual = node.get("Actual Loops", 1), node.get("Actual Rows", 0)
    read = (actual + node.get("Rows Removed by Filter", 0)) * loops
    where = node.get("Relation Name") or node.get("Node Type")
    if node["Node Type"] == "Seq Scan" and read > SCANNED:
        yield f"reads all {read:.0f} rows of {where}"
    believed = max(node.get("Plan Rows", 1), 1)
    if actual > 1000 and actual / believed > MISJUDGED:
        yield f"the planner expected {believed} rows of {where} and got {actual:.0f}: its statistics are wrong"
    if "external" in str(node.get("Sort Method", "")):
        yield f"sorts {where} on disk ({node.get('Sort Space Used')} kB): more work_mem, or an index in that order"
