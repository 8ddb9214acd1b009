"""`make check`: what can be known without running the market. All checks are run, even after one failed."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.place import ROOT

MANAGE = [sys.executable, "manage.py"]

MARKET = ("aqad", "core", "accounts", "vendors", "retailers", "catalog", "orders", "payments", "logistics")

# Nothing is reached at these addresses: they only have to look like production's.
PRODUCTION = {
    "SECRET_KEY": "checked-and-never-served-" + "0123456789abcdef" * 4,
    "SITE_URL": "https://aqad.example",
    "ALLOWED_HOSTS": "aqad.example",
    "DATABASE_URL": "postgres://aqad@127.0.0.1:9/aqad",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "PAYMENT_GATEWAY": "stripe",
    "STRIPE_SECRET_KEY": "only-for-checks",
    "STRIPE_WEBHOOK_SECRETS": "only-for-checks",
    "STRIPE_API_BASE": "https://api.stripe.com",
    "HOLD_MINUTES": "15",
    "AQAD_DEMO": "false",
    "AQAD_VAR": "/var/lib/aqad",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://aqad@127.0.0.1:9",
    "DEFAULT_FROM_EMAIL": "AQAD <no-reply@aqad.example>",
    "LOG_LEVEL": "INFO",
    "DEBUG": "false",
    "RATELIMIT_ENABLE": "true",
    "DJANGO_SETTINGS_MODULE": "aqad.settings",
    "PYTHONWARNINGS": "ignore",
}


def checks() -> dict[str, list[str]]:
    """Name and command of each."""
    found = {
        "style": [tool("ruff"), "check", "--quiet", "."],
        "format": [tool("ruff"), "format", "--check", "--quiet", "."],
        "types": [tool("mypy")],
        "imports": [tool("lint-imports"), "--no-logo"],
        "security": [tool("bandit"), "--quiet", "--configfile", "pyproject.toml", "--recursive", *MARKET],
        "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    }
    if templates := [str(path.relative_to(ROOT)) for path in pages()]:
        found["templates"] = [tool("djade"), "--check", *templates]
    return found


def pages() -> list[Path]:
    """The market's templates and the bank's."""
    return sorted(path for where in ("templates", "*/templates") for path in ROOT.glob(f"{where}/**/*.html"))


def tool(name: str) -> str:
    """A command of this environment, not of the machine."""
    return str(Path(sys.executable).with_name(name))


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """One check, in the environment of a production server."""
    values = os.environ | PRODUCTION
    return subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, check=False)


def main() -> int:
    """1 when any check found something."""
    listed = checks()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = dict(zip(listed, pool.map(run, listed.values()), strict=True))
    wrong = {name: done for name, done in results.items() if done.returncode}
    for name, done in wrong.items():
        print(f"--- {name}\n{(done.stdout + done.stderr).rstrip()}\n")
    print(f"Checked {', '.join(listed)}: {'found in ' + ', '.join(wrong) if wrong else 'all fine'}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
