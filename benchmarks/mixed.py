"""`python -m benchmarks.mixed [SECONDS]`: 30 orders and 200 reads a second, with workers and scheduler beside.

Prints how long orders and reads took, what the outbox still holds, and what the audit says of the books afterwards.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks import reads
from benchmarks.ground import servers, web
from benchmarks.load import Load, Result, stormed
from benchmarks.storm import Aqad
from local import children
from local.place import BUILD, ROOT

ORDERS, READS, P95 = 30, 200, 250
WORKERS = {
    "worker": ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle"],
    "scheduler": ["beat", "--pidfile="],
}


@contextmanager
def workers(folder: Path) -> Iterator[None]:
    """The Procfile's worker and scheduler."""
    started = []
    environment = os.environ | {"AQAD_VAR": str(folder), children.MARK: str(folder)}
    try:
        for name, words in WORKERS.items():
            command = [sys.executable, "-m", "celery", "--quiet", "-A", "aqad", *words]
            log = folder / f"{name}.log"
            started.append(children.spawn(name, command, log, environment=environment, folder=ROOT))
        yield
    finally:
        children.stop(started)


def run(seconds: float) -> dict[str, object]:
    """Load, drain, audit."""
    from benchmarks.catalogue import fill
    from core import audit
    from core.models import Reaction

    fill(10_000)
    with servers_and_load(seconds) as (orders, looks):
        deadline = time.monotonic() + 120
        while Reaction.objects.filter(done_at=None).exists() and time.monotonic() < deadline:
            time.sleep(1)
    report = audit.audit()
    return {
        "orders": vars(orders), "reads": vars(looks), "met": orders.p95 <= P95 and report.ok,
        "reactions waiting": Reaction.objects.filter(done_at=None).count(), "broken": list(report.broken),
    }  # fmt: skip


@contextmanager
def servers_and_load(seconds: float) -> Iterator[tuple[Result, Result]]:
    """The load over the web, with workers that go on until the block ends."""
    from django.http import HttpRequest

    from accounts.tokens import family

    folder, aqad = Path(os.environ["AQAD_VAR"]), Aqad()
    goods, paths = aqad.goods(200, 100_000), reads.of_aqad()
    bodies = [
        {
            "items": [{"product": f"P{key}", "quantity": 1}],
            "address": "@",
            "payment_method": "cash_on_delivery",
        }
        for key in goods
    ]
    looks = [*paths.listing[:50], *paths.detail, *["/catalog/", "/api/products"] * 50]
    with web("aqad.wsgi:application", folder) as port, workers(folder), ThreadPoolExecutor() as pool:
        time.sleep(5)
        load = Load(
            port, [("POST", "/api/orders", body) for body in bodies], 16, seconds, rate=ORDERS, keyed=True,
            headers=[{"Authorization": f"Bearer {family(HttpRequest(), person).access}"} for person, _ in aqad.shops],
            own=[{"@": address} for _, address in aqad.shops],
        )  # fmt: skip
        others = pool.submit(
            stormed, Load(port, [("GET", path, None) for path in looks], 16, seconds, rate=READS)
        )
        yield stormed(load), others.result()


def main() -> None:
    """Print what was found, and keep it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 120
    with servers():
        found = json.dumps(run(seconds), indent=1)
    print(found)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "mixed.json").write_text(found)


if __name__ == "__main__":
    main()
