from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("payments", "0003_reconciliation")]

    operations = [
        migrations.AlterField(
            model_name="payment", name="gateway_url", field=models.URLField(blank=True, max_length=2000)
        ),
    ]
