"""Production refuses to start on an unsafe value, and says which."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from local.check import PRODUCTION
from local.place import ROOT

GOOD = {name: value for name, value in PRODUCTION.items() if name != "PYTHONWARNINGS"}
BANK = {"SANDBOX_BANK_KEY": "k", "SANDBOX_BANK_CALLBACK_SECRET": "s"}


def starts(**other: str) -> tuple[int, str]:
    """Exit code and last words of a process with production's environment."""
    done = process("settings.DEBUG", **other)
    return done.returncode, done.stderr


def process(code: str, **other: str) -> subprocess.CompletedProcess[str]:
    """A process with production's environment and the settings at hand."""
    return python("-c", f"from django.conf import settings; {code}", **other)


def python(*words: str, **other: str) -> subprocess.CompletedProcess[str]:
    """Python with production's environment."""
    values = {"PATH": os.environ["PATH"], "AQAD_VAR": os.environ["AQAD_VAR"], **GOOD, **other}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, check=False)


def test_a_complete_environment_starts() -> None:
    assert starts() == (0, "")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"PAYMENT_GATEWAY": "sandbox", **BANK}, "PAYMENT_GATEWAY"),
        ({"PAYMENT_GATEWAY": ""}, "PAYMENT_GATEWAY"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_WEBHOOK_SECRETS": ""}, "STRIPE_WEBHOOK_SECRETS"),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, "STRIPE_TEST_MODE"),
        ({"STRIPE_SECRET_KEY": "rk_test_1"}, "STRIPE_TEST_MODE"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "STRIPE_API_BASE"),
        ({"HOLD_MINUTES": "121"}, "HOLD_MINUTES"),
    ],
)  # fmt: skip
def test_an_unsafe_way_to_be_paid_is_refused(other: dict[str, str], told: str) -> None:
    code, words = starts(**other)
    assert code != 0
    assert told in words.splitlines()[-1]


def test_a_test_key_starts_where_it_is_meant() -> None:
    assert starts(STRIPE_SECRET_KEY="sk_test_1", STRIPE_TEST_MODE="true")[0] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "ab" * 40),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF"),
        ("SECRET_KEY", "please-change-me-0123456789abcdefghijklmnopqrstuvwxyz"),
        ("DATABASE_URL", "postgres://aqad:secret@db.aqad.example:5432/aqad"),
        ("DATABASE_URL", "postgres://postgres:postgres@127.0.0.1:9/aqad"),
        ("REDIS_URL", "redis://:password@127.0.0.1:9/0"),
        ("EMAIL_URL", "smtp+tls://user:secret@mail.aqad.example:587"),
        ("DEBUG", "true"),
        ("SITE_URL", "http://aqad.example"),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
        ("RATELIMIT_ENABLE", "false"),
        ("SECRET_KEY", "x" * 60),
        ("SECRET_KEY", "change-me-" + "0123456789abcdef" * 4),
        ("SITE_URL", "https://localhost"),
        ("ALLOWED_HOSTS", "aqad.example,*"),
        ("CSRF_TRUSTED_ORIGINS", "https://aqad.example,http://aqad.example"),
        ("CORS_ALLOWED_ORIGINS", "http://front.example"),
        ("TRUSTED_PROXIES", "0"),
        ("LOG_LEVEL", "debug"),
        ("AQAD_VAR", ""),
        ("AQAD_VAR", "var"),
        ("AQAD_VAR", str(ROOT / "var")),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "locmemcache://"),
        ("EMAIL_URL", ""),
        ("EMAIL_URL", "memorymail://"),
        ("EMAIL_URL", "consolemail://"),
        ("DEFAULT_FROM_EMAIL", ""),
        ("AWS_S3_ENDPOINT_URL", "http://s3.example"),
        ("AWS_STORAGE_BUCKET_NAME", "pictures"),
    ],
)
def test_production_refuses_an_unsafe_value_and_names_it(name: str, value: str) -> None:
    code, words = starts(**{name: value})
    assert code != 0
    last = words.splitlines()[-1]
    assert "Unsafe or missing in production" in last
    assert name in last
    assert "short" not in last


def test_an_operator_is_told_what_is_unsafe_in_one_line() -> None:
    done = python("manage.py", "audit", SECRET_KEY="short")
    assert done.returncode == 1
    assert done.stderr.startswith("Unsafe or missing in production: SECRET_KEY")
    assert len(done.stderr.splitlines()) == 1


