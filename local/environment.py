"""What the market's processes are told through their environment."""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

import environ

from local.children import MARK
from local.place import ROOT
from local.ports import HOST, port_after

TOLD = (
    "PORT", "AQAD_VAR", "AQAD_DEMO", "SITE_URL", "DATABASE_URL", "REDIS_URL", "PAYMENT_GATEWAY", "SECRET_KEY",
    "SANDBOX_BANK_URL", "SANDBOX_BANK_PORT", "SANDBOX_BANK_KEY", "SANDBOX_BANK_CALLBACK_SECRET",
)  # fmt: skip
SECRETS = ("SECRET_KEY", "SANDBOX_BANK_KEY", "SANDBOX_BANK_CALLBACK_SECRET")


def read_dotenv() -> None:
    """A project's `.env` speaks where the environment is silent."""
    if (ROOT / ".env").is_file():
        environ.Env.read_env(ROOT / ".env")


def kept_secrets(folder: Path) -> dict[str, str]:
    """Made once per data folder, so that sessions and bank callbacks outlive a restart."""
    file = folder / "secrets.env"
    known = _read(file) if file.is_file() else {}
    if missing := [name for name in SECRETS if name not in known]:
        known |= {name: secrets.token_urlsafe(48) for name in missing}
        write_private(file, known)
    return known


def write_private(file: Path, values: Mapping[str, str]) -> None:
    """Whole or not at all, and for the owner's eyes only."""
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.writelines(f"{name}={value}\n" for name, value in values.items())
    unfinished.replace(file)


def for_processes(folder: Path, port: int, servers: Mapping[str, str]) -> dict[str, str]:
    """Everything a process needs; what the caller's environment says already wins."""
    ours = {
        "SITE_URL": f"http://{HOST}:{port}",
        "AQAD_DEMO": "true",
        "PAYMENT_GATEWAY": "sandbox",
        "DJANGO_SETTINGS_MODULE": "aqad.settings",
        **kept_secrets(folder),
        **servers,
        **_bank(port),
    }
    fixed = {"PORT": str(port), "AQAD_VAR": str(folder), "PYTHONUNBUFFERED": "1", MARK: str(folder)}
    return ours | {name: value for name, value in os.environ.items() if value} | fixed | {"PATH": _path()}


def told(values: Mapping[str, str]) -> dict[str, str]:
    """The part an operator's shell needs to run `manage.py` against the same market."""
    return {name: values[name] for name in TOLD}


def _bank(port: int) -> dict[str, str]:
    number = os.environ.get("SANDBOX_BANK_PORT") or str(port_after(port))
    return {"SANDBOX_BANK_PORT": number, "SANDBOX_BANK_URL": f"http://{HOST}:{number}"}


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _read(file: Path) -> dict[str, str]:
    lines = (line.partition("=") for line in file.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in lines}
