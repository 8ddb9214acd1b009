"""For machines that watch: alive, and ready to serve. Those inside are told what else is not as it should be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import structlog
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from aqad.metrics import inside
from core.releases import release
from core.sweepers import all_of_them

log = structlog.get_logger("aqad.health")


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers (503 otherwise, and while the instance leaves); cache and late jobs are only told about."""
    if _leaving():
        return JsonResponse({"status": "leaving"}, status=503)
    parts: dict[str, Any] = {"database": _database(), "cache": _cache()}
    if parts["database"] and inside(request):
        parts |= _details()
    return JsonResponse(
        {"status": "ok" if parts["database"] else "away", **parts}, status=200 if parts["database"] else 503
    )


def _leaving() -> bool:
    mark = os.environ.get("WEB_DRAINING")
    return bool(mark) and Path(str(mark)).exists()


def _details() -> dict[str, Any]:
    """When each job of the scheduler last came to its end, in seconds ago, and which of them are late."""
    try:
        jobs = all_of_them()
    except DatabaseError:  # serving does not hang on it: a release may be there before its migration
        log.exception("jobs not known")
        return {}
    return {
        "sweepers": {each.job: None if each.age is None else round(each.age, 1) for each in jobs},
        "late": [each.job for each in jobs if each.late],
        "release": release(),
    }


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
