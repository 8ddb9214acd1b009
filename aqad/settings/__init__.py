"""All settings, from the environment. Every variable is described in `.env.example`.

Each file has a subject; this one puts them together. Production is the default: without `AQAD_DEMO=true` the process
refuses to start on an unsafe value.
"""

from __future__ import annotations

from pathlib import Path

import django_stubs_ext

from aqad.settings.doors import *  # noqa: F403
from aqad.settings.environment import *  # noqa: F403
from aqad.settings.environment import BASE_DIR, DEMO, VAR, env
from aqad.settings.kept import *  # noqa: F403
from aqad.settings.paying import *  # noqa: F403
from aqad.settings.people import *  # noqa: F403
from aqad.settings.workers import *  # noqa: F403
from core import logs

django_stubs_ext.monkeypatch()

# --- What the market is made of -------------------------------------------------------------------

INSTALLED_APPS = [
    "aqad.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "corsheaders",
    "csp",
    "django_htmx",
    "ninja",
    "phonenumber_field",
    "core",
    "accounts",
    "vendors",
    "retailers",
    "catalog",
    "orders",
    "payments",
    "logistics",
    "aqad",
]

MIDDLEWARE = [
    "core.middleware.RequestId",
    "core.ready.ReadyAnswers",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.BrowserRules",
    "core.middleware.ApiEnvelope",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ApiOverTls",
    "core.middleware.ApiSlash",
    "core.middleware.PageMethods",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.PrivateByDefault",
    "core.replicas.NoteWrites",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.Refusals",
    "accounts.middleware.Entrance",
]

ROOT_URLCONF = "aqad.urls"
WSGI_APPLICATION = "aqad.wsgi.application"
HOLDER = "accounts.bearing.holder"
REACTIONS = "aqad.reactions.REACTIONS"
NEWS = "aqad.news.NEWS"
INVARIANTS = "aqad.invariants.INVARIANTS"
READY = "aqad.ready.READY"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aqad.context.header",
                "aqad.appearance.theme",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "core.templatetags.aqad"],
        },
    }
]
FORM_RENDERER = "core.forms.Renderer"

# --- Languages and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["aqad.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Dubai"

# --- Mail -----------------------------------------------------------------------------------------

_email = env.email("EMAIL_URL", default=f"filemail:///{VAR}/mail")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="AQAD <no-reply@aqad.example>")

# --- Seeing ---------------------------------------------------------------------------------------

METRICS_DIR = Path(env("METRICS_DIR", default=str(VAR / "metrics")))
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=200)
SLOW_REQUEST_MS = env.int("SLOW_REQUEST_MS", default=1000)
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(VAR / "backups")))
BACKUP_DATABASE_URL = env("BACKUP_DATABASE_URL", default="")
AQAD_RELEASE = env("AQAD_RELEASE", default="")
SENTRY_DSN = env("SENTRY_DSN", default="")
OTEL_EXPORTER_OTLP_ENDPOINT = env("OTEL_EXPORTER_OTLP_ENDPOINT", default="")

# --- Logs -----------------------------------------------------------------------------------------

LOGGING = logs.configure(env("LOG_LEVEL", default="INFO"), readable=env.bool("LOG_READABLE", default=DEMO))
SILENCED_SYSTEM_CHECKS = ["account.W001"]
