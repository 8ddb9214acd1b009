"""`manage.py demo`: load the demo market, tell the sandbox bank of its past, and say how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aqad import demo
from aqad.demo import opening


class Command(BaseCommand):
    """Load the demo market (idempotent); refused unless AQAD_DEMO=true."""

    help = "Load the demo market (idempotent). Refused outside the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError("The demo market is only for AQAD_DEMO=true.")
        logins = demo.load()
        if settings.PAYMENT_GATEWAY == "sandbox":
            self._tell_the_bank()
        self.stdout.write(f"Password of everybody: {demo.PASSWORD}")
        for email, who in logins.items():
            self.stdout.write(f"  {email:<28} {who}")

    def _tell_the_bank(self) -> None:
        """Without it only refunds of the past fail, so a bank that is away is no reason to stop."""
        try:
            opening.hand_over()
        except opening.NotTaken as why:
            self.stderr.write(
                f"The sandbox bank does not know the demo's past ({why}): run this again with it."
            )
