"""What an event of an unknown type asserts is learned later: codes may change while pending."""

from django.db import migrations

# States: parked, unknown type, failed.
CODES_OF_PENDING_SQL = """
CREATE OR REPLACE FUNCTION events_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'events_event is insert only: event % stays', OLD.event_id;
    END IF;
    IF (NEW.raw IS NOT NULL AND NEW.raw IS DISTINCT FROM OLD.raw)
        OR (OLD.sequence IS NOT NULL AND NEW.sequence IS DISTINCT FROM OLD.sequence)
        OR (OLD.state NOT IN (1, 2, 3) AND NEW.codes IS DISTINCT FROM OLD.codes)
        OR (NEW.event_id, NEW.origin, NEW.location_id, NEW.entity_uid, NEW.entity_seq, NEW.type,
            NEW.hlc, NEW.actor, NEW.role, NEW.request_id, NEW.reason_code,
            NEW.batch_id, NEW.is_bulk, NEW.sha256, NEW.recorded_at)
        IS DISTINCT FROM
           (OLD.event_id, OLD.origin, OLD.location_id, OLD.entity_uid, OLD.entity_seq, OLD.type,
            OLD.hlc, OLD.actor, OLD.role, OLD.request_id, OLD.reason_code,
            OLD.batch_id, OLD.is_bulk, OLD.sha256, OLD.recorded_at)
    THEN
        RAISE EXCEPTION 'events_event is insert only: of event % only sequence, state, '
            'codes while pending, and raw to NULL may change', OLD.event_id;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_insert_only")]
    operations = [migrations.RunSQL(CODES_OF_PENDING_SQL, migrations.RunSQL.noop)]
