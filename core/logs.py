"""Structured logs: one JSON object a line in production, readable lines in the demo; secrets never."""

from __future__ import annotations

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


def hide_secrets(logger: WrappedLogger, method: str, entry: EventDict) -> EventDict:
    """Blank every value whose name smells of a secret."""
    return {name: "•••" if _smells(name) else value for name, value in entry.items()}


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


def configure(level: str, *, readable: bool) -> dict[str, Any]:
    """Set up structlog and return Django's LOGGING for it."""
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
                "()": structlog.stdlib.ProcessorFormatter,
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
