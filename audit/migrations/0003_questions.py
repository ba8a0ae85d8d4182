"""What was asked lately, for the limits of asking."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_table")]

    operations = [
        migrations.CreateModel(
            name="AskedQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "audit_question",
                "indexes": [
                    models.Index(fields=["key", "at"], name="question_key_at"),
                    models.Index(fields=["at"], name="question_at"),
                ],
            },
        ),
    ]
