"""The guide for operators, followed to the letter from an empty folder to a market that answers through nginx."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.place import ROOT
from local.ports import HOST
from tests.faults.guide import NAME, Machine, blocks
from tests.faults.sizes import LONG
from tests.upstreams import SHORT


def test_the_guide_is_well_formed() -> None:
    """The short form: every block is a program that a shell understands."""
    assert len(blocks()) > 12
    for block in blocks():
        read = subprocess.run(["/bin/bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (read.returncode, read.stderr) == (0, ""), block


ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(
    ANALYZE is None, reason="there is no systemd here; the long form reads the units by itself"
)
def test_its_units_are_understood_by_systemd(tmp_path: Path) -> None:
    files = units(tmp_path)
    assert len(files) == 5
    assert verified(files) == ""
    one = next(file for file in files if file.name.startswith("aqad-web"))
    one.write_text(re.sub("^KillMode", "KilMode", one.read_text(), flags=re.MULTILINE))
    assert "KilMode" in verified(files)


def units(folder: Path) -> list[Path]:
    """The unit files with an instance of each template, their programs taken for granted."""
    for file in (ROOT / "deploy" / "systemd").iterdir():
        named = folder / file.name.replace("@.", "@1.")
        named.write_text(re.sub(r"/srv/aqad/current/\.venv/bin/\w+", "/bin/true", file.read_text()))
    return sorted(folder.iterdir())


def verified(files: list[Path]) -> str:
    """What systemd has to say about these units."""
    command = [str(ANALYZE), "verify", "--man=no", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


if LONG:

    def test_the_guide_is_followed_to_the_letter(progress: Any, reached: Any) -> None:
        """Every `sh` block in its order; then what an operator would look at."""
        with (
            tempfile.TemporaryDirectory(prefix="aqad-", dir=SHORT, ignore_cleanup_errors=True) as name,
            Machine(Path(name)) as machine,
        ):
            for number, block in enumerate(blocks(), 1):
                progress(f"block {number} of {len(blocks())}: {block.splitlines()[0][:80]}")
                done = machine.run(block)
                told = {
                    path.name: path.read_text(errors="replace")[-1500:]
                    for path in (Path(name) / "log").glob("*")
                }
                assert done.returncode == 0, f"{block}\n--- {done.stdout}\n--- {done.stderr}\n--- {told}"
            answer = asked(machine, "/catalog/")
            assert (answer.status, answer.headers["Strict-Transport-Security"]) == (
                200,
                "max-age=31536000; includeSubDomains; preload",
            )
            assert asked(machine, "/metrics").status == 404
            assert list((machine.folder / "var/backups/aqad/wal").iterdir())
        reached(
            "guide",
            f"{len(blocks())} blocks of docs/operations.md carried out: from nothing to a market behind nginx,"
            " a dump brought back, a way back to a moment, an upgrade and the way back from it",
        )


def asked(machine: Machine, path: str) -> urllib3.BaseHTTPResponse:
    """Through nginx, with the certificate that the machine has."""
    certificate = str(machine.folder / "etc/letsencrypt/live" / NAME / "fullchain.pem")
    pool = urllib3.HTTPSConnectionPool(
        HOST, machine.https, ca_certs=certificate, server_hostname=NAME, assert_hostname=NAME, retries=False
    )
    return pool.request("GET", path, headers={"Host": NAME})
