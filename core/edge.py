"""Where what slipped past every form and schema is caught: what a lower layer's complaint means to the sender.

A database that is away is 503. Text that no database keeps, a number that no column holds, nesting that no parser
follows are 400 for whoever sent them and a bug of ours in the log: a form or schema should have said no.
"""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DataError

from core.errors import LOST, Away, Invalid, Refusal, TooLarge

log = structlog.get_logger("aqad.edge")

HOSTILE = (DataError, UnicodeError, RecursionError)
EXPECTED = (Refusal, *LOST, RequestDataTooBig, *HOSTILE)


def as_refusal(problem: BaseException | None) -> Refusal | None:
    """What to answer; None for a bug that no input explains."""
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, LOST):
        log.error("database away or busy", exc_info=problem)
        return Away()
    if isinstance(problem, RequestDataTooBig):
        return TooLarge()
    if isinstance(problem, HOSTILE):
        log.error("hostile input reached a lower layer", exc_info=problem)
        return Invalid()
    return None
