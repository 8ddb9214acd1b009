"""What AQAD is measured against: django-oscar from its package, in an environment of its own, and a least project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

from benchmarks.ground import web
from local.place import BUILD, ROOT

OSCAR = ROOT / "benchmarks" / "oscar"
HOME = BUILD / "oscar"
INDEX = BUILD / "oscar-index"


def database(name: str) -> None:
    """A database of that name beside the market's, unless it is there."""
    url = urlsplit(os.environ["DATABASE_URL"])
    host = parse_qs(url.query)["host"][0]
    with psycopg.connect(host=host, user=url.username, dbname="postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def install() -> Path:
    """django-oscar and what it needs, pinned, once; the Python that has them."""
    python = HOME / "bin" / "python"
    wanted = (OSCAR / "requirements.txt").read_text()
    mark = HOME / "installed.txt"
    if not (mark.is_file() and mark.read_text() == wanted):
        venv.create(HOME, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(OSCAR / "requirements.txt")], check=True, env=_plain())
        mark.write_text(wanted)
    return python


def oscar(*arguments: object, **more: str) -> dict[str, Any]:
    """Run its `fill.py`, and what that printed."""
    command = [str(install()), "fill.py", *map(str, arguments)]
    environment = _plain() | more
    done = subprocess.run(command, cwd=OSCAR, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@contextmanager
def oscar_web(folder: Path, **more: str) -> Iterator[int]:
    """django-oscar on the same server; yields its port."""
    with web("door:application", folder, python=str(install()), at=OSCAR, PYTHONPATH="", **more) as port:
        yield port


def engine() -> dict[str, str]:
    """What sets django-oscar up with its example shop's search engine; the index is built once, in a minute."""
    told = {"OSCAR_ENGINE": "whoosh", "OSCAR_INDEX": str(INDEX)}
    done = INDEX / "built"
    if not done.is_file():
        oscar("index", **told)
        done.touch()
    return told


@contextmanager
def larger(size: int, folder: Path) -> Iterator[int]:
    """The market itself once more, with a catalogue of this size and everything of its own; yields its port."""
    name = f"aqad{size}"
    database(name)
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    own = {"DATABASE_URL": url, "REDIS_URL": f"{os.environ['REDIS_URL'].rpartition('/')[0]}/1"}
    build = [sys.executable, "-m", "benchmarks.catalogue", str(size)]
    subprocess.run(build, env=os.environ | own, cwd=ROOT, check=True)
    (folder / name).mkdir(exist_ok=True)
    with web("aqad.wsgi:application", folder / name, **own) as port:
        yield port


@contextmanager
def plain_web(folder: Path) -> Iterator[int]:
    """The least project on the same server; yields its port."""
    with web("benchmarks.plain.wsgi:application", folder) as port:
        yield port


def fill_plain(rows: int, units: int) -> None:
    """Its shelves, full again."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.plain.make", str(rows), str(units)], check=True, cwd=ROOT
    )


def _plain() -> dict[str, str]:
    """Our own packages are none of its business."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
