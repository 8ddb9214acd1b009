"""Take the guards away one by one, in a copy of the project, and run the tests that must notice.

`python -m tests.guards [words of a name …, or 20-29 for those rows of the table]`; exit code 1 when one goes unnoticed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local.place import ROOT
from tests.guards.table import GUARDS, Guard

ROWS = re.compile(r"\d+-\d+")
LINKED = ("build", "node_modules", ".venv")


def main(words: list[str]) -> int:
    """How many went unnoticed."""
    chosen = _rows(words[0]) if words and ROWS.fullmatch(words[0]) else _named(words)
    print(f"{len(chosen)} guards, each taken away in turn:", flush=True)
    with tempfile.TemporaryDirectory(prefix="aqad-guards-") as folder:
        place = _copy(Path(folder) / "aqad")
        missed = [
            guard for number, guard in enumerate(chosen, 1) if not _tried(place, number, len(chosen), guard)
        ]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} noticed.")
    for guard in missed:
        print(f"NOT NOTICED: {guard.name} ({guard.file})")
    return len(missed)


def _rows(span: str) -> list[Guard]:
    first, last = map(int, span.split("-"))
    return GUARDS[first - 1 : last]


def _named(words: list[str]) -> list[Guard]:
    return [guard for guard in GUARDS if all(word in guard.name for word in words)]


def _copy(place: Path) -> Path:
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True
    )
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, place / name)
    for name in LINKED:
        (place / name).symlink_to(ROOT / name)
    return place


def _tried(place: Path, number: int, count: int, guard: Guard) -> bool:
    """Whether the tests failed without it; the copy is whole again afterwards."""
    file, began = place / guard.file, time.monotonic()
    whole = file.read_text()
    assert guard.old in whole, f"{guard.name}: not found in {guard.file}"
    file.write_text(whole.replace(guard.old, guard.new, 1))
    try:
        said = _run(place, guard.tests)
    finally:
        file.write_text(whole)
    noticed = said.returncode == 1 and bool(re.search(r"\d+ (failed|error)", said.stdout))
    verdict = "noticed" if noticed else "NOT NOTICED"
    print(f"{number:>3}/{count} {verdict:<12} {time.monotonic() - began:4.0f} s  {guard.name}", flush=True)
    if not noticed:
        print(said.stdout[-800:], said.stderr[-400:], sep="\n", flush=True)
    return noticed


def _run(place: Path, tests: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--tb=no",
        "-p",
        "no:cacheprovider",
        *shlex.split(tests),
    ]
    environment = os.environ | {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
