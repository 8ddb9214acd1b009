"""The guide for operators, followed to the letter from an empty folder to a market that answers through nginx."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import urllib3

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


if LONG:

    def test_the_guide_is_followed_to_the_letter(progress: Any, reached: Any) -> None:
        """Every `sh` block in its order; then what an operator would look at."""
        with (
            tempfile.TemporaryDirectory(prefix="aqad-", dir=SHORT, ignore_cleanup_errors=True) as name,
            Machine(Path(name)) as machine,
        ):
            for number, block in enumerate(blocks(), 1):
                done = machine.run(block)
                progress(f"block {number}: {block.splitlines()[0][:80]}")
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
            f"{len(blocks())} blocks of docs/operations.md carried out, with an upgrade and the way back",
        )


def asked(machine: Machine, path: str) -> urllib3.BaseHTTPResponse:
    """Through nginx, with the certificate that the machine has."""
    certificate = str(machine.folder / "etc/letsencrypt/live" / NAME / "fullchain.pem")
    pool = urllib3.HTTPSConnectionPool(
        HOST, machine.https, ca_certs=certificate, server_hostname=NAME, assert_hostname=NAME, retries=False
    )
    return pool.request("GET", path, headers={"Host": NAME})
