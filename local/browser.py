"""The Chromium that browser tests drive: found, or installed where that is ours to do."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
MISSING = (
    "The browser tests need Chromium: install it (Debian: apt install chromium) or set CHROMIUM to its path."
)


def find() -> str | None:
    """The machine's Chromium, or the one that CHROMIUM names."""
    chosen = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([chosen] if chosen else (*NAMES, *PLACES)))
    return next((path for path in found if path), None)


def _install() -> None:
    print("Installing Chromium…", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], env=quiet, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Ends with one sentence when there is none and none can be installed."""
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    if find() is None:
        sys.exit(MISSING)


if __name__ == "__main__":
    main()
