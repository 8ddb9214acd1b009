"""`manage.py reindex`: read every product anew, so that it is found by what it is now."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog import index, standing
from catalog.models import Product


class Command(BaseCommand):
    """Safe beside a running market: each batch is a transaction of its own, and may be repeated."""

    help = (
        "Read every product anew for the search, and renew how products stand. Safe beside a running market."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missing", action="store_true", help="only products on sale without any words")

    def handle(self, *args: Any, missing: bool = False, **options: Any) -> None:
        began, rows = time.monotonic(), Product.objects.all()
        done = index.rebuild(rows.filter(status="listed", words__isnull=True) if missing else rows)
        moved = standing.renew()
        took = time.monotonic() - began
        self.stdout.write(f"Products read: {done}; standing changed: {moved}; {took:.0f} s")
