"""Restriction of processing: a provider places and lifts it, with a reason; audited. From whom the
entity is hidden meanwhile: entities/restricted.py."""

from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from entities import reasons
from entities.assertions import RESTRICTED
from entities.refusals import NotFound
from entities.services import is_alive, locked
from entities.version_rows import Stored
from events import recording
from events.errors import Refused
from events.principal import Act

RESTRICTED_TYPE, UNRESTRICTED_TYPE = "entity.restricted.v1", "entity.unrestricted.v1"


class NotRestricted(Refused):
    code = "not_restricted"
    status = 409

    def __init__(self) -> None:
        super().__init__("The processing of this record is not restricted.")


def restrict(act: Act, *, entity_uid: UUID, reason: str) -> None:
    """Nothing happens to one that is restricted already. Raises Invalid, NotFound, Merged, Erased,
    Reserved."""
    data = reasons.said(reason=reason)
    with transaction.atomic():
        head, stored = locked(entity_uid)
        is_alive(head, stored)
        drafts = [] if _is_said(stored) else [recording.Draft(entity_uid, RESTRICTED_TYPE, data)]
        events = recording.record(act, drafts, heads={entity_uid: head}) if drafts else []
        add_entry(
            act,
            action="entity.restricted",
            entity_uid=entity_uid,
            event_ids=[event.event_id for event in events],
        )


def unrestrict(act: Act, *, entity_uid: UUID, reason: str) -> None:
    """Also of one that was merged or deleted since. Raises Invalid, NotFound, Erased, Reserved,
    NotRestricted."""
    data = reasons.said(reason=reason)
    with transaction.atomic():
        head, stored = locked(entity_uid)
        if not head.revision:
            raise NotFound
        if not _is_said(stored):
            raise NotRestricted
        draft = recording.Draft(entity_uid, UNRESTRICTED_TYPE, data)
        events = recording.record(act, [draft], heads={entity_uid: head})
        add_entry(
            act,
            action="entity.unrestricted",
            entity_uid=entity_uid,
            event_ids=[event.event_id for event in events],
        )


def _is_said(stored: Stored) -> bool:
    return any(value.attribute == RESTRICTED for value in stored.state)
