"""`manage.py relay`: what the workers do each second, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core import events


class Command(BaseCommand):
    """Carry out every reaction that is due. Safe beside the workers."""

    help = "Carry out every reaction of the outbox that is due. Safe beside the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Reactions done: {events.relay()}")
