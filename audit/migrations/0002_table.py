"""The partitioned audit table, its indexes, and the rule that entries are only ever added."""

from django.db import migrations

# Until the chain comes, nothing is updated; the chain's leader sets seq, prev_hash and hash once.
TABLE_SQL = """
CREATE TABLE audit_entry (
    audit_id uuid NOT NULL,
    at timestamptz NOT NULL,
    location_id text COLLATE "C" NOT NULL,
    request_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN
        ('write', 'read', 'search', 'refusal', 'login', 'applied', 'command')),
    actor text NOT NULL,
    role text NOT NULL,
    auth text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('ok', 'refused', 'failed')),
    entity_uid uuid NULL,
    hit_ids uuid[] NOT NULL DEFAULT '{}',
    event_ids uuid[] NOT NULL DEFAULT '{}',
    codes text[] NOT NULL DEFAULT '{}',
    query_hash bytea NULL,
    result_count int NULL,
    duration_us bigint NULL,
    address text NOT NULL DEFAULT '',
    batch_id uuid NULL,
    seq bigint NULL,
    prev_hash bytea NULL,
    hash bytea NULL,
    PRIMARY KEY (audit_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE audit_entry_default PARTITION OF audit_entry DEFAULT;
CREATE INDEX audit_entity ON audit_entry (entity_uid, at);
CREATE INDEX audit_actor ON audit_entry (actor, at);
CREATE INDEX audit_unchained ON audit_entry (at) WHERE seq IS NULL;
CREATE INDEX audit_at ON audit_entry USING brin (at);
CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.seq IS NOT NULL THEN
        RAISE EXCEPTION 'audit entries are never changed or deleted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
"""

TABLE_REVERSE_SQL = "DROP TABLE audit_entry; DROP FUNCTION audit_entry_guard();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(TABLE_SQL, TABLE_REVERSE_SQL)]
