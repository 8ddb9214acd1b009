"""The bank's SQLite file: one writer at a time, readers beside it (WAL), nothing lost in a crash."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
BUSY_SECONDS = 15


class Store:
    """Opens the file for each piece of work, so that no connection is ever shared between threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._turn = Lock()
        # Held open as long as the process lives: the last connection to close folds the log away each time.
        self._anchor = self._open()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        self._anchor.executescript(SCHEMA)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for looking only."""
        db = self._open()
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone from its first line: committed at the end, undone by any exception.

        The lock queues this process's threads fairly; SQLite's own waiting is by polling and may starve one.
        """
        with self._turn, self.read() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        self._anchor.close()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        return db
