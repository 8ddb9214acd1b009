"""What follows from an event is found by the index that says that it follows once."""

import django.db.models.deletion
from django.db import migrations, models

from core.codes import without_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('core', '0007_what_waits_in_turn'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                without_index('core_reaction', 'core_reaction_event_id_01b442a2', 'event_id'),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='reaction',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reactions', to='core.event'),
                ),
            ],
        ),
    ]
