"""Closed doors: policies for browsers, cookies, limits, other origins."""

from __future__ import annotations

from csp.constants import NONE, SELF

from aqad.settings.environment import HTTPS, env
from aqad.settings.kept import AWS_S3_CUSTOM_DOMAIN, AWS_STORAGE_BUCKET_NAME
from aqad.settings.paying import GATEWAY_ORIGINS

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
THEMES = ("system", "light", "dark")
THEME_COOKIE_NAME = "__Host-theme" if HTTPS else "aqad-theme"
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY = HTTPS, True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$", r"^api/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 12
