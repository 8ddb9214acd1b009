"""Whether a retailer asks drivers for a hand-over code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retailers", "0002_licence")]
    operations = [
        migrations.AddField(
            "retailer",
            "asks_code",
            models.BooleanField(default=True, db_default=True, verbose_name="asks drivers for a hand-over code"),
        ),
    ]
