"""Retention goes on for those whose processing is restricted: they stay in what it counts from."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

STAYS = Q(state__in=("listed", "deleted", "restricted"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0008_customer_ages")]

    operations = [
        migrations.AlterField(
            model_name="customer",
            name="state",
            field=models.TextField(
                choices=[
                    ("listed", "Listed"),
                    ("deleted", "Deleted"),
                    ("merged", "Merged"),
                    ("erased", "Erased"),
                    ("restricted", "Restricted"),
                ]
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                fields=["updated_hlc"], condition=STAYS, name="customer_kept_updated"
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                fields=["created_hlc"], condition=STAYS, name="customer_kept_created"
            ),
        ),
        RemoveIndexConcurrently(model_name="customer", name="customer_updated"),
        RemoveIndexConcurrently(model_name="customer", name="customer_created"),
    ]
