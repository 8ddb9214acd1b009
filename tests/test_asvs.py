"""What `docs/asvs.md` says is so: nothing is missing, every test and file it names exists, and its counts are true."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from django.test import Client

from core import logs
from local.place import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text()
ROW = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| (\d) \| .+? \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
# How many of level 1 and 2 each chapter has.
CHAPTERS = {
    1: (8, 19), 2: (4, 7), 3: (8, 11), 4: (2, 8), 5: (4, 5), 6: (13, 22), 7: (6, 12), 8: (4, 3), 9: (4, 3),
    11: (3, 11), 12: (3, 6), 13: (1, 12), 14: (2, 7), 15: (3, 10), 16: (0, 16),
}  # fmt: skip
BEYOND = {"5.2.4", "5.2.6", "6.3.8", "15.4.1", "15.4.2", "15.4.3"}
RISKS = re.findall(r"^\| API(\d+) [^|]+\| (.+) \|$", PAGE, re.MULTILINE)


def of(level: str) -> list[Any]:
    return [row for row in ROWS if row[3] == level]


def test_no_requirement_is_missing_or_told_twice() -> None:
    numbers = [".".join(row[:3]) for row in ROWS]
    assert len(set(numbers)) == len(numbers)
    counts = {
        chapter: tuple(sum(row[0] == str(chapter) for row in of(level)) for level in "12")
        for chapter in CHAPTERS
    }
    assert counts == CHAPTERS
    assert (sum(one for one, _two in CHAPTERS.values()), sum(two for _one, two in CHAPTERS.values())) == (
        65,
        152,
    )
    assert {".".join(row[:3]) for row in of("3")} == BEYOND


@pytest.mark.parametrize("where", sorted({path for row in ROWS for path in re.findall(r"`([^`]+)`", row[4])}))
def test_what_a_row_names_is_there(where: str) -> None:
    _there(where)


def _there(where: str) -> None:
    if "/" not in where and "." not in where:
        return  # a word of the protocol, not a file
    path, _, name = where.partition("::")
    assert (ROOT / path).exists(), path
    assert not name or f"def {name}(" in (ROOT / path).read_text(), where


def test_a_row_that_is_met_names_something() -> None:
    met = [row for row in ROWS if not row[4].startswith(("gap", "none here"))]
    assert all("`" in row[4] for row in met)


@pytest.mark.parametrize("level", ["1", "2"])
def test_the_counts_are_true(level: str) -> None:
    rows = of(level)
    apply = [row for row in rows if not row[4].startswith("none here")]
    gaps = [row for row in apply if row[4].startswith("gap")]
    met = len(apply) - len(gaps)
    assert (
        f"Level {level}: {len(rows)} requirements, {len(apply)} apply, {met} met, {len(gaps)} gaps." in PAGE
    )
    assert met >= len(apply) * {"1": 1.0, "2": 0.9}[level]


def test_each_risk_of_the_api_is_tried_three_times() -> None:
    assert [int(number) for number, _tests in RISKS] == list(range(1, 11))
    for _number, tests in RISKS:
        named = re.findall(r"`([^`]+)`", tests)
        assert len(set(named)) >= 3
        for each in named:
            assert "::test_" in each
            _there(each)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/manage.py", "/aqad/settings.py", "/static/", "/static/css/", "/media/",
     "/static/../.env", "/static/%2e%2e/%2e%2e/.env", "/media/../../.env", "/requirements.txt",
     "/static/js/aqad.js.map", "/backup.sql"],
)  # fmt: skip
def test_nothing_of_the_workshop_is_served(client: Client, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_a_line_of_the_log_stays_one() -> None:
    facts = dict(logs.configure("INFO", readable=False)["formatters"]["lines"])
    line = facts.pop("()")(**facts).format(
        logging.LogRecord("x", logging.INFO, "x", 1, 'one\r\n{"forged": 1}\u2028\x1b[31m', None, None)
    )
    assert len(line.splitlines()) == 1
    assert json.loads(line)["event"].startswith("one\r\n")
