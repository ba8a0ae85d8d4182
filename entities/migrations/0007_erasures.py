import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """The ledger of erasures and who has confirmed them."""

    dependencies = [
        ("entities", "0006_detail_of_field"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasureConfirmation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entity_uid",
                        "location_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("entity_uid", models.UUIDField()),
                ("location_id", models.CharField(db_collation="C", max_length=32)),
                ("confirmed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "entities_erasureconfirmation",
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("entity_uid", models.UUIDField(primary_key=True, serialize=False)),
                ("basis", models.TextField(db_collation="C")),
                ("scheduled_event", models.UUIDField(null=True)),
                ("scheduled_us", models.BigIntegerField(null=True)),
                ("execute_after_us", models.BigIntegerField(null=True)),
                ("location_id", models.CharField(db_collation="C", max_length=32)),
                ("erased_event", models.UUIDField(null=True)),
                ("erased_us", models.BigIntegerField(null=True)),
                (
                    "unanswered",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(db_collation="C"), default=list, size=None
                    ),
                ),
                ("is_confirmed", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "entities_erasure",
                "indexes": [
                    models.Index(
                        condition=models.Q(("erased_event__isnull", True)),
                        fields=["execute_after_us", "entity_uid"],
                        name="erasure_scheduled",
                    ),
                    models.Index(
                        condition=models.Q(("erased_event__isnull", False)),
                        fields=["erased_us", "entity_uid"],
                        name="erasure_done",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("erased_event__isnull", False), ("is_confirmed", False)
                        ),
                        fields=["erased_us", "entity_uid"],
                        name="erasure_unconfirmed",
                    ),
                ],
            },
        ),
    ]
