"""Customers who wait for a match, the newest first. Built without holding up those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0005_customer_not_indexed")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                F("updated_hlc").desc(),
                F("entity_uid").desc(),
                condition=Q(needs_match=True),
                name="customer_needs_match",
            ),
        ),
    ]
