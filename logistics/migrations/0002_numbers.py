"""Readable numbers of deliveries."""

from django.db import migrations

from core.codes import numbered_from


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial")]
    operations = [numbered_from("logistics_delivery", 1001)]
