"""Programs end when asked, and end anyway when they do not listen."""

import sys
from pathlib import Path

import psutil

from local.children import MARK, end_leftovers, spawn, stop

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def deaf(folder: Path, mark: str):
    child = spawn(
        "deaf", [sys.executable, "-c", DEAF], folder / "log", environment={MARK: mark}, folder=folder
    )
    while "up" not in child.last_words():
        assert child.exit_code is None
    return child


def test_a_deaf_program_is_made_to_end(tmp_path: Path):
    child = deaf(tmp_path, "nobody's")
    stop([child], patience=0.2)
    assert child.exit_code == -9


def test_leftovers_of_a_killed_run_end_and_others_live_on(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("local.children.PATIENCE", 0.2)
    ours, theirs = deaf(tmp_path, str(tmp_path)), deaf(tmp_path, str(tmp_path / "other"))
    end_leftovers(tmp_path)
    assert ours.process.wait(5) == -9
    assert psutil.pid_exists(theirs.process.pid)
    stop([theirs], patience=0.1)
