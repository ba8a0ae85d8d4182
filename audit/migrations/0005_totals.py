"""How many transactions of each sort in each hour, and indexes for what the report is asked."""

from django.db import migrations, models

# Measured in docs/decisions/0023. The newest come from (at); what is rare by its own index.
# Who was shown or changed is mostly whom the entry names: only searches, lists and applied batches
# pay for the indexes of hits and events.
INDEXES_SQL = """
DROP INDEX audit_at;
CREATE INDEX audit_newest ON audit_entry (at);
CREATE INDEX audit_action ON audit_entry (action, at);
CREATE INDEX audit_request ON audit_entry (request_id);
CREATE INDEX audit_not_ok ON audit_entry (at) WHERE outcome <> 'ok';
CREATE INDEX audit_rare ON audit_entry (at) WHERE kind NOT IN ('read', 'search', 'write');
CREATE INDEX audit_hits ON audit_entry USING gin (hit_ids)
    WHERE hit_ids <> '{}' AND hit_ids <> ARRAY[entity_uid];
CREATE INDEX audit_events ON audit_entry USING gin (event_ids)
    WHERE event_ids <> '{}' AND (entity_uid IS NULL OR cardinality(event_ids) > 1);
"""
INDEXES_REVERSE_SQL = """
DROP INDEX audit_newest, audit_action, audit_request, audit_not_ok, audit_rare, audit_hits,
    audit_events;
CREATE INDEX audit_at ON audit_entry USING brin (at);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_chain")]

    operations = [
        migrations.CreateModel(
            name="HourTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hour",
                        "location_id",
                        "kind",
                        "action",
                        "outcome",
                        "actor",
                        "role",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("location_id", models.CharField(db_collation="C", max_length=32)),
                ("kind", models.CharField(max_length=16)),
                ("action", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=16)),
                ("actor", models.CharField(max_length=150)),
                ("role", models.CharField(max_length=32)),
                ("entries", models.BigIntegerField()),
                ("changes", models.BigIntegerField()),
            ],
            options={
                "db_table": "audit_total",
                "indexes": [models.Index(fields=["location_id"], name="total_location")],
            },
        ),
        migrations.RunSQL(INDEXES_SQL, INDEXES_REVERSE_SQL),
    ]
