"""Structured logs: one JSON object a line in production, readable lines in the demo; secrets never."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog
from structlog.types import EventDict, WrappedLogger

HIDDEN = (
    "password",
    "token",
    "secret",
    "authorization",
    "cookie",
    "card",
    "cvc",
    "signature",
    "refresh",
    "access",
)


# Addresses that open something by themselves, tokens, and numbers of cards, wherever they stand in a text.
OPENING = re.compile(
    r"(/(?:invitation|account/come-in|accounts/confirm-email|accounts/password/reset/key)/)[^/\s\"']+"
)
TELLING = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?<=Bearer )\S+|\b(?:4\d{15}|5[1-5]\d{14}|3[47]\d{13})\b"
    r"|(?<=[?&](?:link|code)=)[^&\s\"']+|(?<=[?&]t=)[^&\s\"']+"
)
DOTS = "•••"
SIGNS = ("eyJ", "Bearer ", "=", "/invitation/", "/account")
NUMBER = re.compile(r"[345]\d{14}")


def hidden(value: Any, name: str = "") -> Any:
    """The value without secrets, at any depth: blank where its name smells of one or its text shows one."""
    if name and _smells(name):
        return DOTS
    if isinstance(value, str):
        return TELLING.sub(DOTS, OPENING.sub(rf"\1{DOTS}", value)) if _may_tell(value) else value
    if isinstance(value, dict):
        return {key: hidden(part, str(key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(hidden(part) for part in value) if type(value) in (list, tuple) else value
    return value


def hide_secrets(logger: WrappedLogger, method: str, entry: EventDict) -> EventDict:
    """No line of the log tells one."""
    return {key: hidden(value, key) for key, value in entry.items()}


def _may_tell(text: str) -> bool:
    """Whether a text has a sign that all it could tell begins with; to look for the whole takes ten times as long."""
    for sign in SIGNS:
        if sign in text:
            return True
    return NUMBER.search(text) is not None


@lru_cache(1024)
def _smells(name: str) -> bool:
    return any(part in name.lower() for part in HIDDEN)


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    hide_secrets,
]


class Lines(structlog.stdlib.ProcessorFormatter):
    """As the library makes lines, but for those that come made (`said`)."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = getattr(record, "said", None)
        return super().format(record) if said is None else json.dumps(said)


_made_here = False  # lines are for programs: each an object of JSON


def tell(
    logger: logging.Logger, event: str, facts: dict[str, Any], bound: dict[str, Any] | None = None
) -> None:
    """An INFO line as structlog's, which takes ten times as long about it: for the line that each request has.

    `bound` is what is bound here, from a caller who knows that.
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    if not _made_here:
        structlog.get_logger(logger.name).info(event, **{**(bound or {}), **facts})
        return
    known = structlog.contextvars.get_contextvars() if bound is None else bound
    entry = {**known, **facts, "event": event}
    said = {name: hidden(value, name) for name, value in entry.items()}
    said |= {"logger": logger.name, "level": "info"}
    said["timestamp"] = f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z"
    record = logging.LogRecord(logger.name, logging.INFO, "", 0, said, None, None)
    vars(record)["said"] = said
    logger.handle(record)


def configure(level: str, *, readable: bool) -> dict[str, Any]:
    """Set up structlog and return Django's LOGGING for it."""
    global _made_here
    _made_here = not readable
    # no line says in which thread or process it was made, so that isn't asked for each
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": Lines,
                "processor": last,
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
        },
    }
