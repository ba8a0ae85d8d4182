"""Customers whose names search does not know yet. Built without holding up those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0004_customer_word_ids")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("word_ids__isnull", True)),
                fields=["entity_uid"],
                name="customer_not_indexed",
            ),
        ),
    ]
