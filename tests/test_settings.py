"""Settings as a process of its own reads them: production refuses to start on an unsafe value and says which."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from local.check import PRODUCTION
from local.place import ROOT


def started(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A production process with these variables runs `code` with the settings at hand."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "AWS_"))}
    script = f"import django; django.setup(); from django.conf import settings; print({code})"
    return subprocess.run(
        [sys.executable, "-c", script], env=clean | PRODUCTION | env, cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DEBUG", "true"),
        ("SITE_URL", "http://aqad.example"),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
        ("RATELIMIT_ENABLE", "false"),
    ],
)
def test_production_refuses_an_unsafe_value_and_names_it(name: str, value: str) -> None:
    ended = started("'up'", **{name: value})
    assert ended.returncode
    assert "Unsafe or missing in production" in ended.stderr
    assert name in ended.stderr.splitlines()[-1]
    if name == "SECRET_KEY" and value:
        assert value not in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("env", "bucket", "origin"),
    [
        ({}, "papers", "https://pictures.s3.amazonaws.com"),
        ({"AWS_S3_ENDPOINT_URL": "https://s3.example"}, "papers", "https://s3.example"),
        ({"AWS_S3_CUSTOM_DOMAIN": "cdn.aqad.example"}, "papers", "https://cdn.aqad.example"),
        ({"AWS_PRIVATE_BUCKET_NAME": ""}, "pictures", "https://pictures.s3.amazonaws.com"),
    ],
)
def test_pictures_and_papers_have_their_own_buckets(env: dict[str, str], bucket: str, origin: str) -> None:
    both = {"AWS_STORAGE_BUCKET_NAME": "pictures", "AWS_PRIVATE_BUCKET_NAME": "papers"}
    facts: dict[str, Any] = {name: value for name, value in (both | env).items() if value}
    told = started(
        "settings.STORAGES['private']['OPTIONS']['bucket_name'],"
        "settings.STORAGES['default']['OPTIONS']['bucket_name'],"
        "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'][-1]",
        **facts,
    )
    assert told.stdout.split() == [bucket, "pictures", origin], told.stderr
