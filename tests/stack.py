"""The whole market over real HTTP, for tests that believe nothing else: the very code of `make run`."""

import http.client
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from local.children import MARK
from local.place import ROOT
from local.ports import HOST, free_port
from local.testing import CLEARED, FIXED, redis_url

READY = 150.0
FIRST_DATABASE = 64
_numbers = itertools.count(FIRST_DATABASE)


class Stack:
    """Web, worker, scheduler and bank on free ports, over data of their own.

    `extra` is put into its environment. Start several side by side if a test needs them.
    """

    def __init__(self, name: str = "market", **extra: str) -> None:
        self.folder = Path(os.environ["AQAD_VAR"]).parent / f"{name}-{os.getpid()}"
        self.database = f"{name}_{os.getpid()}"
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.extra = extra
        self.redis_url = redis_url(next(_numbers))
        self.database_url = _with_database(os.environ["DATABASE_URL"], self.database)
        self._output = self.folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Stack":
        _create(self.database)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        _drop(self.database)

    def start(self) -> None:
        """Until /health/ready answers and the logins are printed; also after `stop`, over the same data."""
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.run"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> int:
        """Asks it to end as Ctrl-C would, and returns its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(60)
        self._process = None
        return code

    @property
    def env(self) -> dict[str, str]:
        """What its processes were told: addresses, secrets, PORT."""
        lines = (self.folder / "run.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def bank_url(self) -> str:
        """Where its sandbox bank listens."""
        return self.env["SANDBOX_BANK_URL"]

    def log(self) -> str:
        """All that its processes printed so far."""
        return self._output.read_text(errors="replace")

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """An operator's command against this very market."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment() | self.env,
            capture_output=True,
            text=True,
            check=check,
        )

    def _environment(self) -> dict[str, str]:
        dropped = {*FIXED, *CLEARED}
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in dropped and not name.startswith("PYTEST_")
        }
        own = {
            "PORT": str(self.port),
            "AQAD_VAR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            MARK: str(self.folder),
        }
        return inherited | own | self.extra

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY
        while not (self._answers() and "Ctrl-C stops everything." in self.log()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The market did not start:\n{self.log()[-6000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _create(name: str) -> None:
    _administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _drop(name: str) -> None:
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _administer(statement: sql.Composed) -> None:
    with psycopg.connect(_with_database(os.environ["DATABASE_URL"], "postgres"), autocommit=True) as server:
        server.execute(statement)
