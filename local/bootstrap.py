"""Makes `.venv` and installs one set of pinned requirements: `python3 local/bootstrap.py local|dev`.

Runs before anything is installed, so it knows nothing but the standard library.
"""

from __future__ import annotations

import fcntl
import hashlib
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "build" / "install.log"
SETS = {"local": ["local"], "dev": ["dev", "local"]}


def main(wanted: str) -> None:
    """Does nothing, quickly, when the set is installed already."""
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"AQAD needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / ".install.lock").open("w") as turn:
        fcntl.lockf(turn, fcntl.LOCK_EX)
        if not all(_installed(name) for name in SETS[wanted]):
            _install(wanted)


def _installed(name: str) -> bool:
    stamp = _stamp(name)
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == _mark(name)


def _stamp(name: str) -> Path:
    return VENV / f"installed-{name}"


def _mark(name: str) -> str:
    listed = (ROOT / f"requirements-{name}.txt").read_bytes()
    return f"{sys.version.split()[0]} {hashlib.sha256(listed).hexdigest()}"


def _install(wanted: str) -> None:
    print("Installing Python requirements (about a minute the first time)…", flush=True)
    if not _works():
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    requirements = str(ROOT / f"requirements-{wanted}.txt")
    _run([str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "-r", requirements])
    _make_importable()
    for name in SETS[wanted]:
        _stamp(name).write_text(_mark(name))


def _works() -> bool:
    version = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([str(PYTHON), "-c", version], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_importable() -> None:
    """The checkout's own commands (pytest, celery, granian) find the market from any folder."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.check_output([str(PYTHON), "-c", code], text=True).strip()
    Path(folder, "aqad.pth").write_text(f"{ROOT}\n")


def _run(command: list[str]) -> None:
    with LOG.open("w") as log:
        done = subprocess.run(
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
        )
    if done.returncode:
        sys.exit("AQAD: " + _explain(LOG.read_text(errors="replace")))


def _explain(said: str) -> str:
    if "No space left" in said:
        return "the disk is full: the Python packages do not fit."
    if "ensurepip" in said:
        return "Python's venv module is incomplete; on Debian and Ubuntu: apt install python3-venv."
    if "connection" in said.lower() or "Could not fetch URL" in said:
        return "the Python package index cannot be reached; AQAD needs it to install what it uses."
    return f"the Python packages could not be installed; pip said why in {LOG}."


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        sys.exit(f"AQAD: {problem.strerror} ({problem.filename}).")
