"""Entries of reads arrive in a table of their own, and are taken over by whoever numbers them."""

import django.contrib.postgres.fields
from django.db import migrations, models

COLUMNS = """audit_id, at, location_id, request_id, kind, actor, role, auth, action, outcome,
    entity_uid, hit_ids, event_ids, codes, query_hash, result_count, duration_us, address,
    batch_id"""

# Few rows at any time, and as many dead ones as are read in a second.
ARRIVALS_SQL = f"""
ALTER TABLE audit_arrival
    SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE TRIGGER audit_arrival_guard BEFORE UPDATE ON audit_arrival
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard();
CREATE VIEW audit_seen AS
    SELECT {COLUMNS}, seq, prev_hash, hash FROM audit_entry
    UNION ALL SELECT {COLUMNS}, NULL, NULL, NULL FROM audit_arrival;
"""  # noqa: S608 (our own names)
ARRIVALS_REVERSE_SQL = f"""
DROP VIEW audit_seen;
INSERT INTO audit_entry ({COLUMNS}) SELECT {COLUMNS} FROM audit_arrival;
"""  # noqa: S608 (our own names)


def _array(field: models.Field) -> models.Field:
    return django.contrib.postgres.fields.ArrayField(base_field=field, size=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_shipping")]

    operations = [
        migrations.CreateModel(
            name="ArrivedEntry",
            fields=[
                ("audit_id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("location_id", models.TextField(db_collation="C")),
                ("request_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("actor", models.TextField()),
                ("role", models.TextField()),
                ("auth", models.TextField()),
                ("action", models.TextField()),
                ("outcome", models.TextField()),
                ("entity_uid", models.UUIDField(null=True)),
                ("hit_ids", _array(models.UUIDField())),
                ("event_ids", _array(models.UUIDField())),
                ("codes", _array(models.TextField())),
                ("query_hash", models.BinaryField(null=True)),
                ("result_count", models.IntegerField(null=True)),
                ("duration_us", models.BigIntegerField(null=True)),
                ("address", models.TextField()),
                ("batch_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "audit_arrival",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["read", "search"]), ("outcome", "ok")),
                        name="check_arrival_is_read",
                    )
                ],
            },
        ),
        migrations.RunSQL(ARRIVALS_SQL, ARRIVALS_REVERSE_SQL),
    ]
