"""Hand-over code, proof and times of deliveries."""

import core.files
import django.db.models.functions.datetime
import logistics.handover
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('logistics', '0002_numbers'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='cash',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=14, null=True, verbose_name='cash collected'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='failed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='not delivered'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='failure',
            field=models.CharField(blank=True, choices=[('closed', 'The shop was closed.'), ('refused', 'The shop refused the goods.'), ('wrong_address', 'The address is wrong.'), ('damaged', 'The goods are damaged.'), ('other', 'Something else')], editable=False, max_length=20, verbose_name='why not'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='note',
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='out_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='out for delivery'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='photo',
            field=models.FileField(blank=True, editable=False, storage=core.files.private_storage, upload_to='proofs/', verbose_name='photo'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='salt',
            field=models.CharField(blank=True, default='', editable=False, max_length=32),
        ),
        migrations.AlterField(  # deliveries made before ask for no code
            model_name='delivery',
            name='salt',
            field=models.CharField(blank=True, default=logistics.handover.fresh_salt, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='delivery',
            name='tries',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='wrong codes'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='delivered_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='delivered'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='picked_up_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='picked up'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'delivered'), _negated=True), ('delivered_at__isnull', False), _connector='OR'), name='delivery_delivered_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='delivery_tries_bounded'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('failure__in', ['', 'closed', 'refused', 'wrong_address', 'damaged', 'other'])), name='delivery_failure_known'),
        ),
    ]
