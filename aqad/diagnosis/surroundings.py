"""What the market stands on: the machine, Valkey, the workers, what was deployed last, what went wrong lately."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from aqad.diagnosis.grammar import Finding, Seen, ago, first_line, shares
from aqad.metrics import oldest, queue_depth
from core import metrics, recent, releases
from core.models import Reaction, Release
from core.sweepers import all_of_them

LATELY = timedelta(minutes=15)
SAMPLE = 0.2
SLOW_CACHE = 0.01
PROC = Path("/proc")


def machine() -> Iterator[Seen]:
    """Processor, memory and disk of this host."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    busy = _busy()
    yield f"load {load:.1f} on {cores} cores, busy {busy:.0%}"
    if load > 2 * cores and busy > 0.9:
        yield Finding(
            50, "The processor has more to do than it can", (f"load {load:.1f} on {cores} cores, busy {busy:.0%}",),
            "See who: top. Is it a worker (queue lengths below), the database, or something that is not ours?",
        )  # fmt: skip
    yield from _memory()
    yield from _disk()


def _busy() -> float:
    """The share of a moment in which the processor worked; 0 where the system does not say."""
    before = _ticks()
    time.sleep(SAMPLE)
    passed = [now - then for now, then in zip(_ticks(), before, strict=True)]
    return 1 - sum(passed[3:5]) / sum(passed) if sum(passed) else 0.0


