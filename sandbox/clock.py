"""Two faces of now: seconds since 1970 for pauses, ISO 8601 UTC for people and programs."""

import time
from datetime import UTC, datetime


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def stamp() -> str:
    """Now as "2026-11-23T08:15:00.000000Z"; these sort as text."""
    return _written(datetime.now(UTC))


def normal(text: str) -> str:
    """Any ISO 8601 moment in the form of `stamp`, UTC where it names no zone. Raises ValueError."""
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return _written(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC))


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
