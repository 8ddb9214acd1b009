"""An order writes no index twice: what begins another index, and what finds keys by their beginning, which nobody asks."""

import django.db.models.deletion
from django.db import migrations, models

from core.codes import without_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('orders', '0007_days_of_vendors'),
        ('retailers', '0003_asks_code'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                without_index('orders_line', 'orders_line_order_id_c47dcbd1', 'order_id'),
                without_index('orders_order', 'orders_order_checkout_id_85d473d1', 'checkout_id'),
                without_index('orders_order', 'orders_order_retailer_id_519d910c', 'retailer_id'),
                without_index('orders_order', 'orders_order_retailer_id_519d910c_like', 'retailer_id varchar_pattern_ops'),
                without_index('orders_order', 'orders_order_vendor_id_a95998e8_like', 'vendor_id varchar_pattern_ops'),
                without_index('orders_checkout', 'orders_checkout_retailer_id_5a408202_like', 'retailer_id varchar_pattern_ops'),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='line',
                    name='order',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.order'),
                ),
                migrations.AlterField(
                    model_name='order',
                    name='checkout',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='orders.checkout'),
                ),
                migrations.AlterField(
                    model_name='order',
                    name='retailer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='retailers.retailer'),
                ),
            ],
        ),
    ]
