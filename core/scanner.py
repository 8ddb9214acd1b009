"""The virus scanner, where one is set up: ClamAV's daemon, asked over its own protocol (`INSTREAM`).

A file is streamed to it in pieces, each after its length in four bytes; the answer is one line. A scanner that is away
means that nothing is taken: `Away`, and the sender tries again.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import Away

log = structlog.get_logger("aqad.scanner")

PIECE = 64 * 1024
LONGEST_ANSWER = 4096
CONNECT, ANSWER = 1.0, 10.0  # seconds


def refuse_infected(body: bytes) -> None:
    """Raises `ValidationError` for a file in which the scanner finds something, `Away` when it can't be asked."""
    if not settings.CLAMD_URL:
        return
    try:
        told = _asked(body)
    except OSError as trouble:
        log.exception("scanner away")
        raise Away from trouble
    if told.endswith("FOUND"):
        log.warning("infected file refused", found=told)
        raise ValidationError(_("This file holds something harmful."), code="infected")
    if told != "stream: OK":
        log.error("scanner did not understand", answer=told)
        raise Away


def _asked(body: bytes) -> str:
    with _line() as line:
        line.sendall(b"zINSTREAM\0")
        for piece in _pieces(body):
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            more = line.recv(LONGEST_ANSWER)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _pieces(body: bytes) -> Iterator[bytes]:
    yield from (body[at : at + PIECE] for at in range(0, len(body), PIECE))


def _line() -> socket.socket:
    """A connection to `tcp://host:port` or `unix:///path`."""
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CONNECT)
        line.connect(where.path)
    else:
        line = socket.create_connection((where.hostname or "", where.port or 3310), timeout=CONNECT)
    line.settimeout(ANSWER)
    return line
