from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What waits for an erasure is pending, too; and erasures are found among all events."""

    atomic = False

    dependencies = [
        ("events", "0004_merges"),
    ]

    operations = [
        migrations.AlterField(
            model_name="loggedevent",
            name="state",
            field=models.SmallIntegerField(
                choices=[
                    (0, "folded"),
                    (1, "parked: too far in the future"),
                    (2, "unknown type"),
                    (3, "projection failed"),
                    (4, "erased"),
                    (5, "voided"),
                    (6, "erased where it came from, the erasure is on its way"),
                ],
                default=0,
            ),
        ),
        AddIndexConcurrently(
            model_name="loggedevent",
            index=models.Index(
                fields=["state"], condition=Q(state__in=(1, 2, 3, 6)), name="event_waiting"
            ),
        ),
        RemoveIndexConcurrently(model_name="loggedevent", name="event_pending"),
        AddIndexConcurrently(
            model_name="loggedevent",
            index=models.Index(
                fields=["entity_uid"],
                condition=Q(type="entity.erased.v1"),
                name="event_erasures",
            ),
        ),
    ]
