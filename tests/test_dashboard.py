"""The dashboard and the alerts ask only for names that the market counts, and every alert says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from aqad.metrics import GAUGES, WAITING
from core import metrics

DEPLOY = Path(__file__).parents[1] / "deploy"
NAME = re.compile(r"\baqad_\w+")
BY = re.compile(r"\b(?:by|without) \(([\w, ]+)\)")
COMMANDS = {"diagnose", "relay", "settle", "sweep", "reconcile", "backup"}
OTHERS = {"le", "task", "queue", "release"}


def dashboard() -> Any:
    return json.loads((DEPLOY / "grafana" / "aqad.json").read_text())


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> Iterator[str]:
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (each["expr"] for each in dashboard()["annotations"]["list"])
    yield from (rule["expr"] for rule in rules())


def test_every_query_asks_for_what_is_counted() -> None:
    known = {*WAITING, *GAUGES, *metrics.NAMES}
    asked = {name for query in queries() for name in NAME.findall(query)}
    assert asked - known == set()
    assert NAME.findall("rate(aqad_nothing_like_it_total[5m])")[0] not in known


def test_everything_counted_is_shown() -> None:
    """Of a histogram any part will do."""
    asked = {name for query in queries() for name in NAME.findall(query)}
    plain = re.compile(r"_(bucket|sum|count)$")
    shown = {plain.sub("", name) for name in asked}
    assert {plain.sub("", name) for name in (*WAITING, *GAUGES, *metrics.NAMES)} - shown == set()


def test_queries_group_by_labels_that_exist() -> None:
    for query in queries():
        labels = {label for name in NAME.findall(query) for label in metrics.NAMES.get(name, ())} | OTHERS
        for group in BY.findall(query):
            assert set(group.split(", ")) <= labels, query


def test_every_alert_says_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) >= 15
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert len(rule["annotations"]["runbook"]) > 30
        commands = re.findall(r"manage\.py (\w+)", rule["annotations"]["runbook"])
        assert set(commands) <= COMMANDS


def test_the_guide_has_a_line_for_every_alert() -> None:
    guide = (DEPLOY.parent / "docs" / "operations.md").read_text()
    lines = re.findall(r"^\| `([A-Z]\w+)` \| .{15,} \| .{15,} \|$", guide, re.MULTILINE)
    assert sorted(lines) == sorted(rule["alert"] for rule in rules())
    assert set(re.findall(r"`aqad (\w+)", guide)) <= COMMANDS | {"nginx", "audit"}
