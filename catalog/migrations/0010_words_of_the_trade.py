"""A list of words that mean the same to begin with."""

from pathlib import Path

from django.db import migrations


def begin(apps, schema_editor):
    text = Path(__file__).with_name("trade_words.txt").read_text(encoding="utf-8")
    pairs = [line.split(" = ") for line in text.splitlines() if " = " in line]
    synonym = apps.get_model("catalog", "Synonym")
    rows = [synonym(one=one.strip(), other=other.strip()) for one, other in pairs]
    synonym.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_indexes_of_words")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
