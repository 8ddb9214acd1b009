"""The index of words names only what is on sale, so that a search need not look that up in another."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0012_more_words_of_the_trade")]
    operations = [
        AddIndexConcurrently(
            model_name='product',
            index=GinIndex(condition=models.Q(('status', 'listed')), fastupdate=False, fields=['words'], name='product_by_words'),
        ),
        RemoveIndexConcurrently(model_name='product', name='product_words'),
    ]
