"""Image, composition and units agree with the Procfile, hold no secret, and can do no more than they must."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from aqad.web import PATIENCE
from local.place import ROOT
from local.processes import commands

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
SERVERS = [unit for unit in UNITS if "Type=oneshot" not in unit.read_text()]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LINES = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
SECRET = re.compile(r"PASSWORD|SECRET|KEY$|SECRETS$|EMAIL_URL")
HARD = {
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "yes",
    "PrivateTmp": "yes", "PrivateDevices": "yes", "ReadWritePaths": "/var/lib/aqad",
    "SystemCallFilter": "@system-service", "User": "aqad", "UMask": "0007",
}  # fmt: skip


def facts(unit: Path) -> dict[str, str]:
    lines = (line.partition("=") for line in unit.read_text().splitlines() if not line.startswith(("#", "[")))
    return {key: value for key, equals, value in lines if equals}


def composed() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text()))


# --- Units ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.stem))
def test_a_unit_can_do_no_more_than_it_must(unit: Path) -> None:
    told = facts(unit)
    assert {name: told.get(name, "").removesuffix(" /var/backups/aqad/dumps") for name in HARD} == HARD
    assert told["EnvironmentFile"] == "/etc/aqad/aqad.env"
    assert unit not in SERVERS or told["Restart"] == "always"


def test_a_unit_waits_for_what_it_drains() -> None:
    web, worker = (facts(ROOT / "deploy" / "systemd" / f"aqad-{name}@.service") for name in ("web", "worker"))
    drain = float(re.findall(r"WEB_DRAIN=(\S+)", web["Environment"])[0])
    assert drain > 0
    assert float(web["TimeoutStopSec"]) > drain + PATIENCE
    assert (web["Type"], web["KillMode"], worker["KillMode"]) == ("notify", "mixed", "mixed")


def test_units_start_what_the_procfile_starts() -> None:
    """The same program with the same words; only names of queues and places differ."""
    for unit in SERVERS:
        kind = re.sub(r"@?$", "", unit.stem).removeprefix("aqad-")
        ours, theirs = shlex.split(facts(unit)["ExecStart"]), shlex.split(commands()[kind])
        words = {
            word
            for word in theirs[1:]
            if word.startswith("-") or word in {"aqad", "worker", "beat", "aqad.web"}
        }
        assert words <= {Path(ours[0]).name, *ours} | {"-m"}, unit.name


# --- The image --------------------------------------------------------------------------------------------


def test_the_image_is_pinned_and_small_and_nobody_special() -> None:
    bases = [line.split() for line in LINES if line.startswith("FROM")]
    assert len(bases) > 2
    for base in bases:
        assert base[1] == "packages" or re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base[1])
    last = LINES[max(n for n, line in enumerate(LINES) if line.startswith("FROM")) :]
    assert [line for line in last if line.startswith("USER")] == ["USER 10001:10001"]
    assert not [line for line in last if "pip" in line or "apt" in line]
    assert any(line.startswith("HEALTHCHECK") for line in last)
    assert "STOPSIGNAL SIGTERM" in last


def test_packages_come_by_hash() -> None:
    for line in LINES:
        assert "pip install" not in line or "--require-hashes" in line
    assert "--hash=sha256:" in (ROOT / "requirements.txt").read_text()


def test_the_image_knows_no_secret() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".*", "var", "build", "tests"} <= set(ignored)
    assert not re.search(r"^(ARG|ENV) .*(SECRET|PASSWORD|TOKEN)", DOCKERFILE, re.MULTILINE)


def test_its_words_are_programs() -> None:
    for line in LINES:
        if line.startswith(("CMD", "HEALTHCHECK")):
            words = json.loads(line[line.index("[") :])
            assert words[:3] == ["python", "-m", "aqad.web"]


# --- The composition --------------------------------------------------------------------------------------


def test_secrets_come_from_outside_and_have_no_default() -> None:
    for name, service in composed()["services"].items():
        for key, value in (service.get("environment") or {}).items():
            if SECRET.search(key):
                assert re.fullmatch(r"\$\{\w+:[?-]\}", value), (name, key)


def test_each_part_is_there_once_and_is_looked_at() -> None:
    services = composed()["services"]
    kinds = [" ".join(map(str, one.get("command", ["web"]))) for one in services.values()]
    assert sum("beat" in kind for kind in kinds) == 1
    assert (
        sum("--queues celery" in kind for kind in kinds)
        == sum("--queues slow" in kind for kind in kinds)
        == 1
    )
    assert len([one for one in services.values() if "WEB_SOCKET" in (one.get("environment") or {})]) == 2
    inside = {"web-1", "web-2"}
    assert all("healthcheck" in one for name, one in services.items() if name not in inside)
    assert all(not one.get("ports") for name, one in services.items() if name != "nginx")
    for name, one in services.items():
        assert "build" in one or re.search(r":\d+\.\d+(\.\d+)?-", one["image"]), name


def test_ours_run_without_rights() -> None:
    for name, one in composed()["services"].items():
        if "build" in one:
            assert (one["cap_drop"], one["read_only"], one["init"]) == (["ALL"], True, True), name
            assert one["security_opt"] == ["no-new-privileges:true"]
