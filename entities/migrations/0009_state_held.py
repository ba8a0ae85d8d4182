"""Who is on hold, found without looking through all that holds. Built beside those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("entities", "0008_state_restricted")]

    operations = [
        AddIndexConcurrently(
            model_name="statevalue",
            index=models.Index(
                fields=["entity_uid"],
                condition=Q(attribute__startswith="hold:"),
                name="state_held",
            ),
        ),
    ]
