"""Whether the time of an answer tells who is there: `python -m benchmarks.enumeration`.

Sign-ins and resets (page and API) for somebody known, unknown and deactivated, on a PostgreSQL of its own that waits
for its disk, with production's password hasher, interleaved in an order that changes with every round. Printed are the
medians, their greatest distance, and how often a random relabelling is as far apart (p). Exit code 1 above 5 ms.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ground import servers

FARTHEST = 5.0  # milliseconds
RELABELLED = 400
Samples = dict[str, list[float]]


def main(count: int, sign_ins: int) -> int:
    """Measure all; 1 where an answer gives somebody away. Sign-ins hash, and may be asked for less often."""
    with servers(), _slow_hashes():
        people, at = _people(), _places()
        found = [
            _told(name, _measured(ask, people, sign_ins if "sign-in" in name else count))
            for name, ask in at.items()
        ]
    return int(max(found) > FARTHEST)


def _slow_hashes() -> Any:
    """Production's hasher, whatever tests use."""
    from django.test import override_settings

    return override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])


def _people() -> dict[str, str]:
    from tests.cast import Cast

    cast = Cast()
    type(cast.bilal).objects.filter(pk=cast.bilal.pk).update(is_active=False)
    return {"known": cast.ahmed.email, "unknown": "nobody@example.com", "inactive": cast.bilal.email}


def _places() -> dict[str, Callable[[str], Any]]:
    from django.test import Client

    client = Client(HTTP_HOST="localhost")

    def api(path: str, **more: str) -> Callable[[str], Any]:
        return lambda email: client.post(path, {"email": email, **more}, content_type="application/json")

    return {
        "API sign-in": api("/api/auth/login", password="wrong"),  # noqa: S106
        "API reset": api("/api/auth/password/reset"),
        "page sign-in": lambda email: client.post("/accounts/login/", {"login": email, "password": "wrong"}),
        "page reset": lambda email: client.post("/accounts/password/reset/", {"email": email}),
    }


def _measured(ask: Callable[[str], Any], people: dict[str, str], count: int) -> Samples:
    taken: Samples = {who: [] for who in people}
    chance = random.Random(11)  # noqa: S311
    answers = {who: _asked(ask, email)[1] for who, email in people.items()}
    if len(set(answers.values())) != 1:
        sys.exit(f"The answers differ: {answers}")
    for _ in range(count):
        for who in chance.sample(list(people), len(people)):
            taken[who].append(_asked(ask, people[who])[0])
    return taken


def _asked(ask: Callable[[str], Any], email: str) -> tuple[float, tuple[int, str]]:
    """Milliseconds, and the answer without what differs anyway."""
    began = time.perf_counter()
    answer = ask(email)
    took = (time.perf_counter() - began) * 1000
    return took, (answer.status_code, answer.get("Location", ""))


def _told(name: str, taken: Samples) -> float:
    medians = {who: statistics.median(times) for who, times in taken.items()}
    apart = max(medians.values()) - min(medians.values())
    said = ", ".join(f"{who} {value:.2f}" for who, value in medians.items())
    count = len(taken["known"])
    print(f"{name:>12}: {said} ms; {apart:.2f} ms apart, p {_chance(taken):.2f}, {count} each", flush=True)
    return apart


def _chance(taken: Samples) -> float:
    """How often the medians of known and unknown lie as far apart when the labels mean nothing."""
    known, unknown = taken["known"], taken["unknown"]
    apart = abs(statistics.median(known) - statistics.median(unknown))
    mixed, chance, as_far = known + unknown, random.Random(5), 0  # noqa: S311
    for _ in range(RELABELLED):
        chance.shuffle(mixed)
        half = len(known)
        as_far += abs(statistics.median(mixed[:half]) - statistics.median(mixed[half:])) >= apart
    return as_far / RELABELLED


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    numbers = [int(word) for word in sys.argv[1:]] or [500]
    sys.exit(main(numbers[0], numbers[-1]))
