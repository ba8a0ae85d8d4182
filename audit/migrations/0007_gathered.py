"""Acts that wait to become one entry together."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_totals")]

    operations = [
        migrations.CreateModel(
            name="GatheredEntry",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
                ("free", models.IntegerField()),
                ("times", models.IntegerField()),
                ("audit_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("location_id", models.TextField()),
                ("request_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("actor", models.TextField()),
                ("role", models.TextField()),
                ("auth", models.TextField()),
                ("action", models.TextField()),
                ("outcome", models.TextField()),
                (
                    "hit_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("query_hash", models.BinaryField(null=True)),
                ("result_count", models.IntegerField(null=True)),
                ("duration_us", models.BigIntegerField(null=True)),
                ("address", models.TextField(default="")),
            ],
            options={
                "db_table": "audit_gathered",
                "indexes": [models.Index(fields=["due_at"], name="gathered_due_at")],
            },
        ),
    ]
