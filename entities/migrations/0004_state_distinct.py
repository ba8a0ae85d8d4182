from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Finds who is said to be somebody else than a given one, when the other one is the subject."""

    atomic = False

    dependencies = [
        ("entities", "0003_state_merged_value"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="statevalue",
            index=models.Index(
                fields=["attribute"],
                condition=Q(attribute__startswith="distinct:"),
                name="state_distinct",
            ),
        ),
    ]
