"""Customers by the words of their names. Built without holding up those who write."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0003_duplicates")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("word_ids"), name="gin__int_ops"),
                condition=models.Q(("word_ids__isnull", False)),
                fastupdate=False,
                name="customer_word_ids",
            ),
        ),
    ]
