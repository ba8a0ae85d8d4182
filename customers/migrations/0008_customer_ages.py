"""What retention counts from. Built without holding up those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

STAYS = Q(state__in=("listed", "deleted"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0007_retention_runs")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(fields=["updated_hlc"], condition=STAYS, name="customer_updated"),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(fields=["created_hlc"], condition=STAYS, name="customer_created"),
        ),
    ]
