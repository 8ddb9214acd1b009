"""What being seen costs: `python -m benchmarks.seeing`. Microseconds that a request pays for its counts.

The log line is not among them: it was there before. Nothing is started; counts go to a folder of their own.
"""

from __future__ import annotations

import os
import tempfile
import timeit
from collections.abc import Callable

from local.testing import FIXED

ROUNDS = 20_000
TIMES = 5


def main() -> None:
    """Print a row for each part."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= FIXED | {"AQAD_DEMO": "true", "DATABASE_URL": "postgres:///none", "METRICS_DIR": folder}
        import django

        django.setup()
        for name, work in _parts().items():
            best = min(timeit.repeat(work, number=ROUNDS, repeat=TIMES)) / ROUNDS
            print(f"{name:<58} {best * 1e6:6.2f} µs")


def _parts() -> dict[str, Callable[[], object]]:
    from catalog.cache import ASKED
    from core import metrics, statements

    request = type("Request", (), {"resolver_match": type("Match", (), {"route": "api/products"})})()

    def cached() -> None:
        """A cached answer: begun, routed, counted; one look into the cache."""
        statements.begin(request)
        metrics.count(ASKED, "goods", "hit")
        statements.end()
        metrics.request(statements.route_of(request), "GET", 200, 0.001)

    def five() -> None:
        """The same with five statements."""
        tally = statements.begin(request)
        for _ in range(5):
            statements.watch(lambda *_: None, "SELECT 1 FROM catalog_product WHERE id = %s", (), False, {})
        statements.end()
        metrics.request("api/products", "GET", 200, 0.001)
        tally.close("api/products")

    return {"a cached answer, all of it": cached, "a page of five statements, all of it": five}


if __name__ == "__main__":
    main()
