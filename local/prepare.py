"""Everything between a checkout and its first request that does not need a server."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local import assets, messages, node
from local.fingerprint import fingerprint, fresh, remember
from local.place import BUILD, ROOT, taking_turns
from local.trouble import Trouble

COLLECTED = BUILD / "collected"
STAMP = BUILD / "collected.stamp"


def front_end() -> None:
    """Packages, assets and translations, each only when its sources changed."""
    with taking_turns(BUILD):
        node.install()
        assets.build()
        messages.compile_all()


def collect(environment: Mapping[str, str]) -> None:
    """`manage.py collectstatic` when a static file or an installed package changed."""
    with taking_turns(BUILD):
        mark = fingerprint(*_inputs())
        if fresh(STAMP, mark) and COLLECTED.is_dir():
            return
        run_manage(["collectstatic", "--noinput", "--verbosity=0"], environment)
        remember(STAMP, mark)


def run_manage(arguments: list[str], environment: Mapping[str, str]) -> str:
    """One management command; what it printed, or one sentence on why it failed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr, flush=True)
        raise Trouble(f"`manage.py {arguments[0]}` failed with exit code {done.returncode}; see above.")
    return done.stdout


def _inputs() -> list[Path]:
    own = (ROOT / "static", *sorted(ROOT.glob("*/static")))
    return [assets.TARGET, *own, ROOT / "aqad" / "settings.py", ROOT / "requirements.txt"]
