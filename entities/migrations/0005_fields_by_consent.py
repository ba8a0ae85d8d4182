from django.db import migrations, models


class Migration(migrations.Migration):
    """What a field asks of its values, where it stands in forms, and why it was proposed."""

    dependencies = [
        ("entities", "0004_state_distinct"),
    ]

    operations = [
        migrations.AddField(
            model_name="detailtype",
            name="rules",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="detailtype",
            name="help_text",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="detailtype",
            name="position",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="detailtype",
            name="reason",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="detailtype",
            name="data_class",
            field=models.TextField(default="ordinary"),
        ),
        migrations.RunSQL(
            "UPDATE entities_detailtype SET data_class = 'ordinary' WHERE data_class = 'personal'",
            migrations.RunSQL.noop,
        ),
    ]
