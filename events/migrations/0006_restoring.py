from django.db import migrations, models


class Migration(migrations.Migration):
    """A location restored from a backup stays closed until it has caught up."""

    dependencies = [("events", "0005_erasure")]
    operations = [
        migrations.AddField(
            model_name="thislocation",
            name="restoring_since",
            field=models.DateTimeField(null=True),
        ),
    ]
