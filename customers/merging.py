"""Two records of one person: what a merge would do, doing it, undoing it, and who is somebody else.

Values are named as the registry names them: surname, name, dob, document_number, extra keys.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from customers import queries
from customers.models import CustomerState
from customers.person_rules import DuplicateDocument
from customers.queries import CustomerNotFound
from customers.rows import CustomerRow
from customers.rules import CODE_OF_KEY
from customers.services import in_registry_words
from entities import merging as entities
from entities import refusals, survivors
from entities.assertions import DISTINCT_PREFIX
from entities.merging import AlreadyMerged, Erased, NotMerged, Same
from entities.refusals import Deleted, Invalid
from entities.wishes import DetailChange
from events import sql
from events.clock import instant_of
from events.event import decode
from events.principal import Act

# The newest merges that were recorded anywhere; one whose event holds no more was taken back.
HISTORY_SQL = """
SELECT event.entity_uid, event.hlc, event.actor, event.location_id, event.raw,
    state.event_id IS NOT DISTINCT FROM event.event_id, undone.hlc, undone.actor,
    undone.location_id
FROM events_event event
LEFT JOIN entities_state state
    ON state.entity_uid = event.entity_uid AND state.attribute = 'merged_into'
LEFT JOIN LATERAL (
    SELECT later.hlc, later.actor, later.location_id FROM events_event later
    WHERE later.entity_uid = event.entity_uid AND later.type = 'entity.unmerged.v1'
        AND later.state = 0 AND later.hlc > event.hlc
    ORDER BY later.hlc, later.origin, later.event_id LIMIT 1
) AS undone ON true
WHERE event.type = 'entity.merged.v1' AND event.state = 0 AND event.raw IS NOT NULL
ORDER BY event.hlc DESC, event.origin DESC, event.event_id DESC LIMIT %(limit)s
"""

# What the events of other records say about this one: who was merged into it, and who is said to
# be somebody else. An un-merge is told by the page of the one that was merged.
OTHER_SIDE_SQL = """
SELECT event.event_id, event.type, event.origin, event.sequence, event.location_id, event.actor,
    event.role, event.request_id, event.reason_code, event.codes, event.hlc, event.raw,
    customer.entity_uid,
    CASE WHEN customer.state <> 'restricted' THEN customer.display_name END
FROM (
    SELECT entity_uid, event_id FROM entities_state
    WHERE attribute = 'merged_into' AND value = to_jsonb(%(uid)s::text)
    UNION ALL
    SELECT entity_uid, event_id FROM entities_state
    WHERE attribute = %(distinct)s AND attribute LIKE 'distinct:%%'
) AS state
JOIN events_event event USING (event_id)
LEFT JOIN customers_customer customer ON customer.entity_uid = state.entity_uid
ORDER BY event.hlc, event.origin, event.event_id
"""
OTHER_SIDE_COLUMNS = (
    "event_id",
    "type",
    "origin",
    "sequence",
    "location_id",
    "actor",
    "role",
    "request_id",
    "reason_code",
    "codes",
)

# A sentence names so many, and counts the rest.
MOST_NAMED = 10

Side = Literal["survivor", "loser"]


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One value in both records and after the merge. `taken_from` None: neither has one."""

    key: str
    survivor: Any
    loser: Any
    result: Any
    is_same: bool
    taken_from: Side | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do: `taken` = keys whose value changes to the loser's, `also` = what else
    happens, in sentences."""

    survivor: CustomerRow
    loser: CustomerRow
    fields: tuple[FieldChoice, ...]
    taken: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def result(self) -> CustomerRow:
        """The survivor's values as they would be; its name is made of them once it is written."""
        values = {field.key: field.result for field in self.fields}
        core = {key: values.pop(key) for key in CODE_OF_KEY}
        extra = {key: value for key, value in values.items() if value is not None}
        return replace(self.survivor, **core, extra_fields=extra)


@dataclass(frozen=True, slots=True)
class MergeRow:
    """One merge that was recorded at some location, and who took it back; nobody did when another
    merge took its place."""

    loser_uid: UUID
    loser_name: str
    survivor_uid: UUID
    survivor_name: str
    at: datetime
    actor: str
    location_id: str
    reason: str
    is_undone: bool
    undone_at: datetime | None = None
    undone_by: str = ""
    undone_where: str = ""


