"""What is counted while the market works, in files that all processes of a host share; `/metrics` adds them up.

A name is counted where it happens: `PLACED = metrics.counter("orders_placed", "…", "method")`. Every count has a label,
so that importing a module makes no file. Numbers that the database knows are not kept here; they are asked for.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, values
from prometheus_client.exposition import generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER: Path = settings.METRICS_DIR
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
NAMES: dict[str, tuple[str, ...]] = {}
"""Every name that may be asked for, with its labels."""


HOST = socket.gethostname().replace("_", "-")
GONE = "gone"


class Process:
    """The name of this process's files: pids alone may meet where containers share a folder."""

    def __init__(self) -> None:
        self.rename()
        os.register_at_fork(after_in_child=self.rename)

    def rename(self) -> None:
        """A fork is another process."""
        self.name = f"{HOST}-{os.getpid()}"

    def __call__(self) -> str:
        return self.name


def _share() -> bool:
    """Keep counts in files; where the folder can't be written, each process counts for itself."""
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    if not os.access(FOLDER, os.W_OK):
        return False
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(FOLDER)
    values.ValueClass = values.MultiProcessValue(Process())  # type: ignore[no-untyped-call]
    return True


SHARED = _share()


def counter(name: str, says: str, *labels: str) -> Counter:
    """A count that only grows; Prometheus reads it as `aqad_<name>_total`."""
    NAMES[f"aqad_{name}_total"] = labels
    return Counter(f"aqad_{name}", says, labels)


def histogram(name: str, says: str, *labels: str) -> Histogram:
    """Seconds, by how long things took: `aqad_<name>_bucket`, `_sum` and `_count`."""
    NAMES.update({f"aqad_{name}_{part}": labels for part in ("bucket", "sum", "count")})
    return Histogram(f"aqad_{name}", says, labels, buckets=SECONDS)


REQUESTS = counter("http_requests", "Requests answered.", "route", "method", "status")
LASTED = histogram("http_request_seconds", "How long requests took.", "route", "method")
STATEMENTS = counter("http_sql_statements", "SQL statements of requests.", "route")
SPENT = counter("http_sql_seconds", "Seconds that requests waited for SQL.", "route")
REPEATED = counter("http_repeated_statements", "Requests that asked the same again and again.", "route")
SLOW = counter("slow_statements", "SQL statements that took longer than SLOW_QUERY_MS.", "route")


@cache
def child(metric: Any, *labels: str) -> Any:
    """One row of a metric; finding it each time would cost more than counting."""
    return metric.labels(*labels)


def count(metric: Counter, *labels: str) -> None:
    """One more."""
    child(metric, *labels).inc()


def request(route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered."""
    one_more, lasted = _of(route, method if method in METHODS else "OTHER", status)
    one_more()
    lasted(seconds)


@cache
def _of(route: str, method: str, status: int) -> tuple[Callable[[], None], Callable[[float], None]]:
    return REQUESTS.labels(route, method, str(status)).inc, LASTED.labels(route, method).observe


def told() -> str:
    """All counts of all processes, in the text format of Prometheus."""
    if not SHARED:
        return generate_latest().decode()
    with _locked(fcntl.LOCK_SH):
        return generate_latest(_all()).decode()


def _all() -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(FOLDER))  # type: ignore[no-untyped-call]
    return registry


def sums(name: str, label: str) -> dict[str, float]:
    """The values of a counter over all processes, by one of its labels."""
    found: dict[str, float] = {}
    for metric in (_all() if SHARED else REGISTRY).collect():
        for sample in metric.samples:
            if sample.name == name:
                key = sample.labels[label]
                found[key] = found.get(key, 0) + sample.value
    return found


def bury() -> None:
    """Put what ended processes of this host counted into one file, so that files don't pile up and sums never fall."""
    if not SHARED:
        return
    with _locked(fcntl.LOCK_EX):
        for file in FOLDER.glob(f"*_{HOST}-*.db"):
            kind, _, who = file.stem.partition("_")
            if who.endswith(GONE) or _lives(int(who.rpartition("-")[2])):
                continue
            _add(file, FOLDER / f"{kind}_{HOST}-{GONE}.db")
            file.unlink()


def _add(file: Path, into: Path) -> None:
    sums = MmapedDict(str(into))  # type: ignore[no-untyped-call]
    for key, value, _stamp, _place in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
        known, _stamp = sums.read_value(key)  # type: ignore[no-untyped-call]
        sums.write_value(key, known + value, 0.0)  # type: ignore[no-untyped-call]
    sums.close()  # type: ignore[no-untyped-call]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def _locked(how: int) -> Iterator[None]:
    """Who reads waits while files are put together."""
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, how)
        yield
