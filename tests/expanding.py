"""What a migration may do while the release before it is still at work, judged by the SQL it will run.

New code and old run side by side during a deployment, so a migration may only add what the old code does not mind, and
must not keep a table from its readers and writers. `docs/decisions/0017` says how the rest is done in two releases.
A migration that is safe for a reason that SQL does not show says it: `safe_because = "…"`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from django.db import connection
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

RELEASED = Path(__file__).with_name("released.txt")
NAME = r'"?([\w.]+)"?'
CREATED = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{NAME}", re.IGNORECASE)
TABLE = re.compile(rf"(?:ALTER TABLE (?:IF EXISTS )?(?:ONLY )?|\bON (?:ONLY )?){NAME}", re.IGNORECASE)
UNSAFE = {
    r"\bDROP COLUMN\b": "drops a column that the release before reads and writes",
    r"\bDROP TABLE\b": "drops a table that the release before uses",
    r"\bRENAME\b": "renames what the release before knows under its old name",
    r"\bALTER COLUMN \S+ TYPE\b": "rewrites a column under a lock",
    r"\bALTER COLUMN \S+ SET NOT NULL\b": "refuses rows that the release before writes",
    r"\bALTER COLUMN \S+ DROP DEFAULT\b": "takes away the default that the release before leans on; use db_default",
    r"\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b": "adds a column that the release before does not fill;"
    " use db_default",
    r"\bADD COLUMN .*\bUNIQUE\b": "builds an index while nobody can write",
    r"\bCREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "builds an index while nobody can write; use AddIndexConcurrently",
    r"\bADD CONSTRAINT \S+ (UNIQUE|EXCLUDE|PRIMARY KEY)\b(?!.*USING INDEX)": "builds an index while nobody can write",
    r"\bADD CONSTRAINT \S+ (CHECK|FOREIGN KEY)\b(?!.*NOT VALID)": "reads a whole table while nobody can write; "
    "use AddConstraintNotValid and ValidateConstraint",
}  # fmt: skip


def troubles(statements: list[str]) -> Iterator[str]:
    """A sentence for each statement that would be noticed; what concerns tables made here cannot be."""
    made = {found[1] for one in statements for found in CREATED.finditer(one)}
    for statement in (" ".join(one.split()) for one in statements):
        table = TABLE.search(statement)
        for shape, why in UNSAFE.items():
            if re.search(shape, statement, re.IGNORECASE) and not (table and table[1] in made):
                yield f"{why}: {statement[:160]}"


def judged(migration: Migration, state: ProjectState) -> list[str]:
    """All troubles of a migration, from the state before it; none if it says why it is safe."""
    statements = sql_of(migration, state)
    rows = any(isinstance(one, RunPython) for one in migration.operations)
    mixed = ["changes tables and rows in one transaction; use two migrations"] if rows and statements else []
    return [] if getattr(migration, "safe_because", "") else [*troubles(statements), *mixed]


def sql_of(migration: Migration, state: ProjectState) -> list[str]:
    """The statements it will run, without running them."""
    editor = connection.schema_editor(collect_sql=True, atomic=migration.atomic)
    with patch.object(connection, "in_atomic_block", migration.atomic), editor:
        migration.apply(state.clone(), editor, collect_sql=True)
    statements = [one for one in editor.collected_sql or [] if not one.startswith("--")]
    return [one.rstrip(";") for one in statements if one.strip()]


def since_release() -> Iterator[tuple[Migration, ProjectState]]:
    """Each migration that no release has brought yet, with the state before it."""
    loader = MigrationLoader(None)
    known = set(RELEASED.read_text().split())
    for key in loader.graph.nodes:
        migration = loader.get_migration(*key)
        ours = type(migration).__module__.split(".")[0] in {line.split(".")[0] for line in known}
        if ours and f"{key[0]}.{key[1]}" not in known:
            yield migration, loader.project_state(key, at_end=False)


def main() -> None:
    """`python -m tests.expanding`, at a release: all migrations that there are have been brought."""
    import django

    django.setup()
    places = {key: type(one).__module__ for key, one in MigrationLoader(None).disk_migrations.items()}
    root = str(Path(__file__).parent.parent)
    ours = [f"{app}.{name}" for (app, name), module in places.items() if _within(module, root)]
    RELEASED.write_text("\n".join(sorted(ours)) + "\n")


def _within(module: str, root: str) -> bool:
    file = sys.modules[module].__file__ or ""
    return file.startswith(root) and "site-packages" not in file


if __name__ == "__main__":
    main()
