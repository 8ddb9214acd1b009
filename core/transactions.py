"""Transactions that lose against another one through no fault of their own are tried once more."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

log = structlog.get_logger("aqad.transactions")

P = ParamSpec("P")
T = TypeVar("T")
PASSING = (DeadlockDetected, SerializationFailure, LockNotAvailable)
PAUSE = (0.02, 0.2)


def atomically(verb: Callable[P, T]) -> Callable[P, T]:
    """Make a verb one transaction, or a part of the one its caller has open.

    After a deadlock, or too long a wait for a lock, nothing has happened: once the pause of 0.02 to 0.2 s is over it
    is tried again, whole, and only once. So the verb does nothing outside the database, not even look at the network.
    """

    @wraps(verb)
    def whole(*args: P.args, **options: P.kwargs) -> T:
        part = connection.in_atomic_block
        try:
            with transaction.atomic():
                return verb(*args, **options)
        except OperationalError as problem:
            if part or not isinstance(problem.__cause__, PASSING):
                raise
            log.warning("transaction tried again", verb=verb.__qualname__, why=str(problem))
        time.sleep(random.uniform(*PAUSE))  # noqa: S311  # nosec B311
        with transaction.atomic():
            return verb(*args, **options)

    return whole


def soon_on_disk() -> None:
    """This transaction's commit waits for no disk, a fifth of a second's worth at most is lost with the server's power.

    For what would be done once more then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
