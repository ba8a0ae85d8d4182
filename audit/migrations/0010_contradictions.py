"""Checkpoints that contradict earlier ones are found without looking through all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0009_arrivals")]

    operations = [
        migrations.AddIndex(
            model_name="peercheckpoint",
            index=models.Index(
                condition=models.Q(("is_contradiction", True)),
                fields=["heard_at"],
                name="checkpoint_contradiction",
            ),
        ),
    ]
