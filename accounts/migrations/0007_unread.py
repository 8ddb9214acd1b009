"""What is unread is counted without what was read."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('accounts', '0006_sessions_may_go'),
        ('core', '0007_what_waits_in_turn'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'),
        ),
    ]
