"""Backups: the database as one file that was looked into before it counts, with its checksum beside it.

Files of the stores (papers, pictures) are not in it; `docs/backup.md` says how they are kept, how a restore goes, and
how PostgreSQL's own log narrows what a night's dump would lose.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from psycopg.conninfo import make_conninfo

from core.models import Sweep

JOB = "backup"
NAME = re.compile(r"^aqad-(\d{8}T\d{6}Z)\.dump$")
ROWS = re.compile(r" TABLE DATA public (\S+)")
STAMP = "%Y%m%dT%H%M%SZ"
AT_LEAST = 3
BLOCK = 1 << 20
OURS = ("options", "cursor_factory", "context", "prepare_threshold", "connect_timeout", "password")


class NotKept(Exception):
    """There is no backup, and why."""


@dataclass(frozen=True)
class Kept:
    """A backup that was looked into. `seconds` is how long it took."""

    file: Path
    size: int
    sha256: str
    tables: int
    seconds: float
    removed: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {**self.__dict__, "file": str(self.file), "removed": list(self.removed)}


def keep(folder: Path, days: int) -> Kept:
    """Dump into the folder, look into it, write its checksum, and let go of those older than so many days."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"aqad-{datetime.now(UTC):{STAMP}}.dump"
    unfinished = file.with_suffix(".part")
    try:
        _dump(unfinished)
        tables = contents(unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    digest = checksum(file)
    _write_down(file, digest)
    removed = _let_go(folder, days)
    Sweep.objects.update_or_create(job=JOB, defaults={"succeeded_at": Now(), "problem": ""})
    return Kept(file, file.stat().st_size, digest, tables, round(time.monotonic() - began, 1), tuple(removed))


def check(file: Path) -> Kept:
    """Whether a backup is still what it was: its checksum, and that it can be read. Raises `NotKept`."""
    began, beside = time.monotonic(), _beside(file)
    if not file.is_file() or not beside.is_file():
        raise NotKept(f"{file} or its checksum is not there.")
    digest = checksum(file)
    if digest != beside.read_text().split()[0]:
        raise NotKept(f"{file} is not what its checksum says: it was changed or cut off.")
    return Kept(file, file.stat().st_size, digest, contents(file), round(time.monotonic() - began, 1))


def contents(file: Path) -> int:
    """How many tables' rows it holds, as `pg_restore --list` reads them. Raises `NotKept` if one of ours is missing."""
    listed = _run(["pg_restore", "--list", str(file)])
    held = set(ROWS.findall(listed))
    if not held:
        raise NotKept(f"{file} holds no rows.")
    if missing := set(connection.introspection.django_table_names(only_existing=True)) - held:
        raise NotKept(f"{file} lacks {', '.join(sorted(missing))}.")
    return len(held)


def checksum(file: Path) -> str:
    """SHA-256, block by block."""
    digest = hashlib.sha256()
    with file.open("rb") as body:
        while block := body.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _dump(file: Path) -> None:
    """One consistent moment of the database, while the market is open; the password stays off the command line."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    where = _where()
    secret = {"PGPASSWORD": str(where["password"])} if where.get("password") else {}
    conninfo = make_conninfo(**{name: value for name, value in where.items() if name not in OURS})
    _run(["pg_dump", "--format=custom", "--no-owner", f"--dbname={conninfo}", f"--file={file}"], secret)
    with file.open("rb") as body:
        os.fsync(body.fileno())


def _where() -> dict[str, Any]:
    """The server itself, past a pooler where BACKUP_DATABASE_URL says so."""
    if settings.BACKUP_DATABASE_URL:
        other = connection.copy()
        other.settings_dict |= environ.Env.db_url_config(settings.BACKUP_DATABASE_URL)
        return dict(other.get_connection_params())
    return dict(connection.get_connection_params())


def _run(command: Sequence[str], secret: dict[str, str] | None = None) -> str:
    name, *arguments = command
    path = os.pathsep.join(filter(None, (os.environ.get("AQAD_POSTGRES_BIN"), os.environ.get("PATH"))))
    program = shutil.which(name, path=path)
    if program is None:
        raise NotKept(
            f"{name} is not there: install PostgreSQL's client programs, or name them in AQAD_POSTGRES_BIN."
        )
    values = os.environ | (secret or {})
    done = subprocess.run([program, *arguments], env=values, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotKept(
            f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
        )
    return done.stdout


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def _write_down(file: Path, digest: str) -> None:
    """As `sha256sum --check` reads it."""
    _beside(file).write_text(f"{digest}  {file.name}\n")


def _let_go(folder: Path, days: int) -> list[str]:
    """Older ones go, never the three newest, and nothing that has another name."""
    dated = sorted((found[1], path) for path in folder.iterdir() if (found := NAME.match(path.name)))
    edge = (datetime.now(UTC) - timedelta(days=days)).strftime(STAMP)
    old = [path for stamp, path in dated[:-AT_LEAST] if stamp < edge]
    for path in old:
        path.unlink()
        _beside(path).unlink(missing_ok=True)
    return [path.name for path in old]
