"""How long each hostile file takes and how much memory it asks for: `python -m benchmarks.hostile`.

Every file of `core/tests/hostile.py`, and the largest honest ones, through the check of its field, each in a process of
its own. Goals: 2 seconds and 300 MiB above what the process had before.
"""

from __future__ import annotations

import io
import os
import resource
import time
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
os.environ.update({"AQAD_DEMO": "true", "SECRET_KEY": "x" * 50, "DATABASE_URL": "postgres:///none"})


def _cases() -> list[tuple[str, Any, str, bytes]]:
    from PIL import Image

    from catalog import sheets
    from core import files
    from core.tests import hostile
    from orders import sheets as orders

    def table(upload: Any) -> None:
        kept = sheets.checked(upload)
        sheets.read(kept.body, kept.media_type)

    found = [(file.why, files.document, file.name, file.body) for file in hostile.papers()]
    found += [(f"{file.why} (picture)", files.picture, file.name, file.body) for file in hostile.pictures()]
    found += [(file.why, table, file.name, file.body) for file in hostile.tables()]
    found += [
        (f"{file.why} (order)", lambda up: orders.rows_of(orders.sheet(up)), file.name, file.body)
        for file in hostile.tables()
    ]
    for kind, mode, side in (
        ("PNG", "RGB", 5000), ("PNG", "RGBA", 5000), ("PNG", "LA", 5000), ("PNG", "P", 5000), ("PNG", "1", 5000),
        ("PNG", "I;16", 5000), ("JPEG", "RGB", 5000), ("JPEG", "CMYK", 5000), ("WEBP", "RGBA", 4000),
    ):  # fmt: skip
        out = io.BytesIO()
        Image.new(mode, (side, side)).save(out, kind)
        check = files.picture if kind == "WEBP" else files.document
        why = f"honest {kind} {mode}, {side * side // 1_000_000} million pixels"
        found.append((why, check, f"a.{kind.lower()}", out.getvalue()))
    return found


def _measure(check: Any, name: str, body: bytes, told: Any) -> None:
    from django.core.exceptions import ValidationError
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("x", body)
    upload._name = name
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    try:
        check(upload)
        outcome = "kept"
    except ValidationError:
        outcome = "refused"
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    told.send((took, grown, outcome))


def main() -> None:
    """The five slowest and the five largest, and whether all keep to the goals."""
    import django

    django.setup()
    cases, context, results = _cases(), get_context("fork"), []
    for why, check, name, body in cases:
        here, there = context.Pipe(duplex=False)
        child = context.Process(target=_measure, args=(check, name, body, there))
        child.start()
        results.append((why, *here.recv()))
        child.join()
    for title, place in (("slowest", 1), ("largest", 2)):
        print(title)
        for why, took, grown, outcome in sorted(results, key=lambda row: -row[place])[:5]:
            print(f"  {took:6.2f} s  {grown:6.0f} MiB  {outcome:8} {why}")
    within = sum(took <= 2 and grown <= 300 for _why, took, grown, _outcome in results)
    print(f"{within} of {len(results)} within 2 s and 300 MiB")


if __name__ == "__main__":
    main()
