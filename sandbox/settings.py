"""What the environment says to the bank, read once, at start; no secret has a default."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
MERCHANT = "aqad"


class Unusable(Exception):
    """The environment does not allow the bank to start; the message is one sentence for a person."""


@dataclass(frozen=True)
class Settings:
    """Pauses are in seconds. `retry` is the pause after each failed callback; the last one repeats."""

    port: int
    key: bytes
    callback_secret: bytes
    store: Path
    url: str
    late: float = 60
    hang: float = 30
    retry: tuple[float, ...] = (1, 2, 5, 15, 60, 300)
    session: float = 86_400
    callback_timeout: float = 10

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings out of environment variables. Raises Unusable."""
        if environ.get("AQAD_DEMO", "").lower() != "true":
            raise Unusable("The sandbox bank starts only where AQAD_DEMO is true: it moves no real money.")
        port = _port(environ)
        return cls(
            port=port,
            key=_secret(environ, "SANDBOX_BANK_KEY"),
            callback_secret=_secret(environ, "SANDBOX_BANK_CALLBACK_SECRET"),
            store=_store(environ),
            url=environ.get("SANDBOX_BANK_URL", f"http://{HOST}:{port}").rstrip("/"),
            late=_pause(environ, "SANDBOX_BANK_LATE_SECONDS", "60"),
            hang=_pause(environ, "SANDBOX_BANK_HANG_SECONDS", "30"),
            retry=_pauses(environ, "SANDBOX_BANK_RETRY", "1,2,5,15,60,300"),
            session=_pause(environ, "SANDBOX_BANK_SESSION_SECONDS", "86400"),
            callback_timeout=_pause(environ, "SANDBOX_BANK_CALLBACK_TIMEOUT", "10"),
        )


def _port(environ: Mapping[str, str]) -> int:
    own, web = environ.get("SANDBOX_BANK_PORT", ""), environ.get("PORT", "")
    try:
        port = int(own) if own else int(web) + 1
    except ValueError:
        raise Unusable(
            "Set SANDBOX_BANK_PORT (or PORT, and the bank takes the next one) to a number."
        ) from None
    if not 0 < port < 65_536:
        raise Unusable(f"The sandbox bank cannot listen on port {port}: ports run from 1 to 65535.")
    return port


def _secret(environ: Mapping[str, str], name: str) -> bytes:
    if not (value := environ.get(name, "")):
        raise Unusable(f"Set {name}: the bank and the market sign their messages with it.")
    return value.encode()


def _store(environ: Mapping[str, str]) -> Path:
    if named := environ.get("SANDBOX_BANK_STORE"):
        return Path(named)
    return Path(environ.get("AQAD_VAR") or "var") / "bank" / "bank.sqlite3"


def _pause(environ: Mapping[str, str], name: str, default: str) -> float:
    return _pauses(environ, name, default)[0]


def _pauses(environ: Mapping[str, str], name: str, default: str) -> tuple[float, ...]:
    try:
        pauses = tuple(float(part) for part in (environ.get(name) or default).split(","))
    except ValueError:
        raise Unusable(
            f"{name} is a number of seconds (or several, with commas), such as {default}."
        ) from None
    if not all(0 <= pause < 1e9 for pause in pauses):
        raise Unusable(f"{name} cannot be below zero or beyond counting.")
    return pauses
