"""What a request asks of the database: how often, how long, and the same again and again.

A slow statement is told of by its shape, without parameters, with route and request id.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from core import metrics, recent

log = structlog.get_logger("aqad.statements")

MANY = 10
"""So often the same statement in one request looks like one query for each row (N + 1)."""
LONGEST = 600
LIST = re.compile(r"\((?:%s(?:, )?){2,}\)")
LITERAL = re.compile(r"'(?:[^']|'')*'")
NOWHERE = "(worker)"


class Tally:
    """The statements of one request."""

    __slots__ = ("count", "request", "seconds", "shapes")

    def __init__(self, request: Any) -> None:
        self.request = request
        self.count = 0
        self.seconds = 0.0
        self.shapes: dict[str, int] = {}

    def add(self, sql: str, seconds: float) -> None:
        """One more."""
        self.count += 1
        self.seconds += seconds
        self.shapes[sql] = self.shapes.get(sql, 0) + 1

    def close(self, route: str) -> None:
        """Count them for their route, and say so if one came again and again."""
        metrics.child(metrics.STATEMENTS, route).inc(self.count)
        metrics.child(metrics.SPENT, route).inc(self.seconds)
        most = max(self.shapes, key=self.shapes.__getitem__)
        if self.shapes[most] >= MANY:
            metrics.count(metrics.REPEATED, route)
            log.warning("statement repeated", route=route, times=self.shapes[most], statement=shape(most))


class _Now(threading.local):
    tally: Tally | None = None


_now = _Now()


def begin(request: Any) -> Tally:
    """Statements of this thread belong to this request from now on."""
    _now.tally = tally = Tally(request)
    return tally


def end() -> None:
    """They belong to nobody."""
    _now.tally = None


def route_of(request: Any) -> str:
    """The pattern that a request's address matched: few different words, whatever was asked for."""
    match = getattr(request, "resolver_match", None)
    if match:
        return match.route or "/"
    return getattr(request, "route", "") or "(none)"


def shape(sql: str) -> str:
    """A statement without its values."""
    return LIST.sub("(…)", LITERAL.sub("'…'", sql))[:LONGEST]


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Watch a connection, once."""
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, watch)


def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Around every statement."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - began
        if (tally := _now.tally) is not None:
            tally.add(sql, seconds)
        if seconds * 1000 >= settings.SLOW_QUERY_MS:
            _slow(str(sql), seconds, tally)


def _slow(sql: str, seconds: float, tally: Tally | None) -> None:
    route = route_of(tally.request) if tally else structlog.contextvars.get_contextvars().get("job", NOWHERE)
    facts = {"route": route, "ms": round(seconds * 1000, 1), "statement": shape(sql)}
    metrics.count(metrics.SLOW, route)
    log.warning("slow statement", **facts)
    recent.note("statement", **facts)
