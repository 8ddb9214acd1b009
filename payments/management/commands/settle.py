"""`manage.py settle`: apply callbacks and ask about open payments, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from payments import asking
from payments.callbacks import apply_due


class Command(BaseCommand):
    """Settle what gateways told us, and ask about what they did not. Safe beside the workers."""

    help = "Apply callbacks that are due and ask the gateway about open payments. Safe beside the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Callbacks applied: {apply_due()}")
        self.stdout.write(f"Payments asked about: {asking.poll()}")