def preview_merge(*, survivor: UUID, loser: UUID, take: Collection[str] = ()) -> Preview:
    """Writes nothing. `take`: the keys whose value comes from the loser.

    Raises what `merge_customers` raises, but for what only the write itself can find out.
    """
    kept, lost = _both(survivor, loser)
    fields = tuple(_choices(kept, lost, take))
    taken = tuple(field.key for field in fields if field.taken_from == "loser")
    return Preview(kept, lost, fields, taken, tuple(_also(kept, lost)))


def merge_customers(
    act: Act,
    *,
    survivor: UUID,
    loser: UUID,
    take: Collection[str] = (),
    reason: str | None = None,
    if_match: str | None = None,
    into_if_match: str | None = None,
    allow_duplicate: bool = False,
) -> None:
    """From now on the survivor stands for the loser. `if_match`, `into_if_match`: the digests of
    loser and survivor that the caller has seen.

    Raises Same, CustomerNotFound, Deleted, Erased, AlreadyMerged, Stale, Invalid,
    DuplicateDocument.
    """
    with transaction.atomic():
        entities.hold(loser, survivor)  # the values that are taken over are those of this moment
        chosen = _chosen(survivor, loser, take)
        with in_registry_words():
            entities.merge_entities(
                act,
                loser=loser,
                into=survivor,
                chosen=chosen,
                reason=reason,
                if_match=if_match,
                into_if_match=into_if_match,
                overriding=(DuplicateDocument.code,) if allow_duplicate else (),
            )


def _chosen(survivor: UUID, loser: UUID, take: Collection[str]) -> list[DetailChange]:
    kept, lost = _both(survivor, loser)
    values = _values(lost)
    return [
        DetailChange(CODE_OF_KEY.get(choice.key, choice.key.upper()), values.get(choice.key))
        for choice in _choices(kept, lost, take)
        if choice.taken_from == "loser"
    ]


def unmerge_customer(act: Act, *, entity_uid: UUID, reason: str | None = None) -> CustomerRow:
    """Both are on the list again as if they had never been merged; who was deleted since is given
    as it was last. Raises CustomerNotFound, refusals.Erased, NotMerged, Invalid."""
    merged_pair(entity_uid=entity_uid)
    entities.unmerge_entity(act, entity_uid=entity_uid, reason=reason)
    return _known(entity_uid)


def distinguish_customers(act: Act, *, a: UUID, b: UUID, reason: str | None = None) -> None:
    """They are different persons, at every location. Raises Same, CustomerNotFound, Deleted,
    Erased, AlreadyMerged, Invalid."""
    _both(a, b)
    entities.distinguish_entities(act, a=a, b=b, reason=reason)


def merged_pair(*, entity_uid: UUID) -> tuple[CustomerRow, CustomerRow]:
    """A merged customer and the one it was merged into, which may be merged itself by now.

    Raises CustomerNotFound, refusals.Erased, NotMerged.
    """
    loser = _known(entity_uid)
    if loser.state == CustomerState.ERASED:
        raise refusals.Erased
    into = survivors.merged_into(entity_uid)
    if into is None:
        raise NotMerged
    return loser, queries.find_customer(uid=into) or replace(loser, entity_uid=into)


def merge_history(*, limit: int) -> list[MergeRow]:
    """The newest merges of all locations; those that were taken back, too."""
    found = sql.fetch(HISTORY_SQL, {"limit": limit})
    merges = [_merge_row(*row) for row in found]
    names = queries.names_of({uid for row in merges for uid in (row.loser_uid, row.survivor_uid)})
    return [
        replace(
            row,
            loser_name=names.get(row.loser_uid, str(row.loser_uid)),
            survivor_name=names.get(row.survivor_uid, str(row.survivor_uid)),
        )
        for row in merges
    ]


def _merge_row(
    loser: UUID,
    hlc: int,
    actor: str,
    location_id: str,
    raw: bytes,
    holds: bool,
    undone_hlc: int | None,
    undone_by: str | None,
    undone_where: str | None,
) -> MergeRow:
    """A row of HISTORY_SQL, still without the names of the two."""
    said = decode(bytes(raw)).data
    return MergeRow(
        loser_uid=loser,
        loser_name="",
        survivor_uid=UUID(said["into"]),
        survivor_name="",
        at=instant_of(hlc),
        actor=actor,
        location_id=location_id,
        reason=said.get("reason") or "",
        is_undone=not holds,
        undone_at=instant_of(undone_hlc) if undone_hlc and not holds else None,
        undone_by=undone_by or "",
        undone_where=undone_where or "",
    )


