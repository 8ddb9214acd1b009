"""Migrations since the last release can run while the release before is at work."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from tests.expanding import judged, since_release

pytestmark = pytest.mark.django_db


def test_each_new_migration_goes_unnoticed() -> None:
    found = {str(one): wrong for one, state in since_release() if (wrong := judged(one, state))}
    assert found == {}


@pytest.fixture(scope="module")
def state() -> Any:
    return MigrationLoader(None).project_state()


def made(*operations: Any, **more: Any) -> Migration:
    kind: type[Migration] = type("Migration", (Migration,), {"operations": list(operations), **more})
    return kind("9999_tried", "catalog")


NOTE = models.CharField(max_length=20, default="")
ODD = models.CheckConstraint(condition=models.Q(name__gt=""), name="named")
NOTED = models.Index(fields=["name"], name="noted")


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (migrations.RemoveField("product", "description"), "drops a column"),
        (migrations.DeleteModel("importrun"), "drops a table"),
        (migrations.RenameField("product", "name", "title"), "renames"),
        (migrations.AlterModelTable("product", "goods"), "renames"),
        (migrations.AddField("product", "note", NOTE), "db_default"),
        (
            migrations.AddField("product", "note", models.DateTimeField(db_default=Now(), unique=True)),
            "index",
        ),
        (migrations.AlterField("product", "name", models.TextField()), "rewrites"),
        (migrations.AddIndex("product", NOTED), "AddIndexConcurrently"),
        (migrations.AddConstraint("product", ODD), "AddConstraintNotValid"),
        (migrations.AddConstraint("product", models.UniqueConstraint(fields=["name"], name="one")), "index"),
        (migrations.RunSQL("ALTER TABLE catalog_product\n  DROP COLUMN description"), "drops a column"),
        (migrations.RunSQL("CREATE INDEX quick ON catalog_product (name)"), "AddIndexConcurrently"),
    ],
)
def test_what_the_release_before_would_notice_is_seen(operation: Any, word: str, state: Any) -> None:
    found = judged(made(operation), state)
    assert found
    assert word in found[0]


def test_tables_and_rows_are_changed_apart(state: Any) -> None:
    both = made(
        migrations.AddField("product", "note", models.CharField(max_length=20, db_default="")),
        migrations.RunPython(migrations.RunPython.noop),
    )
    assert "two migrations" in judged(both, state)[0]
    assert judged(made(migrations.RunPython(migrations.RunPython.noop)), state) == []


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddField("product", "note", models.CharField(max_length=20, db_default="", default=""))],
        [migrations.AddField("product", "note", models.CharField(max_length=20, null=True))],
        [migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("product", "description")])],
        [AddConstraintNotValid("product", ODD)],
        [migrations.AlterModelOptions("product", {"ordering": ["name"]})],
        [
            migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), ("text", NOTE)]),
            migrations.AddIndex("note", models.Index(fields=["text"], name="by_text")),
        ],
    ],
)  # fmt: skip
def test_what_it_does_not_mind_is_let_through(operations: list[Any], state: Any) -> None:
    assert judged(made(*operations), state) == []


def test_an_index_beside_the_work_is_let_through(state: Any) -> None:
    assert judged(made(AddIndexConcurrently("product", NOTED), atomic=False), state) == []


def test_what_a_migration_says_for_itself_counts(state: Any) -> None:
    dropped = migrations.RemoveField("product", "description")
    assert judged(made(dropped, safe_because="nothing has read it since 0.2"), state) == []
