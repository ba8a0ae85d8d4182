from django.db import migrations, models


class Migration(migrations.Migration):
    """Which record stands for a merged one. Merges that were here before get their rows from
    `rebuild_entities`."""

    dependencies = [
        ("entities", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Survivor",
            fields=[
                ("entity_uid", models.UUIDField(primary_key=True, serialize=False)),
                ("survivor_uid", models.UUIDField()),
            ],
            options={
                "db_table": "entities_survivor",
                "indexes": [models.Index(fields=["survivor_uid"], name="survivor_losers")],
            },
        ),
    ]
