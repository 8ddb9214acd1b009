"""The market on several machines: primary and synchronous standby, PgBouncer before them, two webs and two workers.

What Patroni does in production (promote the standby, lead the pooler to it) is done here by hand.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg

from local import children
from local.permissions import unprivileged_user
from local.ports import HOST, free_port
from local.postgres import SUPERUSER, Postgres
from local.programs import PGBOUNCER
from tests.faults.lab import Lab

WAITS = (
    "lock_timeout = '3s'",
    "statement_timeout = '10s'",
    "idle_in_transaction_session_timeout = '15s'",
)
POOLED = """[databases]
lab = host={sockets} dbname=lab user=aqad
[pgbouncer]
pool_mode = transaction
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = any
default_pool_size = 20
max_client_conn = 200
server_connect_timeout = 2
server_login_retry = 1
query_wait_timeout = 5
"""


class Cluster(Lab):
    """A `Lab` whose database is two servers behind a pooler. `url` is another web each time it is asked for."""

    def __init__(self, folder: Path, shops: int = 60, **extra: str) -> None:
        super().__init__(folder, shops, **extra)
        self.pooler_port, self.second_port = free_port(), free_port()
        self._webs = cycle([f"http://{HOST}:{self.port}", f"http://{HOST}:{self.second_port}"])

    @property
    def url(self) -> str:
        """As a load balancer would choose."""
        return next(self._webs) if hasattr(self, "_webs") else f"http://{HOST}:{self.port}"

    @url.setter
    def url(self, value: str) -> None:
        """There are two, so it is not kept."""

    def services(self) -> dict[str, str]:
        """The Procfile's, web and worker twice."""
        one = super().services()
        single = f"WEB_WORKERS=1 {one['web'].removeprefix('exec ')}"
        second = f"PORT={self.second_port} {single}"
        return one | {"web": single, "web2": second, "worker2": one["worker"]}

    def _servers(self) -> None:
        super()._servers()
        log = self.folder / "log" / "standby.log"
        self.standby = Postgres(self.folder / "standby", log)
        self._stack.callback(shutil.rmtree, self.standby.sockets, ignore_errors=True)
        self.standby.copy_of(self.postgres)
        self.children["standby"] = self.standby.start()
        self._stack.callback(lambda: children.stop([self.children.pop("standby")]))
        self.standby.wait(self.children["standby"])
        for role_setting in WAITS:
            self.at_primary(f"ALTER ROLE {SUPERUSER} SET {role_setting}")
        self.at_primary("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.at_primary("SELECT pg_reload_conf()")
        self._pooler()

    def _pooler(self) -> None:
        self.lead_to(self.postgres)
        user = unprivileged_user(self.folder / "pooler.ini")
        command = [PGBOUNCER.find() or PGBOUNCER.missing, str(self.folder / "pooler.ini")]
        log = self.folder / "log" / "pooler.log"
        self.children["pooler"] = children.spawn(
            "pooler", command, log, user=user, environment=dict(os.environ), folder=self.folder
        )
        self._stack.callback(lambda: children.stop([self.children.pop("pooler")]))

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {
            "DATABASE_POOLED": "true",
            "DATABASE_URL": f"postgres://{SUPERUSER}@{HOST}:{self.pooler_port}/lab",
            "DATABASE_REPLICA_URL": self.standby.url("lab"),
        }

    def lead_to(self, server: Postgres) -> None:
        """Whose connections the pooler gives out from now on."""
        file = self.folder / "pooler.ini"
        file.write_text(POOLED.format(sockets=server.sockets, host=HOST, port=self.pooler_port))
        file.chmod(0o644)
        if "pooler" in self.children:
            self.children["pooler"].send(signal.SIGHUP)

    def at_primary(self, statement: str) -> Any:
        """Said to the first server itself, past the pooler; what it answers."""
        return _say(self.postgres, statement)

    def at_standby(self, statement: str) -> Any:
        """Said to the second server itself; what it answers."""
        return _say(self.standby, statement)

    def cut_off(self) -> None:
        """The primary waits for nobody any more, and the standby hears nothing of it: asynchronous, and late."""
        self.at_primary("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.at_standby("ALTER SYSTEM SET primary_conninfo = ''")
        for say in (self.at_primary, self.at_standby):
            say("SELECT pg_reload_conf()")
        end = time.monotonic() + 20
        while self.at_primary("SELECT 1 FROM pg_stat_replication"):
            assert time.monotonic() < end, "the standby still listens"
            time.sleep(0.1)

    def lose_primary(self) -> None:
        """SIGKILL to every process of the first server."""
        child = self.children.pop("postgres")
        child.send(signal.SIGKILL)
        child.process.wait(20)
        self.children["postgres"] = self.children["standby"]

    def promote(self) -> None:
        """The standby takes writes from now on, and the pooler leads to it."""
        self.at_standby("SELECT pg_promote()")
        self.lead_to(self.standby)


def _say(server: Postgres, statement: str) -> Any:
    with psycopg.connect(server.url("lab").replace("lab?", "postgres?"), autocommit=True) as connection:
        told = connection.execute(statement)
        return told.fetchall() if told.description else None
