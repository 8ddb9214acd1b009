"""The Procfile's processes: started together, watched, and their output kept readable side by side."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from local.children import LAST_LINES, Child
from local.place import ROOT
from local.trouble import Trouble

BEAT = 0.2


@dataclass
class Output:
    """Prints what processes say, each line under its speaker's name, and remembers the end of it."""

    width: int
    printer: Printer = field(init=False)
    turn: threading.Lock = field(default_factory=threading.Lock)
    tails: dict[str, deque[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.printer = Printer(sys.stdout, width=self.width)

    def follow(self, name: str, colour: str, stream: IO[bytes]) -> None:
        """Reads until the process closes its end; never stops reading, or the process would stall."""
        tail = self.tails.setdefault(name, deque(maxlen=LAST_LINES))
        for line in iter(stream.readline, b""):
            tail.append(line)
            with suppress(OSError, ValueError), self.turn:
                self.printer.write(Message("line", line, datetime.now().astimezone(), name, colour))

    def end_of(self, name: str) -> str:
        """The last lines of a process."""
        return b"".join(self.tails.get(name, ())).decode(errors="replace")


def commands() -> dict[str, str]:
    """Name and command line of each process, as the Procfile has them."""
    return dict(parse_procfile((ROOT / "Procfile").read_text()).processes)


def start(name: str, command: str, environment: Mapping[str, str], output: Output, colour: str) -> Child:
    """Starts one process in a session of its own and begins to follow what it says."""
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )
    reader = threading.Thread(target=output.follow, args=(name, colour, process.stdout), daemon=True)
    reader.start()
    return Child(name, process, last_words=lambda: output.end_of(name))


def colours() -> Callable[[], str]:
    """A colour for each process in turn."""
    wheel = get_colours()
    return lambda: str(next(wheel))


def watch(children: Sequence[Child], until: Callable[[], bool] = lambda: False) -> None:
    """Returns when `until` says so; a process that ends meanwhile is Trouble, whatever its exit code."""
    while not until():
        for child in children:
            if child.exit_code is not None:
                raise Trouble(_obituary(child.name, child.exit_code, child.last_words()))
        time.sleep(BEAT)


def _obituary(name: str, code: int, last_words: str) -> str:
    said = f" It said last:\n{last_words.rstrip()}" if last_words.strip() else ""
    return f"{name} ended by itself ({_how(code)}), so everything was stopped.{said}"


def _how(code: int) -> str:
    if code < 0 or code > 128:
        return f"killed by signal {-code if code < 0 else code - 128}"
    return f"exit code {code}"
