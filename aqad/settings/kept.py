"""Where things are kept: rows, copies, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aqad.settings.environment import BASE_DIR, TESTING, VAR, env

DATABASE_POOLED = env.bool("DATABASE_POOLED", default=False)
_impatience = "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s"
_flash = "-c random_page_cost=1.1"  # what is kept is in memory or on a disk without arms


def _database(address: str) -> dict[str, Any]:
    """A connection's settings; behind PgBouncer the waits are the role's and no session keeps anything, not
    even a prepared statement."""
    config: dict[str, Any] = env.db_url_config(address)
    own = {} if DATABASE_POOLED else {"options": f"{_impatience} {_flash}", "prepare_threshold": 5}
    return config | {
        "ENGINE": "core.postgresql",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
        "OPTIONS": config.get("OPTIONS", {}) | {"connect_timeout": 3} | own,
    }


DATABASES = {"default": _database(env("DATABASE_URL", default="postgres:///aqad"))}
if DATABASE_REPLICA_URL := env("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = _database(DATABASE_REPLICA_URL) | {"TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["core.replicas.Router"] if DATABASE_REPLICA_URL else []
REPLICA_LAG = env.float("REPLICA_LAG", default=1.0)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
_impatient = {
    "CLIENT_CLASS": "django_redis.client.DefaultClient",
    "SOCKET_CONNECT_TIMEOUT": 0.5,
    "SOCKET_TIMEOUT": 0.5,
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "aqad",
        "OPTIONS": _impatient | {"IGNORE_EXCEPTIONS": True},
    },
    "ratelimit": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "limit",
        "OPTIONS": _impatient,
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AWS_STORAGE_BUCKET_NAME = env("AWS_STORAGE_BUCKET_NAME", default="")
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media" / "public"
AWS_PRIVATE_BUCKET_NAME = env("AWS_PRIVATE_BUCKET_NAME", default=AWS_STORAGE_BUCKET_NAME)
AWS_S3_CUSTOM_DOMAIN = env("AWS_S3_CUSTOM_DOMAIN", default="")
if AWS_STORAGE_BUCKET_NAME:
    _s3 = {
        "endpoint_url": env("AWS_S3_ENDPOINT_URL", default=None),
        "region_name": env("AWS_S3_REGION_NAME", default=None),
        "access_key": env("AWS_ACCESS_KEY_ID", default=None),
        "secret_key": env("AWS_SECRET_ACCESS_KEY", default=None),
        "file_overwrite": False,
    }
    _public = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": _s3
        | {
            "bucket_name": AWS_STORAGE_BUCKET_NAME,
            "location": "public",
            "querystring_auth": False,
            "custom_domain": AWS_S3_CUSTOM_DOMAIN or None,
        },
    }
    _private = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": _s3
        | {"bucket_name": AWS_PRIVATE_BUCKET_NAME, "location": "private", "querystring_expire": 60},
    }
else:
    _public = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {}}
    _private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "media" / "private", "base_url": None},
    }

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (BASE_DIR / "static", BASE_DIR / "build" / "static") if path.exists()]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "build" / "collected")))
_static = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if TESTING
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {"default": _public, "private": _private, "staticfiles": {"BACKEND": _static}}
