"""Errors that nobody expected, told to Sentry where SENTRY_DSN names a project: what broke and where, never whose data.

No bodies, no cookies, no headers but a few, no query strings, no people, no local variables; of addresses the route, of
an exception's words the first line (PostgreSQL writes values into those below) without e-mails.
"""

from __future__ import annotations

import re
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from structlog.contextvars import get_contextvars

from core.logs import hidden
from core.releases import release

HEADERS = ("host", "user-agent", "content-type", "content-length")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
LONGEST = 500


def begin(service: str) -> None:
    """Report from this process from now on."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=release(),
        environment="demo" if settings.DEMO else "production",
        server_name=service,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        auto_enabling_integrations=False,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=scrubbed,  # type: ignore[arg-type]
    )


def scrubbed(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The report without what is somebody's."""
    asked = event.get("request")
    if asked:
        event["request"] = {
            "method": asked.get("method", ""),
            "url": settings.SITE_URL + "/" + str(event.get("transaction", "")).lstrip("/"),
            "headers": {name: value for name, value in asked.get("headers", {}).items() if _dull(name)},
        }
    for one in event.get("exception", {}).get("values", []):
        one["value"] = plain(str(one.get("value", "")))
    if "logentry" in event:
        event["logentry"] = {"message": plain(str(event["logentry"].get("message", "")))}
    for name in ("user", "extra", "breadcrumbs", "modules"):
        event.pop(name, None)
    event["tags"] = {"request_id": get_contextvars().get("request_id", "")}
    return event


def _dull(name: str) -> bool:
    return name.lower() in HEADERS


def plain(words: str) -> str:
    """The first line, e-mails and secrets blanked."""
    return EMAIL.sub("•••@•••", str(hidden(words.split("\n", 1)[0])))[:LONGEST]
