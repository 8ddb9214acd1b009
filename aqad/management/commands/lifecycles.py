"""`manage.py lifecycles`: write `docs/lifecycles.md` from the tables of the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from accounts.lifecycle import BUSINESS
from aqad.news import NEWS
from aqad.reactions import MAIL, REACTIONS, TELL
from catalog.lifecycle import IMPORT, PRODUCT
from core.lifecycle import Lifecycle
from logistics.lifecycle import DELIVERY
from orders.lifecycle import ORDER
from payments.lifecycle import BREAK, PAYMENT, REFUND

HEAD = """# Lifecycles

Written by `manage.py lifecycles` from the tables in each app's `lifecycle.py`; a test compares. A status changes
only by a move in these tables. *Follows* names the reactions of the outbox, *told* the roles that get news.
"""
TABLES = [BUSINESS, PRODUCT, IMPORT, ORDER, PAYMENT, REFUND, BREAK, DELIVERY]


def written() -> str:
    """The whole page."""
    with override("en"):
        return "\n".join([HEAD, *map(_section, TABLES)])


def _section(table: Lifecycle) -> str:
    lines = [
        f"## {table.noun.capitalize()}\n",
        f"Begins as `{table.start}`.\n",
        "| move | from | to | who may | follows | told |",
        "|---|---|---|---|---|---|",
    ]
    for move in table.table:
        event = f"{table.noun}.{move.name}"
        follows = [name for name in REACTIONS.get(event, []) if name not in (TELL, MAIL)]
        told = sorted(NEWS.get(event, {})) if REACTIONS.get(event) else []
        cells = (
            f"`{move.name}`", ", ".join(move.sources), move.target, ", ".join(sorted(move.who)),
            ", ".join(f"`{name}`" for name in follows) or "–", ", ".join(told) or "–",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    """Write the page."""

    help = "Write docs/lifecycles.md from the tables."

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "lifecycles.md"
        page.write_text(written())
        self.stdout.write(f"Written: {page}")
