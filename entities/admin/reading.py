"""What the admin's pages show of an entity: what it is, its details, conflicts and history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from entities import history, inbox, survivors, vocabulary
from entities.admin.forms import as_text
from entities.history import HistoryKey
from entities.models import DetailVersion, EntityVersion
from events.admin_kit import address_of
from events.clock import MAX_INSTANT_US, instant_of, us_of
from events.models import EntityHead
from events.paging import Window
from events.payload import DETAIL_CODE_PATTERN

# Versions that a page shows at once.
HISTORY_PAGE = 100
MAX_CONFLICTS = 50
NO_NAME = "(no name)"
# What can be in conflict beside details, which their codes name.
ABOUT = {
    "alive": "Does it stand, or is it deleted?",
    "entity_type": "Type",
    "display_name": "Display name",
    "merged_into": "Merged into",
    "survivor": "Who stands for it?",
}
# After every version: a history is read from its end.
_END = HistoryKey(instant_of(MAX_INSTANT_US), "")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpenedEntity:
    """An entity as it is now, or as it was last. `digest` was read before the rest, so that a
    write in between makes what was opened stale. `survivor`: who stands for a merged one."""

    entity_uid: UUID
    digest: str
    version: EntityVersion
    survivor: UUID | None = None

    @property
    def is_alive(self) -> bool:
        return self.version.valid_to is None

    @property
    def is_open(self) -> bool:
        """May it be written to?"""
        return self.is_alive and self.survivor is None and not self.is_definition

    @property
    def is_definition(self) -> bool:
        return self.version.entity_type in vocabulary.RESERVED_TYPES


def uid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def opened_entity(uid: UUID) -> OpenedEntity:
    """Raises Http404 for one that was never heard of or was erased."""
    digest = digest_of(uid)
    version = EntityVersion.objects.filter(entity_uid=uid).order_by("-valid_from").first()
    if version is None:
        raise Http404
    return OpenedEntity(uid, digest, version, survivors.survivors_of([uid]).get(uid))


def digest_of(entity_uid: UUID) -> str:
    """What a write has to find unchanged; "" for one that is not there."""
    rows = EntityHead.objects.filter(entity_uid=entity_uid)
    return bytes(rows.values_list("digest", flat=True).first() or b"").hex()


def current_details(uid: UUID) -> QuerySet[DetailVersion]:
    return DetailVersion.objects.filter(entity_uid=uid, valid_to__isnull=True)


def names_of(uids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those that are here now, by one statement."""
    rows = EntityVersion.objects.filter(entity_uid__in=set(uids), valid_to__isnull=True)
    return {uid: name or NO_NAME for uid, name in rows.values_list("entity_uid", "display_name")}


def links_to(uids: Collection[UUID]) -> list[Row]:
    """Their names and pages, in the order given."""
    names = names_of(uids) if uids else {}
    return [
        {"name": names.get(uid, str(uid)), "url": address_of(EntityVersion, "change", str(uid))}
        for uid in uids
    ]


def is_named_by_details(row: OpenedEntity) -> bool:
    """Is the display name made of others of its values?"""
    naming = current_details(row.entity_uid).filter(detail_code__in=("SURNAME", "NAME"))
    return row.version.entity_type == vocabulary.PERSON and naming.exists()


def detail_key(uid: UUID, code: str) -> str:
    return f"{uid}:{code}"


def detail_rows(uid: UUID) -> list[Row]:
    labels = {one.code: one.label for one in vocabulary.detail_types()}
    return [
        {
            "code": row.detail_code,
            "label": labels.get(row.detail_code, "not defined here yet"),
            "value": as_text(row.value),
            "valid_from": row.valid_from,
            "location_id": row.location_id,
            "url": address_of(DetailVersion, "change", detail_key(uid, row.detail_code)),
        }
        for row in current_details(uid).order_by("detail_code")
    ]


def history_rows(uid: UUID, *, before: str | None) -> Row:
    """One page of its versions, newest first; `before` says where the page above it ended.
    Raises Http404."""
    window = Window(size=HISTORY_PAGE, before=_END if before is None else _key_of(before))
    page = history.history_page(uid, window=window)
    rows = [_shown(row) for row in reversed(page.rows)]
    older = _text_of(history.history_key(page.rows[0])) if page.has_previous else None
    return {"versions": rows, "older": older, "is_first": before is None}


def conflict_rows(uid: UUID) -> list[Row]:
    """What is open and what it is `about`, the newest first, with each value that was said; `holds`
    marks the one that counts until somebody decides."""
    page = inbox.conflicts_page(window=Window(size=MAX_CONFLICTS), entity_uid=uid)
    return [
        {
            "about": ABOUT.get(row["attribute"], row["attribute"]),
            "heads": [_said(head, row["holds"]) for head in row["heads"]],
        }
        for row in page.rows
    ]


def _said(head: Row, holds: UUID) -> Row:
    return {**head, "value": as_text(head["value"]), "holds": head["event_id"] == holds}


def _shown(row: Row) -> Row:
    """`what` and `said`: the name of a version and its value, of an entity's and of a detail's."""
    if row["type"] == "detail":
        return {**row, "what": row["detail_code"], "said": as_text(row["value"])}
    named = row["display_name"] or NO_NAME
    return {**row, "what": "entity", "said": f"{named} ({row['entity_type']})"}


def _text_of(key: HistoryKey) -> str:
    return f"{us_of(key.valid_from)}.{key.code}"


def _key_of(text: str) -> HistoryKey:
    us, _, code = text.partition(".")
    try:
        if code and not DETAIL_CODE_PATTERN.fullmatch(code):
            raise Http404
        return HistoryKey(instant_of(int(us)), code)
    except (ValueError, OverflowError):
        raise Http404 from None
