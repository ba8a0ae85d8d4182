from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Finds the few whose processing is restricted: every list asks who they are."""

    atomic = False

    dependencies = [
        ("entities", "0007_erasures"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="statevalue",
            index=models.Index(
                fields=["entity_uid"],
                condition=Q(attribute="restricted"),
                name="state_restricted",
            ),
        ),
    ]