def other_side(*, entity_uid: UUID) -> list[dict[str, Any]]:
    """Events of others that concern this customer, as `events_of_entity` has its own; `other` and
    `other_name` say who. By key."""
    parameters = {"uid": entity_uid, "distinct": f"{DISTINCT_PREFIX}{entity_uid}"}
    rows = []
    for *envelope, hlc, raw, other, other_name in sql.fetch(OTHER_SIDE_SQL, parameters):
        event = decode(bytes(raw))
        rows.append(
            {
                **dict(zip(OTHER_SIDE_COLUMNS, envelope, strict=True)),
                "at": instant_of(hlc),
                "valid_from": instant_of(event.valid_from),
                "reason": event.data.get("reason"),
                "details": {},
                "other": other,
                "other_name": other_name,
            }
        )
    return rows


def merges_into(*, entity_uid: UUID) -> list[CustomerRow]:
    """The records that were merged into this one and whatever was merged into those, by id."""
    return queries.find_customers(uids=survivors.losers_of(entity_uid))


def _both(first: UUID, second: UUID) -> tuple[CustomerRow, CustomerRow]:
    """Listed ones. Raises Same, CustomerNotFound, Deleted, Erased, AlreadyMerged."""
    if first == second:
        raise Same
    return _listed(first), _listed(second)


def _listed(uid: UUID) -> CustomerRow:
    customer = _known(uid)
    if customer.state == CustomerState.ERASED:
        raise Erased
    if customer.state == CustomerState.DELETED:
        raise Deleted
    if customer.state == CustomerState.MERGED and customer.merged_into:
        raise AlreadyMerged(uid, customer.merged_into)
    return customer


def _known(uid: UUID) -> CustomerRow:
    """Raises CustomerNotFound."""
    customer = queries.find_customer(uid=uid)
    if customer is None:
        raise CustomerNotFound
    return customer


def _values(customer: CustomerRow) -> Mapping[str, Any]:
    core = {key: getattr(customer, key) for key in CODE_OF_KEY}
    return {key: _written(value) for key, value in {**core, **customer.extra_fields}.items()}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _choices(kept: CustomerRow, lost: CustomerRow, take: Collection[str]) -> list[FieldChoice]:
    """Core values first, then the extra fields of both by key. Raises Invalid."""
    ours, theirs = _values(kept), _values(lost)
    extra = sorted((ours.keys() | theirs.keys()) - CODE_OF_KEY.keys())
    keys = [*CODE_OF_KEY, *extra]
    wanted = {key.strip().lower().replace("-", "_") for key in take}
    if unknown := sorted(wanted.difference(keys)):
        sentence = f"Unknown keys: {', '.join(key[:64] for key in unknown)}."
        raise Invalid({"take": [f"{sentence} Known keys: {', '.join(keys)}."]})
    return [_choice(key, ours.get(key), theirs.get(key), is_taken=key in wanted) for key in keys]


def _choice(key: str, ours: Any, theirs: Any, *, is_taken: bool) -> FieldChoice:
    is_same = ours == theirs
    taken_from: Side | None = "loser" if is_taken and not is_same else "survivor"
    result = theirs if taken_from == "loser" else ours
    if ours is None and theirs is None:
        taken_from = None
    return FieldChoice(key, ours, theirs, result, is_same, taken_from)


def _also(kept: CustomerRow, lost: CustomerRow) -> list[str]:
    sentences = []
    if others := survivors.losers_of(lost.entity_uid):
        names = ", ".join(sorted(queries.names_of(others[:MOST_NAMED]).values()))
        if len(others) > MOST_NAMED:
            names += f" and {len(others) - MOST_NAMED} more"
        sentences.append(f"Merged into it before, and from now on found here: {names}.")
    if survivors.are_distinct(kept.entity_uid, lost.entity_uid):
        sentences.append("Somebody said that these two are different persons.")
    return sentences
