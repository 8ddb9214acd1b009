"""A host whose clock is wrong: `time.time` and Django's `now` are off by the seconds written in a file."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

GLANCE = 0.5


def install(file: Path) -> None:
    """From now on this process asks the file, twice a second, how wrong its clock is."""
    true_time, true_now = time.time, timezone.now
    seen = {"at": -GLANCE, "off": 0.0}

    def off() -> float:
        if time.monotonic() - seen["at"] >= GLANCE:
            seen["at"], seen["off"] = time.monotonic(), 0.0
            with suppress(OSError, ValueError):
                seen["off"] = float(file.read_text())
        return seen["off"]

    def wrong_time() -> float:
        return true_time() + off()

    def wrong_now() -> datetime:
        return true_now() + timedelta(seconds=off())

    time.time, timezone.now = wrong_time, wrong_now
