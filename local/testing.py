"""A pytest plugin: real servers, started once by the process that leads the tests and stopped with it.

It comes before pytest-django reads the settings, because the settings need the servers' addresses.
"""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from local import children, prepare
from local.children import Child
from local.postgres import Postgres, end_leftover
from local.swift import Swift
from local.trouble import Trouble
from local.valkey import Valkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
PREFIX = f"aqad-tests-{os.geteuid()}-"
FIXED = {
    "DJANGO_SETTINGS_MODULE": "aqad.settings",
    "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
    "SITE_URL": "http://testserver",
    "PAYMENT_GATEWAY": "sandbox",
    "SANDBOX_BANK_KEY": "only-for-tests",
    "SANDBOX_BANK_CALLBACK_SECRET": "only-for-tests",
    "AQAD_DEMO": "false",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in the thread that runs the tests
}
CLEARED = (
    "SANDBOX_BANK_URL", "SANDBOX_BANK_PORT", "PORT", "ALLOWED_HOSTS", "AWS_STORAGE_BUCKET_NAME", "HOLD_MINUTES",
    "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_API_BASE",
)  # fmt: skip
_servers = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """The leader starts the servers; each worker only takes its own corner of Valkey and of the disk."""
    try:
        if WORKER:
            _take_a_corner(int(WORKER.removeprefix("gw")) + 1)
        else:
            _start()
    except Trouble as trouble:
        raise pytest.UsageError(str(trouble)) from trouble
    return (yield)


def pytest_unconfigure() -> None:
    """However the tests ended; a worker has nothing to stop."""
    _servers.close()


@pytest.fixture(scope="session")
def s3() -> Iterator[Swift]:
    """One S3 server for the tests that ask for it; should this process be killed, the leader ends it."""
    folder = Path(tempfile.mkdtemp(prefix="swift-", dir=os.environ["AQAD_TEST_FOLDER"]))
    server = Swift(folder, os.environ | {children.MARK: str(folder)})
    with ExitStack() as at_the_end:
        at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
        for child in server.start():
            at_the_end.callback(children.stop, [child])
        server.wait()
        yield server


def _start() -> None:
    prepare.front_end()
    atexit.register(_servers.close)
    signal.signal(signal.SIGTERM, _interrupt)
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    _servers.callback(shutil.rmtree, folder, ignore_errors=True)
    for name in CLEARED:
        os.environ.pop(name, None)
    os.environ |= {**FIXED, "AQAD_VAR": str(folder / "var"), "AQAD_TEST_FOLDER": str(folder)}
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _postgres(folder)
    os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL") or _valkey(folder)
    _servers.callback(_end_markets, folder)


def _take_a_corner(number: int) -> None:
    os.environ["REDIS_URL"] = redis_url(number)
    os.environ["AQAD_VAR"] = f"{os.environ['AQAD_VAR']}-{WORKER}"


def redis_url(number: int) -> str:
    """The tests' Valkey has many separate databases: 0 the leader's, then one each for the workers."""
    return f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{number}"


def _postgres(folder: Path) -> str:
    durable = os.environ.get("TEST_DURABLE", "").lower() == "true"
    server = Postgres(folder / "postgres", folder / "postgres.log", durable=durable)
    server.prepare()
    _servers.callback(shutil.rmtree, server.sockets, ignore_errors=True)
    server.wait(_kept(server.start()))
    server.create("aqad")
    return server.url("aqad")


def _valkey(folder: Path) -> str:
    marked = os.environ | {children.MARK: str(folder)}
    server = Valkey(folder / "valkey", folder / "valkey.log", marked)
    server.wait(_kept(server.start()))
    return server.url()


def _kept(child: Child) -> Child:
    _servers.callback(children.stop, [child])
    return child


def _interrupt(number: int, frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _sweep() -> None:
    """Clears up after test runs that were killed before they could do so themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        leader = folder.name.removeprefix(PREFIX).split("-")[0]
        if not psutil.pid_exists(int(leader)):
            _clear(folder)


def _end_markets(folder: Path) -> None:
    for place in folder.iterdir():
        children.end_leftovers(place)


def _clear(folder: Path) -> None:
    _end_markets(folder)
    children.end_leftovers(folder)
    server = Postgres(folder / "postgres", folder / "postgres.log")
    end_leftover(server.data, server.sockets)
    shutil.rmtree(server.sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
