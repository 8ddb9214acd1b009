"""Readable ids of businesses: V1001, R2001, C3001."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(f"CREATE SEQUENCE business_{letter} START {first}", f"DROP SEQUENCE business_{letter}")
        for letter, first in (("v", 1001), ("r", 2001), ("c", 3001))
    ]
