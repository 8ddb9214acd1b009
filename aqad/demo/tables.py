"""The demo's data, kept as tables a person can read: one row a line, columns apart by a bar."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


def rows(name: str) -> list[list[str]]:
    """The rows of a table without its head and its empty lines."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.split("|")]
        for line in lines
        if line.strip() and not line.startswith("#")
    ]
