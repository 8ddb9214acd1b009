"""A whole market of its own: durable PostgreSQL, Valkey and the Procfile's processes, each of which may be hurt alone.

Unlike `local.run`, which stops everything when one process ends, a keeper starts what died again, as a service
manager would.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any, Self

import psutil
import psycopg

from local import children, environment, prepare, processes
from local.children import MARK, Child
from local.place import ROOT
from local.ports import HOST, free_port
from local.postgres import Postgres
from local.testing import CLEARED, FIXED
from local.valkey import Valkey
from tests.faults.web import HTTP, Web

READY = 60.0
SWIFT = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
    "AQAD_DEMO": "true",
    "RATELIMIT_ENABLE": "false",
    "PAYMENT_GATEWAY": "sandbox",
    "LOG_LEVEL": "WARNING",
    "PYTHONUNBUFFERED": "1",
    "SANDBOX_BANK_RETRY": "0.5,1,2",
    "SANDBOX_BANK_HANG_SECONDS": "8",
    "SANDBOX_BANK_LATE_SECONDS": "3",
}


class Lab:
    """`start` makes and seeds it; `shops` retailers buy. `extra` goes into its environment."""

    def __init__(self, folder: Path, shops: int = 60, **extra: str) -> None:
        self.folder = folder
        self.port, self.bank_port = free_port(), free_port()
        self.url, self.bank_url = f"http://{HOST}:{self.port}", f"http://{HOST}:{self.bank_port}"
        self.extra = extra
        self.shops = shops
        self.children: dict[str, Child] = {}
        self.kills = 0
        self.world: dict[str, Any] = {}
        self.password = ""
        self._turn = RLock()
        self._closing = Event()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._servers()
            self._data()
            self._processes()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    # --- its parts ----------------------------------------------------------------------------------------

    def _servers(self) -> None:
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        self.postgres = Postgres(self.folder / "postgres", self.folder / "log" / "postgres.log")
        self._stack.callback(shutil.rmtree, self.postgres.sockets, ignore_errors=True)
        self._stack.callback(lambda: children.stop([self.children.pop("postgres")]))
        self.start_postgres()
        self.postgres.create("lab")
        marked = os.environ | {MARK: str(self.folder)}
        self.valkey = Valkey(self.folder / "valkey", self.folder / "log" / "valkey.log", marked)
        self._stack.callback(lambda: children.stop([self.children.pop("valkey")]))
        self.start_valkey()

    def _data(self) -> None:
        self.env = self._environment()
        prepare.collect(self.env)
        prepare.run_manage(["migrate", "--noinput", "--verbosity=0"], self.env)
        made = subprocess.run(
            [sys.executable, "-m", "tests.faults.seed", str(self.shops)],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr[-3000:]
        self.world = json.loads(made.stdout.splitlines()[-1])
        self.password = self.world["password"]

    def _processes(self) -> None:
        self.commands = self.services()
        self._stack.callback(self._stop_processes)
        for name in self.commands:
            self.children[name] = self._begin(name)
        keeper = Thread(target=self._keep, daemon=True)
        keeper.start()
        self._stack.callback(keeper.join, 5)
        self._stack.callback(self._closing.set)
        self.ready()

    def services(self) -> dict[str, str]:
        """Name and command line of each process."""
        return processes.commands()

    def _environment(self) -> dict[str, str]:
        dropped = {*FIXED, *CLEARED}
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in dropped and not name.startswith("PYTEST_")
        }
        own = {
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "AQAD_VAR": str(self.folder),
            "DATABASE_URL": self.postgres.url("lab"),
            "REDIS_URL": self.valkey.url(),
            "SANDBOX_BANK_PORT": str(self.bank_port),
            "SANDBOX_BANK_URL": self.bank_url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            MARK: str(self.folder),
        }
        return inherited | environment.kept_secrets(self.folder) | SWIFT | own | self.extra

    def _begin(self, name: str) -> Child:
        command = ["/bin/sh", "-c", self.commands[name]]
        log = self.folder / "log" / f"{name}.log"
        return children.spawn(name, command, log, environment=self.env, folder=ROOT)

    def _keep(self) -> None:
        while not self._closing.wait(0.1):
            with self._turn:
                for name in self.commands:
                    if not self._closing.is_set() and self.children[name].exit_code is not None:
                        _kill_group(self.children[name])
                        self.children[name] = self._begin(name)

    def _stop_processes(self) -> None:
        running = [self.children.pop(name) for name in self.commands if name in self.children]
        for child in running:
            child.alone = False
        children.stop(running, patience=8)

    # --- what can be done to it ---------------------------------------------------------------------------

    def ready(self, seconds: float = READY) -> float:
        """Waits until /health/ready says 200; how long that took."""
        began = time.monotonic()
        while Web(self).get("/../health/ready").status != 200:
            assert time.monotonic() < began + seconds, self.log("web")[-3000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self, name: str) -> None:
        """SIGKILL to a whole service: the process and all its children, at once."""
        self.kills += 1
        _kill_group(self.children[name])

    def kill_one(self, dice: random.Random, names: tuple[str, ...] = ("web", "worker", "scheduler")) -> None:
        """SIGKILL to one process among those services, first or child."""
        found = [self.children[name].process.pid for name in names]
        with suppress(psutil.Error):
            found += [
                child.pid for name in names
                for child in psutil.Process(self.children[name].process.pid).children(recursive=True)
            ]  # fmt: skip
        with suppress(ProcessLookupError):
            os.kill(dice.choice(found), signal.SIGKILL)
            self.kills += 1

    def restart(self, name: str) -> None:
        """A fresh process of a service, at work."""
        with self._turn:
            self.kill(name)
            self.children[name].process.wait(20)
            self.children[name] = self._begin(name)
        self.ready()

    def stop_postgres(self) -> None:
        """An immediate stop: every backend ends where it stands, recovery at the next start."""
        child = self.children["postgres"]
        child.send(signal.SIGQUIT)
        child.process.wait(20)

    def start_postgres(self) -> None:
        """Until it answers."""
        self.postgres.prepare()
        self.children["postgres"] = self.postgres.start()
        self.postgres.wait(self.children["postgres"])

    def stop_valkey(self) -> None:
        """Gone with everything in it."""
        child = self.children["valkey"]
        child.send(signal.SIGKILL)
        child.process.wait(20)

    def start_valkey(self) -> None:
        """Until it answers; empty."""
        self.children["valkey"] = self.valkey.start()
        self.valkey.wait(self.children["valkey"])

    def hang_valkey(self) -> None:
        """Takes connections, answers nothing."""
        self.children["valkey"].send(signal.SIGSTOP)

    def resume_valkey(self) -> None:
        """Goes on where it stopped."""
        self.children["valkey"].send(signal.SIGCONT)

    def arm(self, point: str, name: str, words: str) -> None:
        """Lay a tripwire for a payment known by these words."""
        _write(self.folder / "lab" / "armed" / point / name, words)

    def armed(self) -> int:
        """How many tripwires nobody has passed."""
        return sum(path.is_file() for path in (self.folder / "lab" / "armed").rglob("*"))

    def disarm(self) -> None:
        """Take up all tripwires."""
        shutil.rmtree(self.folder / "lab" / "armed", ignore_errors=True)

    def sabotage(self, name: str) -> None:
        """Take a guard away, see `sabotage.py`."""
        _write(self.folder / "lab" / "sabotage" / name, "")

    def repair(self) -> None:
        """All guards are back."""
        shutil.rmtree(self.folder / "lab" / "sabotage", ignore_errors=True)

    def set_clock(self, seconds: float) -> None:
        """All hosts of the market are wrong by so much (the database's is not)."""
        _write(self.folder / "lab" / "clock", str(seconds))

    # --- looking at it ------------------------------------------------------------------------------------

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Straight from the database."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def control(self, path: str, body: Any = None) -> Any:
        """The control side of its bank."""
        answer = HTTP.request(
            "GET" if body is None else "POST", f"{self.bank_url}/control/{path}", json=body, timeout=60
        )
        assert answer.status < 300, answer.data[:500]
        return answer.json()

    def log(self, name: str) -> str:
        """What a process said."""
        return (self.folder / "log" / f"{name}.log").read_text(errors="replace")

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """An operator's command."""
        command = [sys.executable, "manage.py", *arguments]
        values = self.env | environment
        return subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, check=False)


def _kill_group(child: Child) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}")
    unfinished.write_text(text)
    unfinished.replace(file)
