from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Finds the records merged into one; built while the location goes on writing."""

    atomic = False

    dependencies = [
        ("entities", "0002_survivors"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="statevalue",
            index=models.Index(
                fields=["value"],
                condition=Q(attribute="merged_into"),
                name="state_merged_value",
            ),
        ),
    ]
