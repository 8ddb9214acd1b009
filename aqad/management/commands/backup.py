"""`manage.py backup`: the database as one file with its checksum, looked into before it counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aqad import backups
from aqad.backups import Kept, NotKept

FILES = "Not in it: papers and pictures. They lie in {where}; see docs/backup.md."


class Command(BaseCommand):
    """Dump, verify, write the checksum, let go of old ones. Exit code 1 with one sentence when there is no backup."""

    help = (
        "Dump the database while the market is open (pg_dump, custom format), read it back with pg_restore --list, "
        "write its SHA-256 beside it and delete dumps older than --keep days, never the three newest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="folder (BACKUP_DIR)")
        parser.add_argument(
            "--keep", type=int, default=14, metavar="DAYS", help="days that dumps are kept (14)"
        )
        parser.add_argument(
            "--check", type=Path, metavar="FILE", help="only look whether this one is still whole"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("Dumps are kept for at least a day.")
        try:
            kept = _checked_or_kept(options)
        except (NotKept, OSError) as problem:
            raise CommandError(f"No backup: {problem}") from problem
        self.stdout.write(json.dumps(kept.plain()) if options["json"] else _page(kept))


def _checked_or_kept(options: dict[str, Any]) -> Kept:
    if options["check"]:
        return backups.check(options["check"])
    return backups.keep(options["to"], options["keep"])


def _page(kept: Kept) -> str:
    where = (
        f"the bucket {settings.AWS_PRIVATE_BUCKET_NAME}"
        if settings.AWS_STORAGE_BUCKET_NAME
        else settings.VAR / "media"
    )
    lines = [
        f"{kept.file}: {kept.size / 2**20:.1f} MiB, rows of {kept.tables} tables, {kept.seconds} s",
        f"SHA-256 {kept.sha256}",
        *(f"Removed: {name}" for name in kept.removed),
        FILES.format(where=where),
    ]
    return "\n".join(lines)
