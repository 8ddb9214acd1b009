"""Debian's programs that tests drive: found, or installed where that is ours to do."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """One program: Debian's package, the names and places it goes by, the variable that names another, and its use."""

    package: str
    names: tuple[str, ...]
    variable: str
    use: str

    @property
    def missing(self) -> str:
        """One sentence for a machine without it."""
        return (
            f"{self.use} need {self.package}: install it (Debian: apt install {self.package})"
            f" or set {self.variable} to its path."
        )

    def find(self) -> str | None:
        """The machine's own, or the one that the variable names."""
        chosen = os.environ.get(self.variable)
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
        found = (shutil.which(name, path=path) for name in ([chosen] if chosen else self.names))
        return next((one for one in found if one), None)


CHROMIUM = Program(
    "chromium",
    (
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    "CHROMIUM",
    "The browser tests",
)  # fmt: skip
NGINX = Program("nginx", ("nginx",), "NGINX", "The tests of the proxy and of restarts")
PGBOUNCER = Program("pgbouncer", ("pgbouncer",), "PGBOUNCER", "The tests of pooled connections")
PROGRAMS = (CHROMIUM, NGINX, PGBOUNCER)


def _install(packages: list[str]) -> None:
    print(f"Installing {', '.join(packages)}…", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], env=quiet, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Ends with a sentence for each that is missing and cannot be installed."""
    if wanted := [one.package for one in PROGRAMS if one.find() is None]:
        if os.geteuid() == 0 and shutil.which("apt-get"):
            _install(wanted)
        if missing := [one.missing for one in PROGRAMS if one.find() is None]:
            sys.exit("\n".join(missing))


if __name__ == "__main__":
    main()
