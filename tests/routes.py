"""Every route there is, read from the market itself, so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from aqad.api import api

LIBRARIES = ("admin/", "api/")


def of_the_api() -> set[str]:
    """`GET /api/orders/{code}` for every operation of the API."""
    paths = api.get_openapi_schema()["paths"]
    return {
        f"{method.upper()} {path.replace('code:', '').replace('uuid:', '')}"
        for path, operations in paths.items()
        for method in operations
    }


def of_pages() -> set[str]:
    """Every page of ours as Django writes it; libraries' own pages stand under their prefix."""
    return {path for path in _walk(get_resolver().url_patterns) if not path.startswith(LIBRARIES)}


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path
