"""Versions → the registry's current rows: called by the projection, in its transaction.

A row is a pure function of the entity's versions, state and events, so that rebuilding gives the
same rows and all locations agree on them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from customers.models import CustomerState
from customers.other_names import other_names
from customers.rules import CORE_CODES, PERSON, date_of
from customers.search import words as search_words
from customers.text_forms import Names, document_key, search_text, sort_key
from entities.assertions import RESTRICTED
from events import sql

# A deleted person keeps the values of the last day in the row (nothing lists or finds it): the
# cursor of a list and the page that offers to restore need them. Details that ended together with
# the entity are those with the same valid_to. Pending events (1, 2, 3) are not folded, so they do
# not count; `IN` over three sources keeps every look-up on an index.
FACTS_SQL = """
SELECT wanted.uid, last.entity_type, last.display_name, last.valid_to IS NULL,
    (SELECT jsonb_object_agg(detail_code, value)::text FROM entities_entitydetail detail
        WHERE detail.entity_uid = wanted.uid
        AND detail.valid_to IS NOT DISTINCT FROM last.valid_to),
    (SELECT jsonb_object_agg(attribute, value)::text FROM entities_state state
        WHERE state.entity_uid = wanted.uid),
    EXISTS (SELECT FROM events_event event WHERE event.entity_uid = wanted.uid
        AND event.type LIKE 'entity.erased.%%' AND event.state IN (0, 4)),
    (SELECT survivor_uid FROM entities_survivor told WHERE told.entity_uid = wanted.uid),
    EXISTS (SELECT FROM entities_survivor told WHERE told.survivor_uid = wanted.uid),
    EXISTS (SELECT FROM entities_survivor told JOIN entities_state said USING (entity_uid)
        WHERE told.survivor_uid = wanted.uid AND said.attribute = 'restricted'),
    (SELECT search_text FROM customers_customer held
        WHERE held.entity_uid = wanted.uid AND held.state = 'listed' AND word_ids IS NOT NULL),
    created.hlc, created.location_id, updated.hlc, updated.location_id
FROM unnest(%(uids)b::uuid[]) AS wanted (uid)
LEFT JOIN LATERAL (
    SELECT entity_type, display_name, valid_to FROM entities_entity
    WHERE entity_uid = wanted.uid ORDER BY valid_from DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT hlc, location_id FROM events_event
    WHERE entity_uid = wanted.uid AND state IN (0, 4, 5)
    ORDER BY hlc, origin, event_id LIMIT 1
) created ON true
LEFT JOIN LATERAL (
    SELECT hlc, location_id FROM events_event WHERE event_id IN (
        SELECT event_id FROM entities_entity WHERE entity_uid = wanted.uid
        UNION SELECT event_id FROM entities_entitydetail WHERE entity_uid = wanted.uid
        UNION SELECT event_id FROM entities_state WHERE entity_uid = wanted.uid
            AND attribute IN ('alive', 'merged_into'))
    ORDER BY hlc DESC, origin DESC, event_id DESC LIMIT 1
) updated ON true
"""

# Somebody told apart may be in a pair that is none any more: matching takes it off the work list,
# whose reads would pass over it for ever.
UPSERT_SQL = """
INSERT INTO customers_customer AS old (entity_uid, state, surname, name, dob, document_number,
    document_key, display_name, sort_key, search_text, extra_fields, created_hlc, updated_hlc,
    created_location, location_id, merged_into, is_held, word_ids, needs_match)
SELECT entity_uid, state, surname, name, dob, document_number, document_key, display_name,
    sort_key, search_text, extra_fields, created_hlc, updated_hlc, created_location, location_id,
    merged_into, is_held, word_ids::int4[], true
FROM unnest(%(entity_uid)b::uuid[], %(state)b::text[], %(surname)b::text[],
    %(name)b::text[], %(dob)b::date[], %(document_number)b::text[], %(document_key)b::text[],
    %(display_name)b::text[], %(sort_key)b::text[], %(search_text)b::text[],
    %(extra_fields)b::jsonb[], %(created_hlc)b::bigint[], %(updated_hlc)b::bigint[],
    %(created_location)b::text[], %(location_id)b::text[], %(merged_into)b::uuid[],
    %(is_held)b::bool[], %(word_ids)b::text[]) AS fresh (entity_uid, state, surname, name, dob,
    document_number, document_key, display_name, sort_key, search_text, extra_fields, created_hlc,
    updated_hlc, created_location, location_id, merged_into, is_held, word_ids)
ON CONFLICT (entity_uid) DO UPDATE SET (state, surname, name, dob, document_number, document_key,
    display_name, sort_key, search_text, extra_fields, created_hlc, updated_hlc,
    created_location, location_id, merged_into, is_held, word_ids, needs_match)
    = (excluded.state, excluded.surname, excluded.name, excluded.dob, excluded.document_number,
    excluded.document_key, excluded.display_name, excluded.sort_key, excluded.search_text,
    excluded.extra_fields, excluded.created_hlc, excluded.updated_hlc,
    excluded.created_location, excluded.location_id, excluded.merged_into, excluded.is_held,
    excluded.word_ids, old.needs_match OR old.search_text <> excluded.search_text
        OR old.dob IS DISTINCT FROM excluded.dob OR old.state <> excluded.state
        OR EXISTS (SELECT FROM entities_state said WHERE said.entity_uid = old.entity_uid
            AND said.attribute >= 'distinct:' AND said.attribute < 'distinct;'))
