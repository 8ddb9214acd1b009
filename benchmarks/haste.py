"""Many rows in little time, for benchmarks: a server that takes no care while it is filled, and indexes built once."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

HASTE = {
    "max_wal_size": "3GB", "checkpoint_timeout": "1h", "synchronous_commit": "off", "autovacuum": "off",
    "maintenance_work_mem": "1GB", "work_mem": "256MB",
}  # fmt: skip


def tell(line: str) -> None:
    """A line for who waits."""
    print(f"  {line}", file=sys.stderr, flush=True)


@contextmanager
def hurried(cursor: Any) -> Iterator[None]:
    """No guards, no patience, much memory; then as it was, swept and known to the planner."""
    for name, value in HASTE.items():
        cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    cursor.execute("SELECT pg_reload_conf()")
    cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0; SET jit = off")
    yield
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("VACUUM (ANALYZE)")
    cursor.execute("ALTER SYSTEM RESET ALL")
    cursor.execute("SELECT pg_reload_conf()")
    cursor.execute("CHECKPOINT")


@contextmanager
def asleep(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """These tables' indexes are left alone while rows come, and built once over all of them."""
    cursor.execute(
        "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY(%s::regclass[])",
        [list(tables)],
    )
    yield
    for table in tables:
        started = time.monotonic()
        cursor.execute(f"REINDEX TABLE {table}")
        tell(f"indexes of {table} in {time.monotonic() - started:.0f} s")
