"""Readable numbers, and a ledger nobody rewrites."""

from django.db import migrations

from core.codes import append_only, numbered_from


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("core", "0002_schema_refuses")]
    operations = [numbered_from("catalog_product", 1001), append_only("catalog_movement")]
