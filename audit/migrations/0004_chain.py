"""The chain: its head, its blocks, peers' checkpoints, what was pruned, and the rule of numbers."""

from django.db import migrations, models

COLUMNS = (
    "audit_id",
    "at",
    "location_id",
    "request_id",
    "kind",
    "actor",
    "role",
    "auth",
    "action",
    "outcome",
    "entity_uid",
    "hit_ids",
    "event_ids",
    "codes",
    "query_hash",
    "result_count",
    "duration_us",
    "address",
    "batch_id",
)

# How entries are numbered stands in docs/audit.md. The database repeats it: an entry comes without
# a number, gets one once, and all else of it stays. `WHEN` costs next to nothing, a function 10 µs.
GUARD_SQL = """
ALTER TABLE audit_entry ADD CONSTRAINT check_audit_numbered CHECK (
    num_nulls(seq, prev_hash, hash) IN (0, 3)
    AND (seq IS NULL OR (seq > 0 AND octet_length(prev_hash) = 32 AND octet_length(hash) = 32)));
CREATE INDEX audit_seq ON audit_entry (seq);

CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'audit entries come without a number';
    END IF;
    RAISE EXCEPTION 'audit entries are never changed or deleted';
END $$;
DROP TRIGGER audit_entry_guard ON audit_entry;
CREATE TRIGGER audit_entry_guard BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER audit_entry_once BEFORE UPDATE ON audit_entry
    FOR EACH ROW WHEN (
        OLD.seq IS NOT NULL OR NEW.seq IS NULL
        OR ({old_columns}) IS DISTINCT FROM ({new_columns})
    ) EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER audit_entry_unnumbered BEFORE INSERT ON audit_entry
    FOR EACH ROW WHEN (NEW.seq IS NOT NULL) EXECUTE FUNCTION audit_entry_guard();

-- A unique index of a partitioned table would need `at`. Instead the one row of the head moves in
-- the statement that numbers: a second leader waits for it, and then its numbers no longer follow.
CREATE FUNCTION audit_chain_advance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head audit_chain;
BEGIN
    IF NOT EXISTS (SELECT FROM numbered) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO head FROM audit_chain FOR UPDATE;
    IF NOT FOUND OR EXISTS (
        SELECT FROM (
            SELECT seq, prev_hash, lag(seq, 1, head.seq) OVER in_order AS seq_before,
                lag(hash, 1, head.hash) OVER in_order AS hash_before
            FROM numbered WINDOW in_order AS (ORDER BY seq)
        ) link
        WHERE seq <> seq_before + 1 OR prev_hash <> hash_before
    ) THEN
        RAISE EXCEPTION 'audit numbers follow the last one without a gap, each once';
    END IF;
    UPDATE audit_chain SET (seq, hash) = (SELECT seq, hash FROM numbered ORDER BY seq DESC LIMIT 1);
    INSERT INTO audit_block AS known (block, min_at, max_at)
    SELECT seq / 1000, min(at), max(at) FROM numbered GROUP BY 1
    ON CONFLICT (block) DO UPDATE SET
        min_at = least(known.min_at, excluded.min_at),
        max_at = greatest(known.max_at, excluded.max_at);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_chain_advance AFTER UPDATE ON audit_entry
    REFERENCING NEW TABLE AS numbered
    FOR EACH STATEMENT EXECUTE FUNCTION audit_chain_advance();
"""

GUARD_REVERSE_SQL = """
DROP TRIGGER audit_chain_advance ON audit_entry;
DROP FUNCTION audit_chain_advance();
DROP TRIGGER audit_entry_unnumbered ON audit_entry;
DROP TRIGGER audit_entry_once ON audit_entry;
DROP TRIGGER audit_entry_guard ON audit_entry;
CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.seq IS NOT NULL THEN
        RAISE EXCEPTION 'audit entries are never changed or deleted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
DROP INDEX audit_seq;
ALTER TABLE audit_entry DROP CONSTRAINT check_audit_numbered;
"""


def _single_row(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(("singleton", True)), name=name)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_questions")]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("singleton", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
                ("hash", models.BinaryField()),
                ("origin", models.CharField(db_collation="C", max_length=64, null=True)),
            ],
            options={
                "db_table": "audit_chain",
                "constraints": [_single_row("check_chain_single_row")],
            },
        ),
        migrations.CreateModel(
            name="ChainBlock",
            fields=[
                ("block", models.BigIntegerField(primary_key=True, serialize=False)),
                ("min_at", models.DateTimeField()),
                ("max_at", models.DateTimeField()),
            ],
            options={"db_table": "audit_block"},
        ),
        migrations.CreateModel(
            name="PeerCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("location_id", models.CharField(db_collation="C", max_length=32)),
                ("block", models.BigIntegerField()),
                ("part", models.IntegerField()),
                ("is_contradiction", models.BooleanField()),
                ("heard_at", models.DateTimeField()),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                ("origin", models.CharField(db_collation="C", max_length=64)),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "db_table": "audit_checkpoint",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["location_id", "origin", "block", "part"],
                        name="unique_checkpoint_part",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pruning",
            fields=[
                ("last_seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_seq", models.BigIntegerField()),
                ("last_hash", models.BinaryField()),
                ("file", models.CharField(max_length=255)),
                ("sha256", models.BinaryField()),
                ("kept_count", models.BigIntegerField()),
                ("kept_sha256", models.BinaryField()),
                ("pruned_at", models.DateTimeField()),
            ],
            options={"db_table": "audit_pruning"},
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("singleton", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("first_seq", models.BigIntegerField(null=True)),
                ("last_seq", models.BigIntegerField(null=True)),
                ("verified_at", models.DateTimeField()),
                ("code", models.CharField(default="", max_length=32)),
                ("problem_seq", models.BigIntegerField(null=True)),
                ("sentence", models.TextField(default="")),
            ],
            options={
                "db_table": "audit_verification",
                "constraints": [_single_row("check_verification_single_row")],
            },
        ),
        migrations.RunSQL(
            GUARD_SQL.format(
                old_columns=", ".join(f"OLD.{name}" for name in COLUMNS),
                new_columns=", ".join(f"NEW.{name}" for name in COLUMNS),
            ),
            GUARD_REVERSE_SQL,
        ),
    ]
