"""What we install is what we looked at: every requirement pinned, with hashes, from no address of its own."""

from __future__ import annotations

import re

import pytest

from local.check import checks
from local.place import ROOT

SETS = ("requirements.txt", "requirements-local.txt", "requirements-dev.txt")
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[0-9][\w.!+-]*( ; .+)?$", re.IGNORECASE)


def requirements(name: str) -> list[str]:
    """One entry a requirement, its continuation lines joined, comments gone."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.strip().startswith("#")]
    return [entry for entry in "\n".join(lines).replace("\\\n", "").splitlines() if entry.strip()]


@pytest.mark.parametrize("name", SETS)
def test_each_requirement_is_pinned_and_has_hashes(name: str) -> None:
    entries = requirements(name)
    assert len(entries) > 40
    for entry in entries:
        what, *hashes = re.split(r"\s+--hash=sha256:", entry.strip())
        assert PINNED.match(what.strip()), entry[:80]
        assert hashes, entry[:80]
        assert all(re.fullmatch(r"[0-9a-f]{64}", each.strip()) for each in hashes), entry[:80]


@pytest.mark.parametrize("name", [*SETS, "requirements.in", "requirements-local.in", "requirements-dev.in"])
def test_no_requirement_names_a_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|\bgit\+|@ file", text)


def test_our_own_code_is_looked_through_for_known_mistakes() -> None:
    assert "bandit" in checks()["security"][0]


@pytest.mark.parametrize("name", ["package-lock.json"])
def test_what_browsers_get_has_hashes_too(name: str) -> None:
    text = (ROOT / name).read_text()
    assert text.count('"integrity": "sha512-') >= text.count('"node_modules/')
