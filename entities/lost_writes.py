"""Who changed what another location had erased: the author is told, as the values are gone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from audit.entries import Entry, add_entries
from entities.assertions import ERASED_TYPE
from events import sql
from events.event import Event
from events.principal import Act

WRITTEN_HERE_SQL = """
SELECT event_id, entity_uid, origin, entity_seq, actor, role, request_id, codes
FROM events_event
WHERE entity_uid = ANY(%(uids)s::uuid[]) AND location_id = %(here)s AND type <> %(erased)s
ORDER BY hlc, origin, event_id
"""


class Written(NamedTuple):
    """The envelope of an event of this location."""

    event_id: UUID
    entity_uid: UUID
    origin: str
    entity_seq: int
    actor: str
    role: str
    request_id: UUID
    codes: list[str]


def on_batch(act: Act, events: Sequence[Event]) -> None:
    """An entry in the name of each author whose change the erasing location had not seen."""
    here = settings.LOCATION_ID
    erasures = {
        event.entity_uid: event
        for event in events
        if event.type == ERASED_TYPE and event.location_id != here
    }
    if not erasures:
        return
    params = {"uids": list(erasures), "here": here, "erased": ERASED_TYPE}
    written = (Written(*row) for row in sql.fetch(WRITTEN_HERE_SQL, params))
    lost = [one for one in written if _is_unseen(one, erasures[one.entity_uid])]
    if lost:
        add_entries(_entries(act, lost))


def _is_unseen(one: Written, erasure: Event) -> bool:
    return one.entity_seq > erasure.basevv.get(one.origin, 0)


def _entries(act: Act, lost: Sequence[Written]) -> Iterator[Entry]:
    for one in lost:
        author = replace(act.principal, actor=one.actor, role=one.role)
        yield Entry(
            act=replace(act, principal=author, request_id=one.request_id, started_ns=0),
            action="entity.write_lost",
            entity_uid=one.entity_uid,
            event_ids=[one.event_id],
            codes=one.codes,
            result_count=1,
        )
