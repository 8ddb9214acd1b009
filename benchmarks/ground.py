"""Ground for benchmarks: servers of their own, as durable as in production, and Django pointed at them."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local import children
from local.place import ROOT
from local.ports import HOST, free_port, is_free
from local.postgres import Postgres
from local.testing import FIXED
from local.valkey import Valkey


@contextmanager
def servers(folder: Path | None = None) -> Iterator[Path]:
    """PostgreSQL and Valkey over `folder` (a temporary one unless named), migrated; `os.environ` tells children."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    with ExitStack() as at_the_end:
        place = folder or Path(tempfile.mkdtemp(prefix="aqad-bench-"))
        if folder is None:
            at_the_end.callback(shutil.rmtree, place, ignore_errors=True)
        place.mkdir(parents=True, exist_ok=True)
        os.environ |= FIXED | {
            "AQAD_DEMO": "true",
            "AQAD_VAR": str(place),
            "DATABASE_URL": _postgres(place, at_the_end),
            "REDIS_URL": _valkey(place, at_the_end),
            "RATELIMIT_ENABLE": "false",
            "LOG_LEVEL": "ERROR",
            "LOG_READABLE": "false",  # lines as in production
        }
        begin()
        at_the_end.callback(_close)
        yield place


@contextmanager
def web(
    target: str, folder: Path, *, python: str = sys.executable, at: Path = ROOT, workers: int = 2, **more: str
) -> Iterator[int]:
    """A WSGI application on the server and with the workers and threads of the Procfile; yields its port."""
    port, log = free_port(), folder / f"{target.partition(':')[0]}.log"
    command = [
        python, "-m", "granian", "--interface", "wsgi", target, "--host", HOST, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    environment = (
        os.environ
        | {"WEB_WORKERS": str(workers), "PORT": str(port), children.MARK: str(folder), "LOG_LEVEL": "INFO"}
        | more
    )
    child = children.spawn(target, command, log, environment=environment, folder=at)
    try:
        _listening(port, child)
        yield port
    finally:
        children.stop([child])


def _listening(port: int, child: children.Child) -> None:
    deadline = time.monotonic() + 60
    while is_free(port):
        if child.exit_code is not None or time.monotonic() > deadline:
            raise RuntimeError(child.last_words())
        time.sleep(0.05)
    time.sleep(1)  # the second worker


def begin() -> None:
    """Django over the database that the environment names, with every table."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
    django.setup()
    call_command("migrate", verbosity=0)


def _postgres(place: Path, at_the_end: ExitStack) -> str:
    server = Postgres(place / "postgres", place / "postgres.log", durable=True)
    server.prepare()
    child = server.start()
    at_the_end.callback(children.stop, [child])
    server.wait(child)
    server.create("aqad")
    return server.url("aqad")


def _valkey(place: Path, at_the_end: ExitStack) -> str:
    server = Valkey(place / "valkey", place / "valkey.log", os.environ | {children.MARK: str(place)})
    child = server.start()
    at_the_end.callback(children.stop, [child])
    server.wait(child)
    return server.url()


def _close() -> None:
    from django.db import connection

    connection.close()
