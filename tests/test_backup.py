"""Backups are looked into before they count, and old ones let go. The whole drill is `tests/faults/test_restore.py`."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aqad import backups
from core.models import Sweep
from local.postgres import Postgres

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """PostgreSQL's own client programs."""
    server = Postgres(tmp_path / "none", tmp_path / "none.log")
    shutil.rmtree(server.sockets)
    monkeypatch.setenv("AQAD_POSTGRES_BIN", str(server.programs))


def backup(*arguments: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("backup", *map(str, arguments), "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_a_backup_with_its_checksum(tmp_path: Path) -> None:
    told = backup("--to", tmp_path / "kept")
    file = Path(told["file"])
    assert file.stat().st_mode & 0o077 == 0
    assert file.with_name(f"{file.name}.sha256").read_text() == f"{told['sha256']}  {file.name}\n"
    assert told["tables"] > 30
    assert backup("--check", file)["sha256"] == told["sha256"]
    assert Sweep.objects.get(job=backups.JOB).succeeded_at
    assert {path.name for path in file.parent.iterdir()} == {file.name, f"{file.name}.sha256"}


def test_one_that_was_changed_or_cut_off(tmp_path: Path) -> None:
    file = Path(backup("--to", tmp_path)["file"])
    whole = file.read_bytes()
    for spoilt in (whole[:-1], whole[:100] + b"?" + whole[101:]):
        file.write_bytes(spoilt)
        with pytest.raises(CommandError, match="not what its checksum says"):
            backup("--check", file)
    with pytest.raises(CommandError, match="not there"):
        backup("--check", tmp_path / "nothing.dump")


def test_what_lacks_a_table_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = backups._run

    def forgetful(command: Any, secret: Any = None) -> str:
        return run(
            [*command, *(["--exclude-table-data=orders_order"] if command[0] == "pg_dump" else [])], secret
        )

    monkeypatch.setattr(backups, "_run", forgetful)
    with pytest.raises(CommandError, match="lacks orders_order"):
        backup("--to", tmp_path)
    assert not list(tmp_path.glob("*.dump*"))
    assert not Sweep.objects.filter(job=backups.JOB).exists()


def test_old_ones_go_and_the_newest_stay(tmp_path: Path) -> None:
    old = [f"aqad-2024010{day}T000000Z.dump" for day in range(1, 6)]
    for name in (*old, "aqad-of-mine.dump"):
        (tmp_path / name).touch()
    told = backup("--to", tmp_path, "--keep", 14)
    assert told["removed"] == old[:3]
    assert {path.name for path in tmp_path.glob("*.dump")} == {
        *old[3:],
        "aqad-of-mine.dump",
        Path(told["file"]).name,
    }


def test_without_the_programs_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AQAD_POSTGRES_BIN", "")
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(CommandError, match="pg_dump is not there"):
        backup("--to", tmp_path)
