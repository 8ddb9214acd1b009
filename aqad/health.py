"""For machines that watch: alive, and ready to serve."""

from __future__ import annotations

import os
from pathlib import Path

import structlog
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

log = structlog.get_logger("aqad.health")


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers (503 otherwise, and while the instance leaves); the cache is told about but not needed."""
    if _leaving():
        return JsonResponse({"status": "leaving"}, status=503)
    parts = {"database": _database(), "cache": _cache()}
    return JsonResponse(
        {"status": "ok" if parts["database"] else "away", **parts}, status=200 if parts["database"] else 503
    )


def _leaving() -> bool:
    mark = os.environ.get("WEB_DRAINING")
    return bool(mark) and Path(str(mark)).exists()


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("database away")
        return False
    return True


def _cache() -> bool:
    try:
        caches["ratelimit"].get("ready")
    except (RedisError, OSError):
        return False
    return True
