"""A worker's turn: batch after batch of what is due, ended by itself before the task is ended from outside.

A task that is ended in the middle of a batch leaves the rest of it leased, so that nobody does it for a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

TURN = 10.0  # seconds; tasks are ended after 20
TICK = 3.0  # of what is asked for every second: short, so that each kind of work is soon at it again


def take_turns(
    seconds: float,
    claim: Callable[[], Sequence[T]],
    do: Callable[[T], bool],
    let_go: Callable[[Sequence[T]], Any],
) -> int:
    """Do what is due for so many seconds; what is claimed and not begun by then is let go. Says how much was done."""
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and (claimed := claim()):
        for number, row in enumerate(claimed):
            if time.monotonic() >= end:
                let_go(claimed[number:])
                break
            done += do(row)
    return done
