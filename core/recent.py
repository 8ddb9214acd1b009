"""What went wrong lately, for who looks into it: slow or failed requests, slow statements, refused sign-ins.

Lines in a file beside the counts, so that they are there when database and Valkey are not. Names, shapes and numbers
only: no parameters, no bodies, nobody's address.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from core.metrics import FOLDER

FILE: Path = FOLDER / "recent.jsonl"
FORMER = FILE.with_suffix(".1.jsonl")
LARGEST = 512 * 1024


def note(kind: str, **facts: Any) -> None:
    """Remember it with its time and request id; a full disk or a folder of others is no reason to fail."""
    known = structlog.contextvars.get_contextvars()
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "kind": kind, **facts}
    line["request_id"] = known.get("request_id", "")
    with suppress(OSError):
        _write((json.dumps(line) + "\n").encode())


def _write(line: bytes) -> None:
    """One write to the end of the file, so that lines of several processes don't mix."""
    file = os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(file, line)
        full = os.fstat(file).st_size > LARGEST
    finally:
        os.close(file)
    if full:
        FILE.replace(FORMER)


def lately(kind: str, within: timedelta) -> list[dict[str, Any]]:
    """Lines of that kind, the oldest first."""
    since = (datetime.now(UTC) - within).isoformat(timespec="milliseconds")
    return [line for line in _lines() if line["kind"] == kind and line["at"] >= since]


def _lines() -> Iterator[dict[str, Any]]:
    for file in (FORMER, FILE):
        with suppress(OSError):
            for line in file.read_text(errors="replace").splitlines():
                with suppress(ValueError):
                    yield json.loads(line)
