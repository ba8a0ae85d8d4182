"""How far shipping is, and what Elasticsearch would not take."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_gathered")]

    operations = [
        migrations.CreateModel(
            name="ShippingCursor",
            fields=[
                (
                    "stream",
                    models.CharField(max_length=16, primary_key=True, serialize=False),
                ),
                ("seq", models.BigIntegerField(default=0)),
                ("documents", models.BigIntegerField(default=0)),
                ("moved_at", models.DateTimeField()),
            ],
            options={"db_table": "audit_cursor"},
        ),
        migrations.CreateModel(
            name="ShippedFile",
            fields=[
                ("name", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("next_offset", models.BigIntegerField()),
                ("mark", models.BinaryField()),
                ("size", models.BigIntegerField()),
            ],
            options={"db_table": "audit_shippedfile"},
        ),
        migrations.CreateModel(
            name="RefusedDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream", models.CharField(max_length=16)),
                ("document_id", models.CharField(max_length=200)),
                ("seq", models.BigIntegerField(null=True)),
                ("file", models.CharField(max_length=128, null=True)),
                ("file_offset", models.BigIntegerField(null=True)),
                ("line", models.BinaryField(null=True)),
                ("reason_code", models.CharField(max_length=200)),
                ("refused_at", models.DateTimeField()),
                ("attempts", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "audit_refused",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["stream", "document_id"], name="unique_refused_document"
                    )
                ],
            },
        ),
    ]