def _ticks() -> list[int]:
    with suppress(OSError):
        return [int(word) for word in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return [0] * 8


def _memory() -> Iterator[Seen]:
    with suppress(OSError, KeyError):
        lines = (line.split() for line in (PROC / "meminfo").read_text().splitlines())
        kib = {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1}
        free = kib["MemAvailable"] / kib["MemTotal"]
        yield f"memory free: {free:.0%} of {kib['MemTotal'] / 2**20:.1f} GiB"
        if free < 0.08:
            yield Finding(
                60, "Memory is running out", (f"{free:.0%} left",),
                "See who: top, sorted by memory. A worker that grew is replaced by a restart; look for large imports.",
            )  # fmt: skip


def _disk() -> Iterator[Seen]:
    folder = next((each for each in (settings.VAR, *settings.VAR.parents) if each.exists()), Path("/"))
    usage = shutil.disk_usage(folder)
    yield f"disk free: {usage.free / 2**30:.1f} GiB"
    if usage.free < min(2**30, 0.05 * usage.total):
        yield Finding(
            70, "The disk is nearly full", (f"{usage.free / 2**20:.0f} MiB left at {folder}",),
            "Old logs and dumps first; then a larger disk. PostgreSQL stops when it can't write.",
        )  # fmt: skip


def cache() -> Iterator[Seen]:
    """Whether Valkey answers, how fast, and how often it helps."""
    store: Any = caches["ratelimit"]
    try:
        client = store.client.get_client()
        times = sorted(_timed(client) for _ in range(20))
        told: dict[str, Any] = client.info()
    except (RedisError, ConnectionInterrupted, OSError) as away:
        yield Finding(
            92, "Valkey does not answer: every page is made anew", (first_line(away),),
            "Start it, or check REDIS_URL. Nothing is lost; limits are counted in each process meanwhile.",
        )  # fmt: skip
        return
    median = times[len(times) // 2]
    yield f"Valkey answers in {median * 1000:.2f} ms, holds {told['used_memory'] / 2**20:.0f} MiB"
    if median > SLOW_CACHE:
        yield Finding(
            75, "Valkey answers slowly", (f"{median * 1000:.1f} ms for a ping",),
            "SLOWLOG GET 10; look at its host's load, and for keys that are huge.",
        )  # fmt: skip
    yield from _helped(told)


def _timed(client: Any) -> float:
    began = time.perf_counter()
    client.ping()
    return time.perf_counter() - began


def _helped(told: dict[str, Any]) -> Iterator[Seen]:
    asked = metrics.sums("aqad_cache_asked_total", "outcome")
    ready = metrics.sums("aqad_ready_asked_total", "outcome")
    found = (asked.pop("near", 0), ready.get("here", 0), ready.get("shared", 0))
    asked["hit"] = asked.get("hit", 0) + sum(found)
    asked["miss"] = asked.get("miss", 0) + ready.get("made", 0)
    known = asked.get("hit", 0) + asked.get("miss", 0)
    rate = asked.get("hit", 0) / known if known else 0.0
    yield f"cache hit rate {rate:.0%} ({shares(asked) or 'nothing asked yet'})"
    if told.get("evicted_keys", 0) and rate < 0.5:
        yield Finding(
            65, "Valkey is too small: it forgets before it helped",
            (f"{told['evicted_keys']} keys evicted, hit rate {rate:.0%}",),
            "Give it more memory (maxmemory).",
        )  # fmt: skip


def workers() -> Iterator[Seen]:
    """The outbox, the queue, and whether every job of the scheduler still comes to its end."""
    age, dead = oldest(), Reaction.objects.filter(dead=True).count()
    depth = queue_depth()
    yield f"outbox: oldest due {ago(age)}, given up {dead}; queue: {'unknown' if depth is None else depth}"
    if age > 60:
        yield Finding(
            55, "What follows from orders is not done", (f"the oldest reaction is due since {ago(age)}",),
            "Is a worker running? manage.py relay does it by hand and shows what fails.",
        )  # fmt: skip
    late = [each for each in all_of_them() if each.late]
    if late:
        yield Finding(
            50, "Jobs have stopped coming to their end",
            tuple(f"{each.job}: {ago(each.age or 0)} ago {each.problem}".strip() for each in late),
            "Are scheduler and worker running? Their lines carry job=…; by hand: manage.py relay, settle, sweep.",
        )  # fmt: skip


def deployment() -> Iterator[Seen]:
    """What serves here, and since when."""
    last = Release.objects.order_by("-started_at").first()
    if last is None:
        yield "no release has started here yet"
        return
    age = (timezone.now() - last.started_at).total_seconds()
    yield f"last deployment: {last.name}, {ago(age)} ago"
    if last.name != releases.release() and releases.UNKNOWN not in (last.name, releases.release()):
        yield f"this shell runs {releases.release()}"


def requests(*parts: str) -> Iterator[Seen]:
    """Requests that failed or were slow in the last minutes; findings only for routes that hold one of `parts`."""
    lines = recent.lately("request", LATELY)
    failed = Counter(str(line["route"]) for line in lines if line["status"] >= 500)
    slow = Counter(str(line["route"]) for line in lines if line["status"] < 500)
    minutes = f"{LATELY.total_seconds() / 60:.0f} minutes"
    yield f"in {minutes}: failed {shares(failed) or 'none'}; slow {shares(slow) or 'none'}"
    mine = [line for line in lines if any(part in str(line["route"]) for part in parts)]
    if len(mine) >= 3 or any(line["status"] >= 500 for line in mine):
        yield Finding(
            72, f"{len(mine)} requests of these pages failed or were slow in {minutes}",
            tuple(_asked(line) for line in mine[-5:]),
            "Find their lines by request_id in the logs: an error has its trace there, a slow statement its shape.",
        )  # fmt: skip


def _asked(line: dict[str, Any]) -> str:
    took = f"{line['ms']} ms, {line['sql']} statements in {line['sql_ms']} ms"
    return f"{line['at']} {line['route']} {line['status']} {took}, request_id={line['request_id']}"


def slow_statements() -> Iterator[Seen]:
    """Statements over SLOW_QUERY_MS in the last minutes, by shape."""
    lines = recent.lately("statement", LATELY)
    yield f"{len(lines)} slow statements"
    shapes = Counter((str(line["route"]), str(line["statement"])[:160]) for line in lines)
    if len(lines) >= 3:
        yield Finding(
            68, "Statements are slow",
            tuple(f"{count} × {route}: {sql}" for (route, sql), count in shapes.most_common(5)),
            "EXPLAIN (ANALYZE, BUFFERS) the first of them.",
        )  # fmt: skip
