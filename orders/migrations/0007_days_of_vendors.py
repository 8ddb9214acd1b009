"""A vendor's weeks are found without its years."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('orders', '0006_desk'),
        ('retailers', '0003_asks_code'),
        ('vendors', '0002_review'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('placed_at__isnull', False)), fields=['vendor', 'placed_at'], name='order_of_vendor_by_day'),
        ),
    ]
