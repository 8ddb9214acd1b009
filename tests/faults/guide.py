"""The guide for operators as a program: its blocks, and a machine on which they can be carried out.

Everything is real but the machine: paths lie under a folder, a service manager of our own reads the unit files, and
who owns a file is not looked at.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

from local import children, postgres
from local.children import Child
from local.permissions import let_through
from local.place import ROOT
from local.ports import HOST, free_port, is_free
from local.postgres import Postgres
from local.programs import NGINX
from local.valkey import Valkey
from tests.proxy import MAIN, TYPES, certify

GUIDE = ROOT / "docs" / "operations.md"
NAME = "market.example"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOORS = "local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
OURS = re.compile(
    r"(?<![\w/.-])/(srv/aqad|etc/(?:aqad|systemd|nginx|letsencrypt)|var/(?:lib/aqad|www|backups)|run/aqad|usr/local/bin/aqad)"
)


def blocks() -> list[str]:
    """All that a test may run, in order."""
    return BLOCK.findall(GUIDE.read_text())


class Server(Postgres):
    """PostgreSQL as a distribution sets it up: trust for who sits at the machine, a password for the network."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "postgres", folder / "postgres.log")
        self.port = free_port()

    def _initdb(self, folder: Path) -> None:
        with patch.object(postgres, "SUPERUSER", "postgres"):
            super()._initdb(folder)
        (folder / "pg_hba.conf").write_text(DOORS)

    def _settings(self) -> Iterator[str]:
        yield f"listen_addresses={HOST}"
        yield f"port={self.port}"
        yield f"unix_socket_directories={self.sockets}"

    def _answers(self) -> bool:
        ask = [str(self.programs / "pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return subprocess.run(ask, check=False).returncode == 0


class Machine:
    """Runs blocks of the guide with `run`; whatever they started ends with it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.postgres = Server(folder)
        self.valkey = Valkey(folder / "valkey", folder / "valkey.log", dict(os.environ))
        self.owner = str(os.geteuid() if self.postgres.user is None else self.postgres.user)
        self.http, self.https = free_port(), free_port()
        self.running: dict[str, Child] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Machine:
        self._stack.callback(lambda: children.stop(list(self.running.values())))
        self._stack.callback(shutil.rmtree, self.postgres.sockets, ignore_errors=True)
        for where in (
            "etc/systemd/system", "etc/nginx/conf.d", "usr/local/bin", "log", "bin", "srv/aqad/releases", "var",
        ):  # fmt: skip
            (self.folder / where).mkdir(parents=True, exist_ok=True)
        for release in ("0.1", "0.2"):
            (self.folder / "srv/aqad/releases" / release).symlink_to(ROOT)
        live = self.folder / "etc/letsencrypt/live" / NAME
        live.mkdir(parents=True)
        certify(NAME, live / "fullchain.pem", live / "privkey.pem")
        self.running["postgresql"] = self._postgres()
        self.running["valkey"] = self.valkey.start()
        self.valkey.wait(self.running["valkey"])
        self._manager()
        self._commands()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def run(self, block: str) -> subprocess.CompletedProcess[str]:
        """One block, stopped at its first failing command."""
        here = {"PATH": f"{self.bin}:{self.folder}/usr/local/bin:{self.postgres.programs}:/usr/bin:/bin"}
        here |= {"PGHOST": str(self.postgres.sockets), "PGPORT": str(self.postgres.port)}
        moment = str(datetime.now(UTC) - timedelta(seconds=5))
        here |= {"HOME": str(self.folder), "TMPDIR": str(self.folder), "LANG": "C.UTF-8"}
        here |= {"PGUSER": "postgres", "MOMENT": moment}
        command = ["/bin/bash", "-euo", "pipefail", "-c", self.localised(block)]
        return subprocess.run(command, env=here, cwd=self.folder, capture_output=True, text=True, check=False)

    def localised(self, text: str) -> str:
        """The same under our folder, on our ports."""
        sockets = " ".join(f"--socket {self.folder}/run/aqad/web-{n}.sock" for n in (1, 2))
        ports = f"--http {HOST}:{self.http} --https {HOST}:{self.https} --logs {self.folder}/log"
        text = OURS.sub(lambda found: f"{self.folder}{found[0]}", text)
        text = text.replace("127.0.0.1:5432", f"{HOST}:{self.postgres.port}")
        text = text.replace("127.0.0.1:6379", f"{HOST}:{self.valkey.port}")
        return text.replace("aqad nginx ", f"aqad nginx {sockets} {ports} ")

    # --- its service manager ------------------------------------------------------------------------------

    def systemctl(self, *words: str) -> None:
        """What a person may ask; returns when it is done."""
        verb, names = words[0], [one for one in words[1:] if not one.startswith("-")]
        for name in (one for one in names if not one.endswith(".timer")):
            if verb in {"restart", "stop"} and name in self.running:
                self.stop(name)
            if verb in {"restart", "enable", "start"}:
                self.start(name)
            if verb == "reload" and name in self.running:
                self.running[name].send(signal.SIGHUP)
            elif verb == "reload":
                self.start(name)

    def start(self, name: str) -> None:
        """A unit; one that notifies is awaited."""
        if name == "postgresql":
            self.running[name] = self._postgres()
        elif name == "nginx":
            self.running[name] = self._spawn(name, self._nginx(), {})
            while is_free(self.https):
                assert self.running[name].exit_code is None, self.running[name].last_words()
        else:
            self._start_unit(name)

    def stop(self, name: str) -> None:
        """Politely, for as long as its unit allows."""
        child = self.running.pop(name)
        child.send(child.polite)
        assert child.process.wait(60) in (0, -child.polite), child.last_words()

    def _start_unit(self, name: str) -> None:
        unit = self._unit(name)
        values = self._environment(unit)
        command = [
            re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], one)
            for one in shlex.split(unit["ExecStart"][0])
        ]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.settimeout(float(unit.get("TimeoutStartSec", ["90"])[0]))
            heard = self.folder / "run" / f"{name}.notify"
            heard.unlink(missing_ok=True)
            ear.bind(str(heard))
            self.running[name] = self._spawn(name, command, values | {"NOTIFY_SOCKET": str(heard)})
            if unit["Type"] == ["notify"]:
                assert ear.recv(100) == b"READY=1", self.running[name].last_words()

    def _unit(self, name: str) -> dict[str, list[str]]:
        first, at, instance = name.partition("@")
        text = (self.folder / f"etc/systemd/system/{first}{at}.service").read_text()
        facts: dict[str, list[str]] = {}
        for line in self.localised(text).replace("%i", instance).replace("%%h", "here").splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                facts.setdefault(key, []).append(value)
        return facts

    def _environment(self, unit: dict[str, list[str]]) -> dict[str, str]:
        values = {"PATH": "/usr/bin:/bin", "TMPDIR": str(self.folder)}
        for line in unit.get("Environment", []):
            values |= dict(one.split("=", 1) for one in line.split())
        for file in unit["EnvironmentFile"]:
            values |= dict(line.split("=", 1) for line in Path(file).read_text().splitlines())
        return values

    def _spawn(self, name: str, command: list[str], values: dict[str, str]) -> Child:
        log = self.folder / "log" / f"{name}.txt"
        return children.spawn(name, command, log, environment=values, folder=self.folder / "srv/aqad/current")

    def _postgres(self) -> Child:
        if self.postgres.data.exists():  # laid there by root, who plays `postgres` too
            subprocess.run(["chown", "-R", self.owner, str(self.postgres.data)], check=True)
        self.postgres.prepare()
        child = self.postgres.start()
        self.postgres.wait(child)
        return child

    def _nginx(self) -> list[str]:
        main = self.folder / "nginx.conf"
        user = "root" if os.geteuid() == 0 else "nobody"
        text = MAIN.format(user=user, folder=self.folder, types=TYPES)
        main.write_text(text.replace(f"{self.folder}/aqad.conf", f"{self.folder}/etc/nginx/conf.d/*.conf"))
        program = NGINX.find()
        assert program, NGINX.missing
        return [program, "-e", f"{self.folder}/log/error.log", "-p", str(self.folder), "-c", str(main)]

    def _manager(self) -> None:
        machine = self

        class Asked(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                words = self.rfile.read(int(self.headers["Content-Length"])).decode()
                try:
                    machine.systemctl(*shlex.split(words))
                    status, told = 200, ""
                except Exception as problem:
                    status, told = 500, repr(problem)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(told.encode())

            def log_message(self, *told: object) -> None:
                return

        door = ThreadingHTTPServer((HOST, 0), Asked)
        self.door = door.server_address[1]
        self._stack.callback(door.server_close)
        self._stack.callback(door.shutdown)
        threading.Thread(target=door.serve_forever, daemon=True).start()

    def _commands(self) -> None:
        """The few that would need root, a service manager or a domain."""
        curl = shutil.which("curl")
        live = self.folder / "etc/letsencrypt/live" / NAME / "fullchain.pem"
        for name, script in {
            "sudo": 'while :; do case "$1" in -u) shift 2;; -*) shift;; *) break;; esac; done; exec "$@"',
            "systemctl": f'exec {curl} --fail-with-body --silent --show-error --data "$*" http://{HOST}:{self.door}/',
            "nginx": f'exec {shlex.join(self._nginx())} "$@"',
            "curl": f'exec {curl} --cacert {live} --connect-to {NAME}:443:{HOST}:{self.https} "$@"',
            "install": 'own=; keep=; all=; while [ $# -gt 0 ]; do case "$1" in -o) own=$2; shift 2;; -g) shift 2;;'
            ' -m) keep="$keep $1 $2"; shift 2;; -*) keep="$keep $1"; shift;; *) all="$all $1"; shift;; esac; done;'
            f' /usr/bin/install $keep $all; if [ "$own" = postgres ]; then chown -R {self.owner} $all; fi',
        }.items():
            (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
            (self.bin / name).chmod(0o755)
        let_through(self.folder, self.postgres.user)
