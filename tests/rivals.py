"""Another transaction beside the test's own: it holds rows as long as it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

from django.db import connection, transaction

WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


def somebody_waits(unless: Callable[[], bool] = lambda: False) -> None:
    """Until a backend waits for a lock, or it is clear that none will."""
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute(WAITING)
            if cursor.fetchone()[0] or unless():
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waits")


@contextmanager
def rival(first: Callable[[], Any], then: Callable[[], Any]) -> Iterator[Future[Any]]:
    """A transaction that has done `first` when the block begins, and ends once `then` does. Holds what `first` said."""
    ready = Flag()

    def act() -> Any:
        try:
            with transaction.atomic():
                found = first()
                ready.set()
                then()
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        assert ready.wait(20)
        yield acting
        acting.result(20)
