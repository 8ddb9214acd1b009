"""`manage.py prove_stock`: race buyers for cartons on the real database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.proving import race

MOST = 10_000


class Command(BaseCommand):
    """Show that exactly what is there is sold, however many want it at once. Exit code 1 when it is not so."""

    help = "Race buyers for cartons of a product of our own, then cancel all. Exit 1 on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--buyers", type=int, default=60, help="how many order one carton each (60)")
        parser.add_argument("--cartons", type=int, default=20, help="how many cartons there are (20)")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        buyers, cartons = options["buyers"], options["cartons"]
        if not (1 <= buyers <= MOST and 0 <= cartons <= MOST):
            raise CommandError(f"Between 1 and {MOST} buyers for 0 to {MOST} cartons, please.")
        proof = race(buyers, cartons)
        if options["json"]:
            self.stdout.write(json.dumps(proof.as_dict()))
        else:
            self._tell(proof.as_dict())
        if not proof.holds:
            raise SystemExit(1)

    def _tell(self, facts: dict[str, Any]) -> None:
        rows = {
            "cartons": "cartons there", "buyers": "buyers of one carton each", "sold": "sold",
            "refused": "refused: out of stock", "errors": "failed otherwise", "held": "reserved in the stock row",
            "difference": "ledger difference", "left": "free again after cancelling",
        }  # fmt: skip
        for name, words in rows.items():
            self.stdout.write(f"{words:<30}{facts[name]:>8}")
        verdict = "Exactly what was there was sold." if facts["holds"] else "THE STOCK DOES NOT HOLD."
        self.stdout.write(verdict)
