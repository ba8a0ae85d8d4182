"""What the log forgets of erased entities: bytes and answers. The envelopes stay."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from events import sql
from events.event import ERASURE_PREFIX

# What says that an entity is erased holds nothing personal and is folded again and again.
ERASED_TYPES = f"{ERASURE_PREFIX}%"

# An event that is pending here will never be folded: it counts as erased like all others.
FORGET_EVENTS_SQL = """
WITH before AS (
    SELECT event_id, state FROM events_event
    WHERE entity_uid = ANY(%(uids)b::uuid[]) AND type NOT LIKE %(kept)s
        AND (raw IS NOT NULL OR state <> 4)
    FOR UPDATE
)
UPDATE events_event event SET raw = NULL, state = 4 FROM before
WHERE event.event_id = before.event_id
RETURNING event.event_id, event.origin, event.entity_uid, event.entity_seq, event.hlc,
    before.state IN (1, 2, 3, 6)
"""

FORGET_ANSWERS_SQL = "DELETE FROM events_idempotency WHERE entity_uid = ANY(%(uids)b::uuid[])"

# Bytes that could not be read may speak of somebody all the same: then they hold the id.
LETTERS_OF = """
(entity_uid = ANY(%(uids)b::uuid[]) OR (entity_uid IS NULL AND raw IS NOT NULL AND EXISTS (
    SELECT FROM unnest(%(uids)b::uuid[]) AS erased (uid)
    WHERE position(convert_to(erased.uid::text, 'UTF8') IN raw) > 0)))
"""

# Nothing is left to be tried again. What is wanted at that place comes without its values.
FORGET_LETTERS_SQL = f"""
UPDATE events_deadletter SET raw = NULL, resolved_at = coalesce(resolved_at, now())
WHERE (raw IS NOT NULL OR resolved_at IS NULL) AND {LETTERS_OF}
"""  # noqa: S608

LEFTOVERS_SQL = f"""
SELECT (SELECT count(*) FROM events_event WHERE entity_uid = ANY(%(uids)b::uuid[])
            AND type NOT LIKE %(kept)s AND (raw IS NOT NULL OR state <> 4)),
       (SELECT count(*) FROM events_idempotency WHERE entity_uid = ANY(%(uids)b::uuid[])),
       (SELECT count(*) FROM events_deadletter WHERE raw IS NOT NULL AND {LETTERS_OF})
"""  # noqa: S608


class Forgotten(NamedTuple):
    """The envelope of an event that was pending and is counted as erased from now on."""

    event_id: UUID
    origin: str
    entity_uid: UUID
    entity_seq: int
    hlc: int


def forget_events(entity_uids: Collection[UUID]) -> list[Forgotten]:
    """Remove the values of all their events; those that were pending."""
    params = {"uids": list(entity_uids), "kept": ERASED_TYPES}
    rows = sql.fetch_bound(FORGET_EVENTS_SQL, params)
    return [Forgotten(*envelope) for *envelope, was_pending in rows if was_pending]


def erase(entity_uids: Collection[UUID]) -> None:
    """What the log has beside its events."""
    params = {"uids": list(entity_uids)}
    sql.execute_bound(FORGET_ANSWERS_SQL, params)
    sql.execute_bound(FORGET_LETTERS_SQL, params)


def leftovers(entity_uids: Collection[UUID]) -> Mapping[str, int]:
    params = {"uids": list(entity_uids), "kept": ERASED_TYPES}
    events, answers, letters = sql.fetch_bound(LEFTOVERS_SQL, params)[0]
    return {
        "events_event": events,
        "events_idempotency": answers,
        "events_deadletter": letters,
    }
