"""What we install is what we looked at: every requirement pinned, with hashes, from no address of its own."""

from __future__ import annotations

import re
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local.check import checks
from local.place import ROOT

SETS = ("requirements.txt", "requirements-local.txt", "requirements-dev.txt")
OURS = ("requirements.in", "requirements-local.in", "requirements-dev.in")
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9, ._-]+\])?==[0-9][\w.!+-]*( ; .+)?$", re.IGNORECASE)


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


def test_what_is_wanted_with_extras_is_pinned_with_them() -> None:
    """The pip that Python 3.11 brings takes the newest `coverage[toml]`, whatever `coverage` is pinned to, and
    then refuses it for want of a hash: an install would work until the day of the next release."""
    pinned = {}
    for entry in requirements("requirements-dev.txt"):
        listed = Requirement(re.split(r"\s+--hash", entry)[0])
        pinned[canonicalize_name(listed.name)] = listed.extras
    wishes = [line.split("#")[0] for name in OURS for line in requirements(name) if not line.startswith("-r")]
    theirs = [
        asked
        for package in distributions()
        for asked in map(Requirement, package.requires or ())
        if _applies(asked, pinned.get(canonicalize_name(package.name), set()))
    ]
    wanted = [each for each in [*map(Requirement, wishes), *theirs] if each.extras]
    assert len(wanted) > 10
    assert [str(each) for each in wanted if not each.extras <= pinned[canonicalize_name(each.name)]] == []


def _applies(asked: Requirement, extras: set[str]) -> bool:
    return asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in {"", *extras})


@pytest.mark.parametrize("name", [*SETS, *OURS])
def test_no_requirement_names_a_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|\bgit\+|@ file", text)


def test_our_own_code_is_looked_through_for_known_mistakes() -> None:
    assert "bandit" in checks()["security"][0]


@pytest.mark.parametrize("name", ["package-lock.json"])
def test_what_browsers_get_has_hashes_too(name: str) -> None:
    text = (ROOT / name).read_text()
    assert text.count('"integrity": "sha512-') >= text.count('"node_modules/')
