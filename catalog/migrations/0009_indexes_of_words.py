"""Indexes for the search, built beside the work."""

import django.contrib.postgres.indexes
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0008_found_by_words")]
    operations = [
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(django.db.models.functions.text.Lower(django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf('name_ar', models.Value('')), 'name')), models.F('id'), condition=models.Q(('status', 'listed')), name='product_by_name_ar'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'listed')), fields=['-standing', '-id'], name='product_standing'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'listed')), fields=['category', '-id'], name='product_on_shelf'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'listed')), fields=['brand', '-id'], name='product_of_brand'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'listed')), fields=['vendor', '-id'], name='product_of_vendor'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words'], name='product_words'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'listed'), ('words__isnull', True)), fields=['id'], name='product_wordless'),
        ),
    ]
