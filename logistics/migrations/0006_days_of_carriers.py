"""A carrier's day, and what no driver has taken, are found without its history."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('logistics', '0005_desk'),
        ('orders', '0006_desk'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='delivery',
            index=models.Index(condition=models.Q(('driver__isnull', True)), fields=['carrier', '-id'], name='delivery_of_no_driver'),
        ),
        AddIndexConcurrently(
            model_name='delivery',
            index=models.Index(condition=models.Q(('delivered_at__isnull', False)), fields=['carrier', 'delivered_at'], name='delivery_delivered'),
        ),
        AddIndexConcurrently(
            model_name='delivery',
            index=models.Index(condition=models.Q(('failed_at__isnull', False)), fields=['carrier', 'failed_at'], name='delivery_failed'),
        ),
    ]
