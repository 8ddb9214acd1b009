"""The access matrix as a page of the docs. `python -m tests.access` writes it; a test keeps it true."""

from __future__ import annotations

import sys
from pathlib import Path

from tests import doors

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "access.md"
MARK = "<!-- Below this line: written by `python -m tests.access`. -->\n"
WHO = (
    "nobody", "buyer", "other buyer", "seller", "other seller", "pending seller", "driver", "other driver",
    "dispatcher", "other dispatcher", "staff",
)  # fmt: skip
TABLES = {"API": doors.API, "Pages": doors.PAGES, "Signing in": doors.ENTRANCE, "The desk": doors.DESK}

Row = tuple[str, str, list[str]]


def rows(table: str) -> list[Row]:
    """Method, path, and an answer for each of the principals."""
    split = [line.split() for line in table.strip().splitlines()]
    return [(method, path, answers) for method, path, *answers in split]


def written() -> str:
    """The page with the tables as they are now."""
    told, mark, _old = PAGE.read_text().partition(MARK)
    return told + mark + "".join(_section(title, table) for title, table in TABLES.items())


def _section(title: str, table: str) -> str:
    head = f"\n## {title}\n\n| | | {' | '.join(WHO)} |\n|---|---|{'---|' * len(WHO)}\n"
    prefix = "/api" if title == "API" else ""
    lines = [
        f"| {method} | `{prefix}{path}` | {' | '.join(answers)} |\n" for method, path, answers in rows(table)
    ]
    return head + "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(written())
    sys.exit(0)
