"""An investigation as an operator runs it, on a machine that has time and with nothing wrong lately."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from aqad.diagnosis import surroundings
from core import recent
from core.tests.papers import fresh_limits  # noqa: F401

Told = dict[str, Any]
Ask = Callable[..., Told]


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What other tests did, and how busy this machine is, is not this market's trouble."""
    monkeypatch.setattr(recent, "FILE", tmp_path / "recent.jsonl")
    monkeypatch.setattr(recent, "FORMER", tmp_path / "recent.1.jsonl")
    monkeypatch.setattr(surroundings, "_busy", lambda: 0.1)
    monkeypatch.setattr(surroundings, "SLOW_CACHE", 5.0)


@pytest.fixture
def ask(settings: Any) -> Ask:
    """Run `diagnose … --json`; the exit code must be 1 exactly when something was found."""
    settings.SLOW_QUERY_MS = 5000

    def told(*arguments: str) -> Told:
        out, code = io.StringIO(), 0
        try:
            call_command("diagnose", *arguments, "--json", stdout=out)
        except SystemExit as left:
            code = int(str(left.code))
        found: Told = json.loads(out.getvalue())
        assert code == (0 if found["healthy"] else 1)
        assert found["healthy"] == (not found["findings"])
        suspicion = [each["suspicion"] for each in found["findings"]]
        assert suspicion == sorted(suspicion, reverse=True)
        assert all(each["evidence"] and each["next"] for each in found["findings"])
        return found

    return told


def whats(told: Told) -> list[str]:
    """What was found, in order."""
    return [each["what"] for each in told["findings"]]


def evidence(told: Told, what: str) -> str:
    """What shows it."""
    return "\n".join(
        line for each in told["findings"] if each["what"].startswith(what) for line in each["evidence"]
    )
