"""The log is insert only: the database refuses every other change."""

from django.db import migrations

INSERT_ONLY_SQL = """
CREATE FUNCTION events_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'events_event is insert only: event % stays', OLD.event_id;
    END IF;
    IF (NEW.raw IS NOT NULL AND NEW.raw IS DISTINCT FROM OLD.raw)
        OR (OLD.sequence IS NOT NULL AND NEW.sequence IS DISTINCT FROM OLD.sequence)
        OR (NEW.event_id, NEW.origin, NEW.location_id, NEW.entity_uid, NEW.entity_seq, NEW.type,
            NEW.hlc, NEW.codes, NEW.actor, NEW.role, NEW.request_id, NEW.reason_code,
            NEW.batch_id, NEW.is_bulk, NEW.sha256, NEW.recorded_at)
        IS DISTINCT FROM
           (OLD.event_id, OLD.origin, OLD.location_id, OLD.entity_uid, OLD.entity_seq, OLD.type,
            OLD.hlc, OLD.codes, OLD.actor, OLD.role, OLD.request_id, OLD.reason_code,
            OLD.batch_id, OLD.is_bulk, OLD.sha256, OLD.recorded_at)
    THEN
        RAISE EXCEPTION 'events_event is insert only: of event % only sequence, state and '
            'raw to NULL may change', OLD.event_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_event_guard BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_event_guard();
"""

INSERT_ONLY_REVERSE_SQL = """
DROP TRIGGER events_event_guard ON events_event;
DROP FUNCTION events_event_guard();
"""

# lz4 where the server was built with it: about four times faster than pglz at the same size.
COMPRESSION_SQL = """
DO $$ BEGIN
    ALTER TABLE events_event ALTER COLUMN raw SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN NULL;
END $$;
ALTER TABLE events_event ADD CONSTRAINT check_event_sha256 CHECK (length(sha256) = 32);
ALTER TABLE events_head SET (fillfactor = 80);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.RunSQL(INSERT_ONLY_SQL, INSERT_ONLY_REVERSE_SQL),
        migrations.RunSQL(COMPRESSION_SQL, migrations.RunSQL.noop),
    ]
