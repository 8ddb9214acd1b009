"""What waits in the outbox is found in its order whatever the planner believes; stored answers by their age."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('core', '0006_seeing'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='answer',
            index=models.Index(fields=['at'], name='answer_by_age'),
        ),
        AddIndexConcurrently(
            model_name='reaction',
            index=models.Index(condition=models.Q(('dead', False), ('done_at', None)), fields=['id'], name='reaction_waiting'),
        ),
        RemoveIndexConcurrently(
            model_name='reaction',
            name='reaction_due',
        ),
    ]
