"""All settings, from the environment. Every variable is described in `.env.example`.

Production is the default: without `AQAD_DEMO=true` the process refuses to start on an unsafe value.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from aqad import production
from core import logs

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
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

PAYMENT_GATEWAY = env("PAYMENT_GATEWAY", default="sandbox")
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = [one for one in env.list("STRIPE_WEBHOOK_SECRETS", default=[]) if one]
STRIPE_API_BASE = env("STRIPE_API_BASE", default="https://api.stripe.com").rstrip("/")
HOLD_MINUTES = env.int("HOLD_MINUTES", default=15)

if not DEMO and not TESTING and (wrong := production.unsafe(env, BASE_DIR)):
    raise ImproperlyConfigured(f"Unsafe or missing in production: {' '.join(wrong)}")

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
    "csp.middleware.CSPMiddleware",
    "core.middleware.BrowserRules",
    "core.middleware.ApiEnvelope",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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

# --- Where things are kept ------------------------------------------------------------------------

DATABASE_POOLED = env.bool("DATABASE_POOLED", default=False)
_impatience = "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s"


def _database(address: str) -> dict[str, Any]:
    """A connection's settings; behind PgBouncer the waits are the role's and no session keeps anything."""
    config: dict[str, Any] = env.db_url_config(address)
    waits = {"connect_timeout": 3} if DATABASE_POOLED else {"connect_timeout": 3, "options": _impatience}
    return config | {
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
        "OPTIONS": config.get("OPTIONS", {}) | waits,
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

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_CONFIRMATION_ANONYMOUS_REDIRECT_URL = LOGIN_URL
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.ChangeEmailForm",
    "reset_password": "accounts.forms.ForgottenForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = dict.fromkeys(  # ours: `accounts.middleware` and `accounts.attempts`
    ["login", "login_failed", "reset_password", "reset_password_from_key", "change_password", "reauthenticate",
     "manage_email"]
)  # fmt: skip

MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "accounts.forms_second.CodeForm",
    "reauthenticate": "accounts.forms_second.CodeAgainForm",
    "activate_totp": "accounts.forms_second.FirstCodeForm",
    "add_webauthn": "accounts.forms_second.PasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # the demo on http://localhost
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False
SECOND_FACTOR_OF_STAFF = not (DEMO or TESTING)

HEADLESS_TOKEN_STRATEGY = "accounts.tokens.FamilyTokens"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 300
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)

PHONENUMBER_DEFAULT_REGION = "AE"
PHONENUMBER_DB_FORMAT = "E164"

# --- Languages and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["aqad.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Dubai"

# --- Paying ---------------------------------------------------------------------------------------

SANDBOX_BANK_URL = env("SANDBOX_BANK_URL", default=f"http://127.0.0.1:{PORT + 1}").rstrip("/")
SANDBOX_BANK_KEY = env("SANDBOX_BANK_KEY", default="")
SANDBOX_BANK_CALLBACK_SECRET = env("SANDBOX_BANK_CALLBACK_SECRET", default="")
SANDBOX_BANK_CALLBACK_SECRET_FORMER = env("SANDBOX_BANK_CALLBACK_SECRET_FORMER", default="")
GATEWAY_ORIGINS = {"sandbox": [SANDBOX_BANK_URL], "stripe": ["https://checkout.stripe.com"]}[PAYMENT_GATEWAY]
OPEN_ORDERS_CAP = env.int("OPEN_ORDERS_CAP", default=10)

# --- Closed doors ---------------------------------------------------------------------------------

if AWS_S3_CUSTOM_DOMAIN:
    _media_origins = [f"https://{AWS_S3_CUSTOM_DOMAIN.partition('/')[0]}"]
elif AWS_STORAGE_BUCKET_NAME:
    _media_origins = [
        env("AWS_S3_ENDPOINT_URL", default="") or f"https://{AWS_STORAGE_BUCKET_NAME}.s3.amazonaws.com"
    ]
else:
    _media_origins = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *_media_origins],
        "object-src": [NONE],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *GATEWAY_ORIGINS],
    }
}
CLAMD_URL = env("CLAMD_URL", default="")
RATELIMIT_ENABLE = env.bool("RATELIMIT_ENABLE", default=True)
RATELIMIT_USE_CACHE = "ratelimit"
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = ["authorization", "content-type", "idempotency-key", "accept-language", "x-request-id"]
CORS_EXPOSE_HEADERS = ["X-Request-ID", "Retry-After"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "aqad-session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "aqad-csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "aqad-language"
THEME_COOKIE_NAME = "__Host-theme" if HTTPS else "aqad-theme"
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY = HTTPS, True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 12

# --- Mail -----------------------------------------------------------------------------------------

_email = env.email("EMAIL_URL", default=f"filemail:///{VAR}/mail")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="AQAD <no-reply@aqad.example>")

# --- Workers --------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_SOFT_TIME_LIMIT = 20
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONSUMER = "aqad.broker:Consumer"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = {
    "core.tasks.audit": {"queue": "slow"},
    "core.tasks.tidy": {"queue": "slow"},
    "payments.tasks.books": {"queue": "slow"},
    "catalog.tasks.imports": {"queue": "slow"},
    "vendors.tasks.licences": {"queue": "slow"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "relay": {"task": "core.tasks.relay", "schedule": 1.0, "options": {"expires": 5}},
    "callbacks": {"task": "payments.tasks.callbacks", "schedule": 1.0, "options": {"expires": 5}},
    "poll": {"task": "payments.tasks.poll", "schedule": 2.0, "options": {"expires": 5}},
    "holds": {"task": "payments.tasks.holds", "schedule": 30.0, "options": {"expires": 30}},
    "books": {"task": "payments.tasks.books", "schedule": 3600.0, "options": {"expires": 1800}},
    "month": {"task": "payments.tasks.books", "schedule": 86_400.0, "kwargs": {"days": 35}},
    "audit": {"task": "core.tasks.audit", "schedule": 900.0, "options": {"expires": 600}},
    "imports": {"task": "catalog.tasks.imports", "schedule": 2.0, "options": {"expires": 5}},
    "files": {"task": "catalog.tasks.clear", "schedule": 86_400.0},
    "wordless": {"task": "catalog.tasks.wordless", "schedule": 60.0, "options": {"expires": 60}},
    "standing": {"task": "catalog.tasks.standing", "schedule": 900.0, "options": {"expires": 600}},
    "licences": {"task": "vendors.tasks.licences", "schedule": 86_400.0},
    "failures": {"task": "accounts.tasks.forget", "schedule": 86_400.0},
    "tidy": {"task": "core.tasks.tidy", "schedule": 86_400.0},
}

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
