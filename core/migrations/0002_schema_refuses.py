"""What the database refuses whatever the code says: changing history."""

from django.db import migrations

from core.codes import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """,
            "DROP FUNCTION core_refuse_change()",
        ),
        append_only("core_event"),
    ]
