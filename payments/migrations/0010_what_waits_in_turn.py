"""Callbacks that wait are found in their order, and card payments that have not ended without the others."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('orders', '0006_desk'),
        ('payments', '0009_declined_and_paid'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='callback',
            index=models.Index(condition=models.Q(('applied_at__isnull', True), ('parked', False)), fields=['id'], name='callback_waiting'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('method', 'card'), ('status__in', ('created', 'pending', 'unknown'))), fields=['id'], name='payment_to_end'),
        ),
        RemoveIndexConcurrently(
            model_name='callback',
            name='callback_due',
        ),
    ]
