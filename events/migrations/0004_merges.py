from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Finds the newest merges among all events."""

    atomic = False

    dependencies = [
        ("events", "0003_codes_of_pending_events"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="loggedevent",
            index=models.Index(
                fields=["hlc"], condition=Q(type="entity.merged.v1"), name="event_merges"
            ),
        ),
    ]