ELSEWHERE = [
    ("DATABASE_URL", "postgres://aqad@db.aqad.example/aqad{}", "?sslmode=verify-full"),
    ("DATABASE_REPLICA_URL", "postgres://aqad@replica.aqad.example/aqad?sslmode={}", "verify-ca"),
    ("BACKUP_DATABASE_URL", "postgres://aqad@db.aqad.example/aqad{}", "?sslmode=verify-full"),
    ("REDIS_URL", "redis{}://cache.aqad.example:6379/0", "s"),
    ("EMAIL_URL", "smtp{}://aqad@mail.aqad.example:587", "+tls"),
    ("SENTRY_DSN", "http{}://key@reports.aqad.example/1", "s"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http{}://collector.aqad.example:4318", "s"),
]


@pytest.mark.parametrize(("name", "address", "secure"), ELSEWHERE)
def test_what_leaves_this_machine_is_encrypted(name: str, address: str, secure: str) -> None:
    code, words = starts(**{name: address.format("")})
    assert code != 0
    assert f"{name} must" in words.splitlines()[-1]
    assert starts(**{name: address.format(secure)})[0] == 0


def test_what_stays_on_this_machine_need_not_be() -> None:
    here = {"DATABASE_URL": "postgres://aqad@postgres:5432/aqad", "REDIS_URL": "redis://valkey:6379/0"}
    assert "REDIS_URL must" in starts(**here)[1]
    assert starts(**here, PLAIN_HOSTS="postgres,valkey")[0] == 0
    for socket in ("postgres:///aqad?host=/run/postgresql", "postgres://aqad@127.0.0.1/aqad"):
        assert starts(DATABASE_URL=socket)[0] == 0
    assert "CLAMD_URL must" in starts(CLAMD_URL="tcp://scanner.aqad.example:3310")[1]
    assert starts(CLAMD_URL="unix:///run/clamav/clamd.ctl")[0] == 0


def test_everything_is_told_at_once_a_sentence_each() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"], cwd=ROOT, check=False,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "aqad.settings"}, capture_output=True, text=True,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    for name in (
        "SECRET_KEY",
        "SITE_URL",
        "AQAD_VAR",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "PAYMENT_GATEWAY",
    ):
        assert last.count(f" {name} must ") == 1, name


@pytest.mark.parametrize(
    ("env", "bucket", "origin"),
    [
        ({}, "papers", "https://pictures.s3.amazonaws.com"),
        ({"AWS_S3_ENDPOINT_URL": "https://s3.example"}, "papers", "https://s3.example"),
        ({"AWS_S3_CUSTOM_DOMAIN": "cdn.aqad.example"}, "papers", "https://cdn.aqad.example"),
    ],
)
def test_pictures_and_papers_have_their_own_buckets(env: dict[str, str], bucket: str, origin: str) -> None:
    both = {"AWS_STORAGE_BUCKET_NAME": "pictures", "AWS_PRIVATE_BUCKET_NAME": "papers"}
    facts = {name: value for name, value in (both | env).items() if value}
    asked = (
        "settings.STORAGES['private']['OPTIONS']['bucket_name'],"
        "settings.STORAGES['default']['OPTIONS']['bucket_name'],"
        "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'][-1]"
    )
    done = process(f"print({asked})", **facts)
    assert done.stdout.split() == [bucket, "pictures", origin], done.stderr


def test_cookies_are_bound_to_the_host_over_https() -> None:
    names = ("SESSION", "CSRF", "LANGUAGE")
    asked = ",".join(
        f"settings.{name}_COOKIE_{fact}" for name in names for fact in ("NAME", "SECURE", "HTTPONLY")
    )
    told = process(f"print({asked}, settings.THEME_COOKIE_NAME)").stdout.split()
    assert told == [
        "__Host-session", "True", "True", "__Host-csrf", "True", "True",
        "__Host-language", "True", "True", "__Host-theme",
    ]  # fmt: skip


def test_strict_transport_is_told_for_a_year_and_all_below() -> None:
    asked = (
        "settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_SSL_REDIRECT"
    )
    assert process(f"print({asked})").stdout.split() == ["31536000", "True", "True"]
