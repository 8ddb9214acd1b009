"""Programs that this one started: how they are asked to end, and made to."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

PATIENCE = 10.0
LAST_LINES = 15
MARK = "AQAD_RUN_OF"


@dataclass
class Child:
    """A running program; `alone` says that its own children are its own business."""

    name: str
    process: subprocess.Popen[bytes] | subprocess.Popen[str]
    polite: signal.Signals = signal.SIGTERM
    alone: bool = False
    last_words: Callable[[], str] = str

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

    def send(self, number: signal.Signals) -> None:
        """Reaches whatever is left of the program, even when its first process is gone."""
        with suppress(ProcessLookupError, PermissionError):
            if not self.alone:
                os.killpg(self.process.pid, number)
            elif self.exit_code is None:
                os.kill(self.process.pid, number)

    @property
    def gone(self) -> bool:
        """Whether nothing of it runs any more."""
        if self.exit_code is None:
            return False
        return self.alone or not _group_lives(self.process.pid)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def spawn(
    name: str,
    command: Sequence[str],
    log: Path,
    *,
    user: int | None = None,
    polite: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str],
    folder: Path,
) -> Child:
    """Starts a server in its own session, so that a Ctrl-C at the keyboard reaches this program alone."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
            user=user,
            group=None if user is None else group_of(user),
            extra_groups=None if user is None else [],
        )
    return Child(name, process, polite, alone=True, last_words=lambda: end_of(log))


def end_of(log: Path) -> str:
    """What a server said last, which is mostly why it ended."""
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    return "\n".join(lines[-LAST_LINES:])


def group_of(user: int) -> int:
    """The group a server runs under when it runs as somebody else."""
    return pwd.getpwuid(user).pw_gid


def stop(children: Sequence[Child], patience: float = PATIENCE) -> None:
    """Asks all of them at once, waits, and makes the stubborn ones end."""
    for child in children:
        child.send(child.polite)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and not all(child.gone for child in children):
        time.sleep(0.05)
    for child in children:
        child.send(signal.SIGKILL)
        child.process.wait()


def end_leftovers(of: Path) -> None:
    """Ends what a run of the same data left behind when it was killed without a chance to stop it."""
    left = [process for process in psutil.process_iter() if _belongs(process, of)]
    for process in left:
        _quietly_end(process)
    for process in psutil.wait_procs(left, timeout=PATIENCE)[1]:
        process.kill()


def _belongs(process: psutil.Process, of: Path) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == str(of)
    except (psutil.Error, OSError):
        return False


def _quietly_end(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
