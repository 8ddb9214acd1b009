"""Reading from a streaming replica where a moment's delay does no harm, never older than what the reader wrote.

`DATABASE_REPLICA_URL` names the replica; without it nothing here costs a thing. Only what a view marked `readable`
asks of the catalogue, of orders and of vendors goes there; people, sessions, money and every write stay with the
primary. A writer's place in the log (LSN) is noted in Valkey; until the replica has come that far, the writer reads
the primary, and so does everybody after a change of the catalogue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.http import HttpRequest, HttpResponse
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from core.errors import LOST

log = structlog.get_logger("aqad.replicas")

REPLICA = "replica"
READABLE = {"catalog", "orders", "vendors"}
GOODS = "goods"  # whose writer is everybody's: the catalogue
NOTED = 600  # seconds a note is kept; a replica further behind is not asked anyway
PAUSE = 5.0  # seconds without asking a replica that did not answer
CAUGHT_UP = """
    SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
       AND (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            OR pg_last_xact_replay_timestamp() > clock_timestamp() - make_interval(secs => %s))
       AND pg_last_wal_replay_lsn() >= %s::pg_lsn
"""

_there: ContextVar[bool] = ContextVar("reads_the_replica", default=False)
_away_until = 0.0


class Router:
    """Sends the reads of a `readable` view to the replica, and everything else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        there = _there.get() and model._meta.app_label in READABLE and not connection.in_atomic_block
        return REPLICA if there else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class NoteWrites:
    """Note where in the log a signed-in person's changes stand, once the answer is ready."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            configured()
            and request.method not in ("GET", "HEAD", "OPTIONS")
            and request.user.is_authenticated
        ):
            note(str(request.user.pk))
        return response


def configured() -> bool:
    """Whether there is a replica at all."""
    return REPLICA in settings.DATABASES


def readable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that only reads: from the replica if it is not behind this reader, from the primary otherwise."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not configured() or request.method not in ("GET", "HEAD") or not _caught_up(_marks(request)):
            return view(request, *args, **kwargs)
        try:
            with _reading(there=True):
                return view(request, *args, **kwargs)
        except LOST as lost:
            _left_alone(lost)
            return view(request, *args, **kwargs)

    return wrapped


@contextmanager
def decided_anew() -> Iterator[None]:
    """For what will be kept for everybody: the replica only if it shows the catalogue as it is at this moment."""
    if not _there.get():
        yield
        return
    with _reading(there=_caught_up([GOODS])):
        yield


def note(writer: str) -> None:
    """Remember that `writer` has changed something up to here. A lost note costs a moment's delay, no more."""
    if not configured():
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            caches["ratelimit"].set(_key(writer), cursor.fetchone()[0], NOTED)
    except (DatabaseError, RedisError, ConnectionInterrupted):
        log.warning("no note of a change", writer=writer)


@contextmanager
def _reading(*, there: bool) -> Iterator[None]:
    mark = _there.set(there)
    try:
        yield
    finally:
        _there.reset(mark)


def _marks(request: HttpRequest) -> list[str]:
    user: Any = request.user
    return [GOODS, str(user.pk)] if user.is_authenticated else [GOODS]


def _caught_up(writers: list[str]) -> bool:
    """Whether the replica answers, is at most a moment behind, and has all that these writers wrote."""
    if time.monotonic() < _away_until:
        return False
    try:
        places = caches["ratelimit"].get_many([_key(writer) for writer in writers]).values()
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(CAUGHT_UP, [settings.REPLICA_LAG, max(places, key=_number, default="0/0")])
            return bool(cursor.fetchone()[0])
    except (RedisError, ConnectionInterrupted):
        return False
    except DatabaseError as lost:
        _left_alone(lost)
        return False


def _left_alone(lost: Exception) -> None:
    global _away_until
    _away_until = time.monotonic() + PAUSE
    connections[REPLICA].close()
    log.warning("replica away", why=str(lost).strip())


def _key(writer: str) -> str:
    return f"wrote:{writer}"


def _number(place: str) -> int:
    """A place in the log, `16/B374D848`, as a number to compare."""
    high, low = place.split("/")
    return (int(high, 16) << 32) + int(low, 16)
