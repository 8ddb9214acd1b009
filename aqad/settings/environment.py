"""The process and its addresses, from the environment; production refuses to start on what is unsafe."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from aqad import production

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEMO = env.bool("AQAD_DEMO", default=False)
TESTING = "pytest" in sys.modules
DEBUG = env.bool("DEBUG", default=False)
VAR = Path(env("AQAD_VAR", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", default=8000)
SITE_URL = env("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
HTTPS = SITE_URL.startswith("https://")

SECRET_KEY = env("SECRET_KEY", default="")
_own_host = urlsplit(SITE_URL).hostname or "localhost"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_own_host, *(["localhost", "127.0.0.1"] if DEMO else [])])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

if not DEMO and not TESTING and (wrong := production.unsafe(env, BASE_DIR)):
    raise ImproperlyConfigured(f"Unsafe or missing in production: {' '.join(wrong)}")
