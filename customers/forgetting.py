"""What the registry forgets of erased customers; what stays is a row that says so, without a value.

The words that only they had left the search with the row of the read model.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from events import sql

# A row even where nothing but the erasure ever arrived: the address answers the same everywhere.
TOMBSTONE_SQL = """
INSERT INTO customers_customer (entity_uid, state, sort_key, search_text, extra_fields,
    created_hlc, updated_hlc, created_location, location_id, is_held, needs_match, word_ids)
SELECT erased.uid, 'erased', '', '', '{}', created.hlc, done.hlc, created.location_id,
    done.location_id, false, false, '{}'
FROM unnest(%(uids)b::uuid[]) AS erased (uid)
CROSS JOIN LATERAL (
    SELECT hlc, location_id FROM events_event
    WHERE entity_uid = erased.uid AND state IN (0, 4, 5) ORDER BY hlc, origin, event_id LIMIT 1
) created
CROSS JOIN LATERAL (
    SELECT hlc, location_id FROM events_event
    WHERE entity_uid = erased.uid AND type = 'entity.erased.v1' AND state = 0
    ORDER BY hlc, origin, event_id LIMIT 1
) done
ON CONFLICT (entity_uid) DO UPDATE SET (state, surname, name, dob, document_number, document_key,
    display_name, sort_key, search_text, extra_fields, created_hlc, updated_hlc, created_location,
    location_id, merged_into, is_held, needs_match, word_ids)
    = (excluded.state, NULL, NULL, NULL, NULL, NULL, NULL, excluded.sort_key, excluded.search_text,
    excluded.extra_fields, excluded.created_hlc, excluded.updated_hlc, excluded.created_location,
    excluded.location_id, NULL, excluded.is_held, excluded.needs_match, excluded.word_ids)
"""

FORGET_PAIRS_SQL = """
DELETE FROM customers_duplicate WHERE a = ANY(%(uids)b::uuid[]) OR b = ANY(%(uids)b::uuid[])
"""

LEFTOVERS_SQL = """
SELECT (SELECT count(*) FROM customers_customer WHERE entity_uid = ANY(%(uids)b::uuid[])
            AND (state <> 'erased' OR search_text <> '' OR sort_key <> '' OR extra_fields <> '{}'
                OR word_ids <> '{}' OR num_nonnulls(surname, name, dob, document_number,
                    document_key, display_name, merged_into) > 0)),
       (SELECT count(*) FROM customers_duplicate
        WHERE a = ANY(%(uids)b::uuid[]) OR b = ANY(%(uids)b::uuid[]))
"""


def erase(entity_uids: Collection[UUID]) -> None:
    params = {"uids": list(entity_uids)}
    sql.execute_bound(TOMBSTONE_SQL, params)
    sql.execute_bound(FORGET_PAIRS_SQL, params)


def leftovers(entity_uids: Collection[UUID]) -> Mapping[str, int]:
    rows, pairs = sql.fetch_bound(LEFTOVERS_SQL, {"uids": list(entity_uids)})[0]
    return {"customers_customer": rows, "customers_duplicate": pairs}
