"""The audit finds nothing on a market that is right, and everything that is broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from aqad import demo
from aqad.invariants import INVARIANTS
from core import audit, selftest

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def whole_demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for all tests here and undone after them; answers where its pictures are."""
    public = tmp_path_factory.mktemp("public")
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        with override_settings(MEDIA_ROOT=public):
            demo.load()
        yield public
        transaction.set_rollback(True)


@pytest.fixture
def demo_market(whole_demo: Path, settings: Any) -> None:
    """The demo with its pictures."""
    settings.MEDIA_ROOT = whole_demo


def said(*options: str) -> tuple[int, str]:
    """Exit code and output of `manage.py audit`."""
    out = StringIO()
    try:
        call_command("audit", *options, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_demo_is_clean(demo_market: None) -> None:
    code, text = said("--json")
    told = json.loads(text)
    assert [check for check in told["checks"] if check["broken"]] == []
    assert (code, told["ok"]) == (0, True)


@pytest.mark.parametrize("number", [invariant.id for invariant in INVARIANTS])
def test_the_audit_sees_each_break(demo_market: None, number: str) -> None:
    trials = list(selftest.selftest(only=number))
    assert trials
    assert [trial for trial in trials if not trial.seen] == []
    assert audit.audit(files=number == "I21").ok
