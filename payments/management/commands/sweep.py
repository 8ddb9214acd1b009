"""`manage.py sweep`: free what nobody paid, forget what only served a while, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog import imports
from core.tidying import tidy
from payments import asking


class Command(BaseCommand):
    """End unpaid checkouts whose time is over, and tidy. Safe beside the workers."""

    help = "End unpaid checkouts whose time is over, and delete what only served a while. Safe beside the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Checkouts ended: {asking.release_holds()}")
        for what, count in tidy().items():
            self.stdout.write(f"Old {what} deleted: {count}")
        self.stdout.write(f"Unconfirmed import files cleared: {imports.clear()}")
