"""The backup drill: a dump, a new place, and the bank's book tells what happened since."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.faults.checks import all_well
from tests.faults.lab import Lab
from tests.faults.load import Customers
from tests.faults.web import CARD


def entries(lab: Lab) -> int:
    """Lines in the bank's book."""
    return len(lab.control("book")["entries"])


def dumped(lab: Lab, folder: Path) -> Path:
    """As an operator would, while the market is open; carried to another place, it is still whole."""
    programs = {"AQAD_POSTGRES_BIN": str(lab.postgres.programs)}
    told = lab.manage("backup", "--to", str(folder / "here"), "--json", **programs)
    assert told.returncode == 0, told.stderr
    kept = Path(json.loads(told.stdout)["file"])
    (folder / "there").mkdir()
    for name in (kept.name, f"{kept.name}.sha256"):
        shutil.move(kept.with_name(name), folder / "there" / name)
    file = folder / "there" / kept.name
    assert lab.manage("backup", "--check", str(file), **programs).returncode == 0
    return file


def restored(lab: Lab, file: Path) -> str:
    """Into a new, empty database; its address."""
    lab.postgres.create("restored")
    url = lab.postgres.url("restored")
    program = lab.postgres.programs / "pg_restore"
    command = [str(program), "--no-owner", "--exit-on-error", f"--dbname={url}", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return url


def trade(lab: Lab, seed: int, seconds: float) -> None:
    """A while of business, until all is quiet; at least one card is charged."""
    customers = Customers(lab, seed=seed, count=4)
    with customers.at_work() as ledger:
        time.sleep(seconds)
        dice, before = random.Random(seed), entries(lab)
        while entries(lab) == before:
            [one, *_others] = customers.order(0, dice, payment_method="card")
            customers.pay(one, CARD)
    all_well(lab, ledger)


def test_a_dump_comes_back_whole_and_the_bank_tells_what_came_after(
    lab: Lab, tmp_path: Path, size: Any, reached: Any
) -> None:
    """G26: dump, new database, no migration missing, no invariant broken, and every capture since is listed."""
    trade(lab, 26, size("G26").before)
    known, file = entries(lab), dumped(lab, tmp_path)
    trade(lab, 27, size("G26").after)
    began = time.monotonic()
    there = {"DATABASE_URL": restored(lab, file)}
    assert lab.manage("migrate", "--check", **there).returncode == 0
    audit = json.loads(lab.manage("audit", "--json", **there).stdout)
    books = lab.manage("reconcile", "--all", "--patience", "0", "--json", **there)
    told = json.loads(books.stdout)
    took = time.monotonic() - began
    since = entries(lab) - known
    assert audit["ok"], [check for check in audit["checks"] if check["broken"]]
    assert books.returncode == 1
    assert {each["kind"] for each in told["breaks"]} <= {"capture_unknown", "refund_unknown"}
    assert len(told["breaks"]) == since > 0
    reached(
        "G26",
        f"dump, new database, migrations whole, audit 0, {since} lines since the dump listed: {took:.0f} s",
    )
