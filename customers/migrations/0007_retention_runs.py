"""Runs of retention. `due_at` goes: days are counted from the two hlcs (docs/decisions/0028)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_customer_needs_match")]

    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_due_at"),
        migrations.RemoveField(model_name="customer", name="due_at"),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until_us", models.BigIntegerField()),
                ("policy_code", models.TextField(db_collation="C", null=True)),
                ("previewed_by", models.TextField()),
                ("previewed_at", models.DateTimeField()),
                ("approved_by", models.TextField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.TextField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("scheduled_at", models.DateTimeField(null=True)),
                ("elsewhere", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "customers_retentionrun"},
        ),
        migrations.CreateModel(
            name="RetentionItem",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run",
                        "entity_uid",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("entity_uid", models.UUIDField()),
                ("policy_code", models.TextField(db_collation="C")),
                ("due_us", models.BigIntegerField()),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("due", "Due"),
                            ("held", "Held"),
                            ("scheduled", "Scheduled"),
                            ("no_longer_due", "No Longer Due"),
                        ]
                    ),
                ),
                ("execute_after_us", models.BigIntegerField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="customers.retentionrun",
                    ),
                ),
            ],
            options={
                "db_table": "customers_retentionitem",
                "indexes": [
                    models.Index(
                        fields=["run", "outcome", "entity_uid"], name="retention_item_outcome"
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "scheduled")),
                        fields=["execute_after_us"],
                        name="retention_item_scheduled",
                    ),
                    models.Index(fields=["entity_uid"], name="retention_item_entity"),
                ],
            },
        ),
    ]
