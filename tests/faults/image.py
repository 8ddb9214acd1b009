"""The Dockerfile without an engine: its stages are folders, its steps run in them, its packages are really fetched."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from local.place import ROOT

ROOTLY = ("groupadd", "install -d")
REACH = re.compile(r"npm_config_|pip_|node_extra_ca_certs$|ssl_cert_|https?_proxy$|no_proxy$", re.IGNORECASE)
"""How this machine reaches the package indexes; an engine has its own way."""


def steps() -> list[tuple[str, str]]:
    """Instruction and words, in order."""
    lines = (line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and line[0] != "#")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def ignored(folder: str, names: list[str]) -> set[str]:
    """What .dockerignore keeps out, as `shutil.copytree` asks."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    inside = {name: str((Path(folder) / name).relative_to(ROOT)) for name in names}
    return {name for name, path in inside.items() if _kept_out(path, rules)}


def _kept_out(path: str, rules: list[str]) -> bool:
    """The last rule that fits counts, as an engine has it."""
    last = [rule for rule in rules if _fits(path, rule.lstrip("!"))][-1:]
    return bool(last) and not last[0].startswith("!")


def _fits(path: str, rule: str) -> bool:
    return path.count("/") == rule.count("/") and fnmatch.fnmatch(path, rule)


class Image:
    """`built` is the folder of the last stage."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stages = folder, 0
        self.named: dict[str, Path] = {}
        self.here = folder
        self.env = {name: value for name, value in os.environ.items() if REACH.match(name)}
        self.env |= {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}

    def build(self) -> Path:
        """Every step in its order; its last folder."""
        for word, rest in steps():
            getattr(self, f"_{word.lower()}", lambda _rest: None)(rest)
        return self.here

    def _from(self, rest: str) -> None:
        self.stages += 1
        self.here = self.folder / f"stage-{self.stages}"
        base, *name = rest.split(" AS ")
        if base in self.named:
            shutil.copytree(self.named[base], self.here, symlinks=True)
        (self.here / "srv/aqad").mkdir(parents=True, exist_ok=True)
        self.named |= dict.fromkeys(name, self.here)

    def _copy(self, rest: str) -> None:
        stage, source, target = re.fullmatch(r"(?:--from=(\w+) )?(\S+) (\S+)", rest).groups()  # type: ignore[union-attr]
        whence = self.named[stage] / source.lstrip("/") if stage else ROOT / source
        where = self.here / "srv/aqad" / target
        if whence.is_file():
            shutil.copy(whence, where)
            return
        keep = None if stage else ignored
        shutil.copytree(whence, where, symlinks=bool(stage), ignore=keep, dirs_exist_ok=True)

    def _run(self, rest: str) -> None:
        if rest.startswith(ROOTLY):
            return
        command = re.sub(r"(?<![\w.])/srv/", f"{self.here}/srv/", rest).replace(
            "python -m venv", f"{sys.executable} -m venv"
        )
        where = self.here / "srv/aqad"
        words = ["/bin/sh", "-ec", command]
        done = subprocess.run(words, cwd=where, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{rest}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
