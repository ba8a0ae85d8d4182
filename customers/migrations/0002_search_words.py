"""The words of names, by which search finds people. Nothing is filled in here: `rebuild_search`
and the matching worker do that while the location works on."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        CreateExtension("intarray"),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "word",
                    models.TextField(db_collation="C", primary_key=True, serialize=False),
                ),
                ("word_id", models.IntegerField()),
                ("sound", models.TextField(db_collation="C")),
                ("bearers", models.IntegerField(default=1)),
                (
                    "deletions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
            ],
            options={
                "db_table": "customers_searchword",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            models.F("deletions"), name="gin__int_ops"
                        ),
                        fastupdate=False,
                        name="searchword_deletions",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="word_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), null=True, size=None
            ),
        ),
    ]
