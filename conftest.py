"""Fixtures for every test: the whole market over HTTP, and a browser to look at it with."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.test import TransactionTestCase

from catalog import cache
from core import copies, ready
from core.drawing import Drawn
from local.programs import CHROMIUM
from tests.stack import Stack

pytest_plugins = ["tests.cast", "tests.desk"]

QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A test is one transaction, which may think for longer between two statements than a request may."""
    settings.DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=10min"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No answer of an earlier test is left in this process, nor that Valkey was away in it."""
    ready.forget()
    cache.forget()
    for drawn in Drawn.every:
        drawn.forget()
    copies.hope()


@pytest.fixture(autouse=True, scope="session")
def _flushed_beside_late_requests() -> Iterator[None]:
    """A page that was just closed may have a request under way: a flush that deadlocks with it is done once more."""
    flush: Any = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flushed(self: TransactionTestCase) -> None:
        try:
            flush(self)
        except CommandError:
            flush(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flushed)
        yield


@pytest.fixture(scope="session")
def market() -> Iterator[Stack]:
    """One running market for all tests that ask for it; what they leave in it, the next ones find."""
    with Stack() as stack:
        yield stack


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the running market stay together on one worker, so that it is started once."""
    for item in items:
        if "market" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.market)
            item.add_marker(pytest.mark.xdist_group("market"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium, which talks to nobody but us."""
    chromium = CHROMIUM.find()
    if chromium is None:
        pytest.fail(CHROMIUM.missing)
    return {**browser_type_launch_args, "executable_path": chromium, "args": QUIET_BROWSER}