"""

# What was a person here and, by a later-learned event, is none.
REMOVE_SQL = "DELETE FROM customers_customer WHERE entity_uid = ANY(%(uids)b::uuid[])"

# An erased person leaves the row of its id, so that its address says so; no value stays.
ERASE_SQL = """
UPDATE customers_customer SET state = 'erased', surname = NULL, name = NULL, dob = NULL,
    document_number = NULL, document_key = NULL, display_name = NULL, sort_key = '',
    search_text = '', word_ids = '{}', extra_fields = '{}', merged_into = NULL,
    is_held = false, needs_match = true
WHERE entity_uid = ANY(%(uids)b::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables below say of one entity; instants in µs."""

    uid: UUID
    entity_type: str | None
    display_name: str | None
    is_current: bool
    details: Mapping[str, Any]
    state: Mapping[str, Any]
    is_erased: bool
    merged_into: UUID | None
    has_losers: bool
    stands_for_restricted: bool  # one merged into it is
    listed_text: str | None  # the search text of the row so far, if it is listed and indexed
    created_hlc: int | None
    created_location: str | None
    updated_hlc: int | None
    location_id: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of customers_customer, its field names are the columns'."""

    entity_uid: UUID
    state: str
    surname: str | None
    name: str | None
    dob: date | None
    document_number: str | None
    document_key: str | None
    display_name: str | None
    sort_key: str
    search_text: str
    extra_fields: str
    created_hlc: int
    updated_hlc: int
    created_location: str
    location_id: str
    merged_into: UUID | None
    is_held: bool
    word_ids: str


def refresh(uids: Collection[UUID]) -> None:
    """Make the rows of these entities what their versions say; other types have none."""
    if not uids:
        return
    facts = [_facts(row) for row in sql.fetch_bound(FACTS_SQL, {"uids": sorted(set(uids))})]
    erased = [fact.uid for fact in facts if fact.is_erased]
    people = [fact for fact in facts if fact.entity_type == PERSON and not fact.is_erased]
    kept = {*erased, *(fact.uid for fact in people)}
    others = other_names([person.uid for person in people if person.has_losers])
    rows = [row_of(person, others.get(person.uid, ())) for person in people]
    before = {fact.uid: search_words.words_of(fact.listed_text or "") for fact in facts}
    after = {row.entity_uid: search_words.words_of(_listed_text(row)) for row in rows}
    search_words.keep(Counter(word for uid in after for word in after[uid] - before[uid]))
    if gone := [fact.uid for fact in facts if fact.uid not in kept]:
        sql.execute_bound(REMOVE_SQL, {"uids": gone})
    if erased:
        sql.execute_bound(ERASE_SQL, {"uids": erased})
    if rows:
        names = [field.name for field in fields(Row)]
        sql.execute_bound(
            UPSERT_SQL, {name: [getattr(row, name) for row in rows] for name in names}
        )
    search_words.leave(word for uid in before for word in before[uid] - after.get(uid, frozenset()))


def _listed_text(row: Row) -> str:
    return row.search_text if row.state == CustomerState.LISTED else ""


def row_of(person: Facts, others: Sequence[Names] = ()) -> Row:
    """`others`: by what it is found beside its own values, because of merges."""
    details = person.details
    surname, name = _text(details.get("SURNAME")), _text(details.get("NAME"))
    document_number = _text(details.get("DOCUMENT_NUMBER"))
    extra = {
        code.lower(): value for code, value in sorted(details.items()) if code not in CORE_CODES
    }
    state = _state(person)
    text = search_text(
        surname=surname,
        name=name,
        display_name=person.display_name,
        document_number=document_number,
        others=others,
    )
    words = search_words.words_of(text) if state == CustomerState.LISTED else ()
    return Row(
        entity_uid=person.uid,
        state=state,
        surname=surname,
        name=name,
        dob=date_of(details.get("DOB")),
        document_number=document_number,
        document_key=document_key(document_number),
        display_name=person.display_name,
        sort_key=sort_key(surname, name) if surname or name else sort_key(person.display_name, ""),
        search_text=text,
        extra_fields=orjson.dumps(extra).decode(),
        created_hlc=person.created_hlc or 0,
        updated_hlc=person.updated_hlc or 0,
        created_location=person.created_location or "",
        location_id=person.location_id or "",
        merged_into=person.merged_into,
        is_held=any(attribute.startswith("hold:") for attribute in person.state),
        word_ids=search_words.ids_of(words),
    )


def _state(person: Facts) -> str:
    if not person.is_current:
        return CustomerState.DELETED.value
    if person.merged_into:
        return CustomerState.MERGED.value
    if person.stands_for_restricted or RESTRICTED in person.state:
        return CustomerState.RESTRICTED.value
    return CustomerState.LISTED.value


def _text(value: Any) -> str | None:
    """Another location's event may hold anything; here names and numbers are text."""
    return None if value is None else str(value)


def _facts(row: tuple[Any, ...]) -> Facts:
    uid, entity_type, display_name, is_current, details, state, *rest = row
    return Facts(
        uid, entity_type, display_name, bool(is_current), _object(details), _object(state), *rest
    )


def _object(text: str | None) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(text) if text else {}
    return loaded
