"""Where things are, and the one run that may use a data folder at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


def data_folder() -> Path:
    """AQAD_VAR, absolute; private to its owner when it is made here."""
    folder = Path(os.environ.get("AQAD_VAR") or ROOT / "var").expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Refuses to start twice over the same data. The lock dies with the process, however that ends."""
    with (folder / "run.lock").open("a+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            file.seek(0)
            raise Trouble(f"the market already runs on {folder} (process {file.read().strip()}).") from taken
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@contextmanager
def taking_turns(folder: Path) -> Iterator[None]:
    """Two copies of one checkout that start together prepare one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield
