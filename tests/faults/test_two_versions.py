"""The release before at work on the tables of this one: its own tests, over a database that this code has migrated.

`tests/test_migrations.py` judges each migration by its SQL; this is the same question asked for real. The release
before is the code of the commit that last wrote down what migrations it brought (`tests/released.txt`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local import children, prepare
from local.place import ROOT
from local.postgres import Postgres
from tests.faults.sizes import LONG

TESTS = (
    "orders/tests/test_ordering.py",
    "payments/tests/test_paying.py",
    "logistics/tests",
    "catalog/tests/test_keeping.py",
)
DATABASE = "aqad"


def git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)


def released() -> str:
    """The commit of the release before; nothing where its history is not here."""
    return git("log", "-1", "--format=%H", "--", "tests/released.txt").stdout.decode().strip()


if LONG:

    @pytest.fixture
    def server(tmp_path: Path) -> Iterator[Postgres]:
        """A PostgreSQL with a database that this code has migrated, under the name that tests look for."""
        postgres = Postgres(tmp_path / "postgres", tmp_path / "postgres.log", durable=False)
        postgres.prepare()
        child = postgres.start()
        try:
            postgres.wait(child)
            for name in (DATABASE, f"test_{DATABASE}"):
                postgres.create(name)
            here = os.environ | {"AQAD_DEMO": "true", "DATABASE_URL": postgres.url(f"test_{DATABASE}")}
            prepare.run_manage(["migrate", "--noinput", "--verbosity=0"], here)
            yield postgres
        finally:
            children.stop([child])
            shutil.rmtree(postgres.sockets, ignore_errors=True)

    @pytest.fixture
    def before(tmp_path: Path) -> Path:
        """The code of the release before, in a folder."""
        commit, folder = released(), tmp_path / "before"
        assert commit, "this clone is shallow: the trial needs the history back to the release before"
        folder.mkdir()
        subprocess.run(["tar", "-x"], input=git("archive", commit).stdout, cwd=folder, check=True)
        for name in ("build", "node_modules"):
            (folder / name).symlink_to(ROOT / name)
        return folder

    def tried(before: Path, server: Postgres) -> str:
        """The last words of its tests over that database."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "AQAD_"))
        }
        here = kept | {"TEST_DATABASE_URL": server.url(DATABASE), "PYTHONPATH": str(before)}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--reuse-db", "-p", "no:cacheprovider", *TESTS]
        done = subprocess.run(command, cwd=before, env=here, capture_output=True, text=True, check=False)
        return done.stdout.strip().splitlines()[-1]

    def test_the_release_before_works_on_the_tables_of_this_one(
        before: Path, server: Postgres, reached: Any
    ) -> None:
        """G13, its other half; the control is a table that has lost a column."""
        told = tried(before, server)
        assert "passed" in told, told
        assert "failed" not in told, told
        with psycopg.connect(server.url(f"test_{DATABASE}")) as connection:
            connection.execute("ALTER TABLE logistics_delivery DROP COLUMN note")
        control = tried(before, server)
        assert "1 failed" in control or "1 error" in control, control
        reached("G13", f"{released()[:7]} on the tables of now: {told}; without a column: {control}")
