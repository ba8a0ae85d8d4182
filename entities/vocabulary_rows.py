"""The read model of detail types: the built-in ones, and those that definitions come to."""

from collections.abc import Collection
from uuid import UUID

from entities.built_in import BUILT_IN_DETAIL_TYPES
from entities.definitions import AUTHORISED, DATA_CLASSES, STATUSES
from entities.models import DetailType
from entities.values import VALUE_TYPES
from events import sql

# Definitions are few among the entities of a batch: look first, write only then.
DEFINITIONS_SQL = """
SELECT entity_uid FROM entities_entity
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND entity_type = 'DETAIL_TYPE'
UNION SELECT entity_uid FROM entities_detailtype WHERE entity_uid = ANY(%(uids)b::uuid[])
"""

FORGET_DEFINITIONS_SQL = """
DELETE FROM entities_detailtype WHERE entity_uid = ANY(%(uids)b::uuid[])
"""

# A code that is built in, or taken by another definition, stays with whom it belongs to. Nobody
# checked what peers wrote: a part that is none of its kind counts as not said.
WRITE_DEFINITIONS_SQL = """
INSERT INTO entities_detailtype (code, entity_uid, label, value_type, options, rules, data_class,
                                 help_text, position, reason, status, created_hlc)
SELECT details ->> 'CODE', entity_uid, coalesce(details ->> 'LABEL', details ->> 'CODE'),
       CASE WHEN details ->> 'TYPE' = ANY(%(types)b::text[]) THEN details ->> 'TYPE'
            ELSE 'text' END,
       CASE jsonb_typeof(details -> 'OPTIONS') WHEN 'array' THEN details -> 'OPTIONS'
            ELSE '[]' END,
       jsonb_strip_nulls(jsonb_build_object(
           'MIN', details -> 'MIN', 'MAX', details -> 'MAX',
           'MAX_LENGTH', details -> 'MAX_LENGTH', 'FORMAT', details -> 'FORMAT')),
       CASE WHEN details ->> 'CLASS' = ANY(%(classes)b::text[]) THEN details ->> 'CLASS'
            ELSE 'ordinary' END,
       coalesce(details ->> 'HELP', ''),
       CASE jsonb_typeof(details -> 'ORDER') WHEN 'number' THEN (details ->> 'ORDER')::bigint END,
       coalesce(details ->> 'REASON', ''),
       CASE WHEN details ->> 'STATUS' = ANY(%(statuses)b::text[]) THEN details ->> 'STATUS'
            ELSE 'proposed' END,
       born
FROM (
    SELECT entity_uid, jsonb_object_agg(detail_code, value) AS details
    FROM entities_entitydetail
    WHERE entity_uid = ANY(%(uids)b::uuid[]) AND is_current GROUP BY entity_uid
) AS current
JOIN (
    SELECT entity_uid, (extract(epoch FROM min(valid_from)) * 1000000)::bigint AS born
    FROM entities_entity WHERE entity_uid = ANY(%(uids)b::uuid[]) GROUP BY entity_uid
) AS life USING (entity_uid)
WHERE details ->> 'CODE' IS NOT NULL
ORDER BY entity_uid
ON CONFLICT DO NOTHING
"""


def refresh(uids: Collection[UUID]) -> None:
    """The read model of detail types, for those of these entities that define one."""
    found = [row[0] for row in sql.fetch_bound(DEFINITIONS_SQL, {"uids": list(uids)})]
    if found:
        sql.execute_bound(FORGET_DEFINITIONS_SQL, {"uids": found})
        known = {
            "types": list(VALUE_TYPES),
            "classes": list(DATA_CLASSES),
            "statuses": list(STATUSES),
        }
        sql.execute_bound(WRITE_DEFINITIONS_SQL, {"uids": found, **known})


def write_built_ins(**_: object) -> None:
    """After migrations: the built-in detail types stand in their table like the others."""
    DetailType.objects.bulk_create(
        [
            DetailType(
                code=built_in.code,
                label=built_in.label,
                value_type=built_in.value_type,
                data_class=built_in.data_class,
                status=AUTHORISED,
            )
            for built_in in BUILT_IN_DETAIL_TYPES
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "value_type", "data_class", "status", "entity_uid"],
    )
