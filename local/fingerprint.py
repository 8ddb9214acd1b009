"""Work that was done is not done again: a stamp beside the result remembers what it was made from."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def files_under(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file at or below the paths, in an order that is the same each time."""
    for path in paths:
        found = path.rglob("*") if path.is_dir() else [path]
        yield from sorted(each for each in found if each.is_file())


def fingerprint(*paths: Path, extra: str = "") -> str:
    """Changes when a file below the paths comes, goes or changes."""
    digest = hashlib.sha256(extra.encode())
    for path in files_under(paths):
        digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def fresh(stamp: Path, mark: str) -> bool:
    """Whether the stamp says that this very input has been worked on already."""
    return stamp.is_file() and stamp.read_text() == mark


def remember(stamp: Path, mark: str) -> None:
    """Notes the input; written last, so that half-done work is done again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)
