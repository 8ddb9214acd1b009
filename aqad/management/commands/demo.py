"""`manage.py demo`: load the demo market and say how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aqad import demo


class Command(BaseCommand):
    """Load the demo market (idempotent); refused unless AQAD_DEMO=true."""

    help = "Load the demo market (idempotent). Refused outside the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError("The demo market is only for AQAD_DEMO=true.")
        logins = demo.load()
        self.stdout.write(f"Password of everybody: {demo.PASSWORD}")
        for email, who in logins.items():
            self.stdout.write(f"  {email:<28} {who}")
