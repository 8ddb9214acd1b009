"""What production refuses to start with: all of it at once, a sentence each, and never a value: it may be secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aqad import keys

LONGEST_HOLD = 120
HERE = {"localhost", "127.0.0.1", "[::1]", "0.0.0.0", "*", ""}  # noqa: S104  # nosec B104


def unsafe(env: Any, base: Path) -> list[str]:
    """All that is wrong with an environment (an `environ.Env`) for code that lies at `base`."""
    return [
        *_process(env, base), *_doors(env), *_passwords(env), *_servers(env), *_lines(env), *_files(env),
        *_paying(env),
    ]  # fmt: skip


def _process(env: Any, base: Path) -> Iterator[str]:
    key, var = env("SECRET_KEY", default=""), env("AQAD_VAR", default="")
    if keys.weak_key(key):
        yield "SECRET_KEY must be at least 50 random characters, and no example's."
    if env.bool("DEBUG", default=False):
        yield "DEBUG must be false."
    if env("LOG_LEVEL", default="INFO").upper() == "DEBUG":
        yield "LOG_LEVEL must not be DEBUG, which writes down what people send."
    if not var or not Path(var).is_absolute() or Path(var).resolve().is_relative_to(base):
        yield "AQAD_VAR must be a folder outside the code, as an absolute path."


def _doors(env: Any) -> Iterator[str]:
    site = env("SITE_URL", default="")
    if urlsplit(site).scheme != "https" or urlsplit(site).hostname in HERE:
        yield "SITE_URL must begin with https:// and name the host that people know."
    if hosts := HERE & set(env.list("ALLOWED_HOSTS", default=[])):
        yield f"ALLOWED_HOSTS must name hosts of yours, not {', '.join(sorted(hosts))}."
    for name in ("CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS"):
        if not all(_encrypted(one) for one in env.list(name, default=[])):
            yield f"{name} may only name origins that begin with https://."
    if env.int("TRUSTED_PROXIES", default=0) < 1:
        yield "TRUSTED_PROXIES must be at least 1: the proxy that speaks https for the market."
    if not env.bool("RATELIMIT_ENABLE", default=True):
        yield "RATELIMIT_ENABLE must be true."


def _passwords(env: Any) -> Iterator[str]:
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        if keys.default_password(env(name, default="")):
            yield f"{name} carries an example's password."


def _servers(env: Any) -> Iterator[str]:
    if urlsplit(env("DATABASE_URL", default="")).scheme not in {"postgres", "postgresql", "pgsql"}:
        yield "DATABASE_URL must name a PostgreSQL server."
    if urlsplit(env("REDIS_URL", default="")).scheme not in {"redis", "rediss", "unix"}:
        yield "REDIS_URL must name a Valkey or Redis server, not memory of a process."
    if not env("EMAIL_URL", default="").startswith(("smtp://", "smtps://", "smtp+")):
        yield "EMAIL_URL must name an SMTP server: mail in files or memory reaches nobody."
    if not env("DEFAULT_FROM_EMAIL", default=""):
        yield "DEFAULT_FROM_EMAIL must be an address of yours."


def _lines(env: Any) -> Iterator[str]:
    """What leaves this machine is encrypted (OWASP ASVS 5.0, 12.3.1)."""
    plain = HERE | {"::1", *env.list("PLAIN_HOSTS", default=[])}
    for name, (is_encrypted, how) in LINES.items():
        address = env(name, default="")
        if address and (urlsplit(address).hostname or "") not in plain and not is_encrypted(address):
            yield f"{name} must {how}, or PLAIN_HOSTS name its host where the way there stays on this machine."


def _files(env: Any) -> Iterator[str]:
    endpoint = env("AWS_S3_ENDPOINT_URL", default="")
    if endpoint and not _encrypted(endpoint):
        yield "AWS_S3_ENDPOINT_URL must begin with https://."
    if env("AWS_STORAGE_BUCKET_NAME", default="") and not env("AWS_PRIVATE_BUCKET_NAME", default=""):
        yield "AWS_PRIVATE_BUCKET_NAME must name a bucket apart from AWS_STORAGE_BUCKET_NAME, which all can read."


def _paying(env: Any) -> Iterator[str]:
    key = env("STRIPE_SECRET_KEY", default="")
    if env("PAYMENT_GATEWAY", default="sandbox") != "stripe":
        yield "PAYMENT_GATEWAY must be stripe: the sandbox bank is for the demo and the tests."
    if not key or not any(env.list("STRIPE_WEBHOOK_SECRETS", default=[])):
        yield "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS must be set."
    if "_test_" in key and not env.bool("STRIPE_TEST_MODE", default=False):
        yield "STRIPE_SECRET_KEY is a test key, which moves no money; STRIPE_TEST_MODE=true allows it."
    if not _encrypted(env("STRIPE_API_BASE", default="https://api.stripe.com")):
        yield "STRIPE_API_BASE must begin with https://."
    if env.int("HOLD_MINUTES", default=15) > LONGEST_HOLD:
        yield f"HOLD_MINUTES must be at most {LONGEST_HOLD}."


def _encrypted(address: str) -> bool:
    return address.startswith("https://")


def _verified(address: str) -> bool:
    """Whether a PostgreSQL connection is refused where the server can't prove who it is."""
    return parse_qs(urlsplit(address).query).get("sslmode", [""])[-1] in {"verify-full", "verify-ca"}


def _of(*schemes: str) -> Callable[[str], bool]:
    return lambda address: urlsplit(address).scheme in schemes


_sslmode = (_verified, "end in ?sslmode=verify-full")
_https = (_encrypted, "begin with https://")
LINES: dict[str, tuple[Callable[[str], bool], str]] = {
    "DATABASE_URL": _sslmode,
    "DATABASE_REPLICA_URL": _sslmode,
    "BACKUP_DATABASE_URL": _sslmode,
    "REDIS_URL": (_of("rediss", "unix"), "begin with rediss://"),
    "EMAIL_URL": (_of("smtps", "smtp+tls", "smtp+ssl"), "begin with smtp+tls://"),
    "CLAMD_URL": (_of("unix"), "be a socket of this machine"),
    "SENTRY_DSN": _https,
    "OTEL_EXPORTER_OTLP_ENDPOINT": _https,
}
