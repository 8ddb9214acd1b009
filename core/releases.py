"""Which state of the code runs, since when, and with which key: what changed last is where to look first."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

log = structlog.get_logger("aqad.releases")

UNKNOWN = "unknown"
SHORT = 12


@cache
def release() -> str:
    """AQAD_RELEASE; else the commit of a checkout; else "unknown"."""
    return settings.AQAD_RELEASE[:80] or _commit(Path(settings.BASE_DIR) / ".git") or UNKNOWN


def _commit(git: Path) -> str:
    """What HEAD stands for, read without git."""
    with suppress(OSError):
        kind, _, ref = (git / "HEAD").read_text().strip().partition(": ")
        if kind != "ref":
            return kind[:SHORT]
        if (git / ref).is_file():
            return (git / ref).read_text()[:SHORT]
        packed = (line.split(" ", 1) for line in (git / "packed-refs").read_text().splitlines())
        return next((pair[0][:SHORT] for pair in packed if pair[-1] == ref), "")
    return ""


def key_mark() -> str:
    """A mark of SECRET_KEY that tells one from another and gives nothing away."""
    return salted_hmac("core.releases", "mark", algorithm="sha256").hexdigest()[:SHORT]


def started() -> None:
    """Write down that this release serves now: once for each, and its time anew when it comes back after another."""
    from core.models import Release

    try:
        last = Release.objects.order_by("-started_at").values_list("name", "key_mark").first()
        if last != (release(), key_mark()):
            facts = {"started_at": Now()}
            Release.objects.update_or_create(name=release(), key_mark=key_mark(), defaults=facts)
    except DatabaseError:
        log.warning("release not written", release=release())
    finally:
        connection.close()
    log.info("started", release=release())
