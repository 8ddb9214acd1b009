"""The image is made step by step where there is no engine, and what comes out of it starts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from local.check import PRODUCTION
from local.place import ROOT
from tests.faults.image import Image, ignored, steps
from tests.faults.sizes import LONG


def test_its_steps_are_known() -> None:
    """The short form: nothing in the file that the long one would leave out unseen."""
    words = {word for word, _rest in steps()}
    known = {"FROM", "COPY", "RUN", "ENV", "WORKDIR", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
    assert words <= known
    kept = {path.name for path in ROOT.iterdir()} - ignored(str(ROOT), [path.name for path in ROOT.iterdir()])
    assert not {"tests", "var", ".venv", ".env", ".git", "docs"} & kept
    assert {
        "manage.py",
        "aqad",
        "core",
        "deploy",
        "locale",
        "templates",
        "static",
        "requirements.txt",
    } <= kept


if LONG:

    def test_the_image_is_made_and_starts(tmp_path: Path, reached: Any) -> None:
        """Packages by hash, front-end files, collected files; then Django's own check with production's settings."""
        built = Image(tmp_path).build() / "srv/aqad"
        assert not [
            name for name in ("tests", "local", "sandbox", "node_modules", "docs") if (built / name).exists()
        ]
        assert list(built.glob("locale/*/LC_MESSAGES/*.mo"))
        assert json.loads((built / "build/collected/staticfiles.json").read_text())["paths"]
        for words in (
            ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            ["-c", "import aqad.web"],
        ):
            command = [str(built / ".venv/bin/python"), *words]
            done = subprocess.run(
                command, cwd=built, env=PRODUCTION, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        size = sum(
            path.stat().st_size for path in built.rglob("*") if path.is_file() and not path.is_symlink()
        )
        reached("image", f"{len(steps())} steps; {size / 1e6:.0f} MB over its base")
