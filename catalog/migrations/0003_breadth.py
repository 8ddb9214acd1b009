import django.contrib.postgres.fields
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_schema_refuses'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='category',
            options={'ordering': ['position', 'name', 'id'], 'verbose_name': 'category', 'verbose_name_plural': 'categories'},
        ),
        migrations.AddField(
            model_name='image',
            name='widths',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None),
        ),
        migrations.RemoveConstraint(
            model_name='image',
            name='image_one_per_position',
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.UniqueConstraint(deferrable=models.Deferrable['DEFERRED'], fields=('product', 'position'), name='image_one_per_position'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'listed')), fields=['price', 'id'], name='product_by_price'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(django.db.models.functions.text.Lower('name'), models.F('id'), condition=models.Q(('status', 'listed')), name='product_by_name'),
        ),
    ]
