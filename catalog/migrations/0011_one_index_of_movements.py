"""The ledger of a product is found by the index that has its order too."""

import django.db.models.deletion
from django.db import migrations, models

from core.codes import without_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('catalog', '0010_words_of_the_trade'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                without_index('catalog_movement', 'catalog_movement_product_id_cafc2c58', 'product_id'),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='movement',
                    name='product',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='catalog.product'),
                ),
            ],
        ),
    ]
