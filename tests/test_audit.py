"""The audit finds nothing on a market that is right, and everything that is broken on purpose."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from aqad import stored
from aqad.invariants import INVARIANTS
from core import audit, selftest
from core.audit import Invariant, Part
from core.models import Reaction
from orders.models import Line
from tests.stage import undone

pytestmark = pytest.mark.django_db


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


def test_the_object_for_programs(demo_market: None) -> None:
    told = json.loads(said("--json")[1])
    assert set(told) == {"ok", "checks", "seconds"}
    for check in told["checks"]:
        assert set(check) == {"id", "name", "checked", "broken", "offenders", "seconds"}
        assert (check["broken"], check["offenders"]) == (0, [])
    assert [check["id"] for check in told["checks"]] == [row.id for row in INVARIANTS if row.id != "I21"]
    assert {check["id"] for check in json.loads(said("--json", "--files")[1])["checks"]} >= {"I21"}


def test_what_is_broken_is_named_and_ends_with_1(demo_market: None) -> None:
    with undone():
        line = Line.objects.filter(hold="held").first()
        assert line
        Line.objects.filter(pk=line.pk).update(hold="released")
        code, text = said()
        assert code == 1
        assert f"ORD{line.order_id}: a line's movements are not those of its state" in text
        assert "BROKEN: I3, I4" in text
        told = json.loads(said("--json")[1])
        assert told["ok"] is False
        assert (
            f"ORD{line.order_id}"
            in next(check for check in told["checks"] if check["id"] == "I4")["offenders"]
        )
    assert said()[0] == 0


def test_at_most_twenty_offenders_are_listed(demo_market: None) -> None:
    with undone():
        Reaction.objects.update(done_at=None, due_at=timezone.now() - timedelta(hours=1))
        outbox = next(found for found in audit.audit().findings if found.invariant.id == "I16")
    assert outbox.broken > 1000
    assert len(outbox.offenders) == 20


def test_the_self_test_says_what_it_saw(demo_market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = Part(
        "nothing is seen", "SELECT 'x' AS who WHERE false", ("UPDATE catalog_stock SET reserved = 1",)
    )
    monkeypatch.setattr(selftest, "invariants", lambda: [Invariant("I99", "Blind", "SELECT 1", (blind,))])
    code, text = said("--selftest")
    assert (code, text.split()) == (1, ["BLIND", "I99", "nothing", "is", "seen"])
    monkeypatch.setattr(selftest, "invariants", lambda: INVARIANTS[:1])
    code, text = said("--selftest", "--json")
    assert (code, json.loads(text)["ok"]) == (0, True)


def test_the_self_test_is_for_the_demo_only(settings: Any, db: None) -> None:
    settings.TESTING = settings.DEMO = False
    with pytest.raises(CommandError, match="only for AQAD_DEMO"):
        said("--selftest")


def test_files_that_no_row_names(demo_market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "I21" not in audit.audit(files=True).broken
    default_storage.save("products/nobodys.webp", ContentFile(b"x"))
    assert "I21" not in audit.audit(files=True).broken  # a file may be a moment older than its row
    monkeypatch.setattr(stored, "YOUNG", timedelta(0))
    assert "products/nobodys.webp" in stored.nobodys()
    assert audit.audit(files=True).broken["I21"]["broken"] >= 1
