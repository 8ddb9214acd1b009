"""Load over loopback, made by a process of its own: `wrk` for reads where there is one, otherwise threads.

`asked` and `stormed` are for other benchmarks; run as a module it is the process that `stormed` starts.
"""

from __future__ import annotations

import http.client
import itertools
import json
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LOOPBACK = "127.0.0.1"


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


def asked(port: int, path: str, seconds: float, connections: int = 8, **headers: str) -> float:
    """Successful answers a second to one GET. Raises `RuntimeError` when one was none."""
    if shutil.which("wrk") is None:
        result = stormed(Load(port, [("GET", path, None)], connections, seconds, headers=[headers]))
        if set(result.statuses) != {"200"}:
            raise RuntimeError(f"{path}: {result.statuses}")
        return result.rate
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", *told]
    out = subprocess.run(
        [*command, f"http://{LOOPBACK}:{port}{path}"], capture_output=True, text=True, check=True
    )
    found = re.search(r"Requests/sec:\s+([\d.]+)", out.stdout)
    if found is None or "Non-2xx" in out.stdout:
        raise RuntimeError(f"{path}: {out.stdout}")
    return float(found[1])


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
