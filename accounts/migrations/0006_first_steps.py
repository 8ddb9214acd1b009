"""Whether a person still wants to be shown the first steps."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_sessions_may_go")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="first_steps",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        )
    ]
