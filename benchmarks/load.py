"""Load over loopback, made by a process of its own: `wrk` for reads where there is one, otherwise threads.

`asked` and `stormed` are for other benchmarks; run as a module it is the process that `stormed` starts.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
TURNS = Path(__file__).with_name("paths.lua")


@dataclass
class Load:
    """What to send to a port: requests in turn over so many connections, for some seconds or so many in all.

    Each connection keeps its own headers. `rate` paces all of them together, in requests a second.
    """

    port: int
    requests: list[tuple[str, str, Any]]  # method, path, body
    connections: int = 8
    seconds: float = 600.0
    count: int = 0
    rate: float = 0.0
    headers: list[dict[str, str]] = field(default_factory=lambda: [{}])
    keyed: bool = False  # each with an Idempotency-Key
    own: list[dict[str, str]] = field(
        default_factory=lambda: [{}]
    )  # words of each connection, put into bodies


@dataclass
class Result:
    """How it went: answers by status, and milliseconds."""

    seconds: float
    statuses: dict[str, int]
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    def of(self, status: int) -> int:
        return self.statuses.get(str(status), 0)


def stormed(load: Load) -> Result:
    """Send it from another process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], input=json.dumps(vars(load)), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return Result(**json.loads(done.stdout))


def asked(port: int, paths: Sequence[str], seconds: float, connections: int = 8, **headers: str) -> float:
    """Successful answers a second to GETs of these paths in turn. Raises `RuntimeError` when one in five was none."""
    if shutil.which("wrk") is None:
        requests = [("GET", path, None) for path in paths]
        result = stormed(Load(port, requests, connections, seconds, headers=[headers]))
        good, all_of_them, took = result.of(200), sum(result.statuses.values()), result.seconds
    else:
        good, all_of_them, took = _wrk(port, paths, seconds, connections, headers)
    if not good or good < 0.8 * all_of_them:
        raise RuntimeError(f"{paths[0]}: {good} of {all_of_them} answered")
    return good / took


def _wrk(
    port: int, paths: Sequence[str], seconds: float, connections: int, headers: dict[str, str]
) -> tuple[int, int, float]:
    """Good answers, all answers, seconds: by a client that costs next to nothing beside what it asks."""
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    told += ["-s", str(TURNS)] if len(paths) > 1 else []
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", *told]
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("\n".join(paths))
        file.flush()
        out = subprocess.run(
            [*command, f"http://{LOOPBACK}:{port}{paths[0]}"],
            env=os.environ | {"WRK_PATHS": file.name}, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    done, rate = re.search(r"(\d+) requests in", out), re.search(r"Requests/sec:\s+([\d.]+)", out)
    if done is None or rate is None:
        raise RuntimeError(f"{paths[0]}: {out}")
    count, bad = int(done[1]), re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return count - int(bad[1] if bad else 0), count, count / (float(rate[1]) or 1.0)


class Sender:
    """The threads of one load."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.turns = itertools.count()
        self.took: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.guard = threading.Lock()

    def run(self) -> Result:
        began = self.began = time.perf_counter()
        senders = [threading.Thread(target=self._send, args=(n,)) for n in range(self.load.connections)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        took = sorted(self.took) or [0.0]
        at = [
            round(took[min(len(took) - 1, int(len(took) * share))] * 1000, 1) for share in (0.5, 0.95, 0.99)
        ]
        return Result(time.perf_counter() - began, dict(self.statuses), *at)

    def _send(self, number: int) -> None:
        load = self.load
        line = http.client.HTTPConnection(LOOPBACK, load.port, timeout=30)
        own, words = load.headers[number % len(load.headers)], load.own[number % len(load.own)]
        while (turn := self._turn()) is not None:
            method, path, body = load.requests[turn % len(load.requests)]
            due = self.began + turn / load.rate if load.rate else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            self._one(line, method, path, _worded(body, words), own, due)
        line.close()

    def _turn(self) -> int | None:
        turn = next(self.turns)
        over = time.perf_counter() - self.began > self.load.seconds
        return None if over or (self.load.count and turn >= self.load.count) else turn

    def _one(
        self,
        line: http.client.HTTPConnection,
        method: str,
        path: str,
        body: Any,
        own: dict[str, str],
        due: float,
    ) -> None:
        headers = dict(own)
        if self.load.keyed and method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            line.request(method, path, None if body is None else json.dumps(body), headers)
            answer = line.getresponse()
            answer.read()
            status = str(answer.status)
        except (OSError, http.client.HTTPException) as problem:
            line.close()
            status = type(problem).__name__
        with self.guard:
            self.took.append(time.perf_counter() - due)
            self.statuses[status] += 1


def _worded(body: Any, words: dict[str, str]) -> Any:
    """The body with this connection's words in place of their names."""
    if not words:
        return body
    return {
        name: words.get(value, value) if isinstance(value, str) else value for name, value in body.items()
    }


if __name__ == "__main__":
    print(json.dumps(vars(Sender(Load(**json.load(sys.stdin))).run())))
