"""The work list of likely duplicates, and how far a run over the whole base is."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search_words")]

    operations = [
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "a", "b", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("a", models.UUIDField()),
                ("b", models.UUIDField()),
                ("score", models.FloatField()),
                ("found_at", models.DateTimeField()),
                ("weights_version", models.TextField(db_collation="C")),
            ],
            options={
                "db_table": "customers_duplicate",
                "indexes": [
                    models.Index(F("score").desc(), "a", "b", name="duplicate_list_order"),
                    models.Index(fields=["b"], name="duplicate_b"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=Q(a__lt=F("b")), name="duplicate_in_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingRun",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("started_at", models.DateTimeField()),
                ("least", models.FloatField()),
                ("weights_version", models.TextField(db_collation="C")),
                ("after_a", models.UUIDField()),
                ("after_b", models.UUIDField()),
                ("compared", models.BigIntegerField(default=0)),
                ("found", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "customers_findingrun",
                "constraints": [
                    models.CheckConstraint(condition=Q(id=1), name="finding_run_is_one")
                ],
            },
        ),
    ]
