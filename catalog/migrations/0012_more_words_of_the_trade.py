"""More words that mean the same; what staff took out of the first list stays out."""

from pathlib import Path

from django.db import migrations


def go_on(apps, schema_editor):
    text = Path(__file__).with_name("more_trade_words.txt").read_text(encoding="utf-8")
    pairs = [line.split(" = ") for line in text.splitlines() if " = " in line]
    synonym = apps.get_model("catalog", "Synonym")
    rows = [synonym(one=one.strip(), other=other.strip()) for one, other in pairs]
    synonym.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_one_index_of_movements")]
    operations = [migrations.RunPython(go_on, migrations.RunPython.noop)]
