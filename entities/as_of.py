"""Entities as they were at an instant: one of them, or all, by entity_uid.

What was merged later is shown as it was: state is not kept over time. Every statement looks at
versions that held then, `valid_from <= at < valid_to`; a page walks the unique key from the last
page's uid on, so that it costs the same at any depth.
"""

from collections.abc import Collection
from uuid import UUID

from entities.entity_rows import EntityRow, completing_then, fetch_prepared_entities
from entities.filters import Filters, Order
from entities.queries import standing
from entities.refusals import Erased, NotFound
from entities.text_forms import containing, sortable
from events.clock import instant_of
from events.paging import Page, Window, page_of

ENTITY_THEN_SQL = completing_then(
    """SELECT * FROM entities_entity WHERE entity_uid = %(uid)s
    AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)""",
    order="page.entity_uid",
)

# The trigram indexes know current rows only: both tables are read through.
MATCHES_THEN_SQL = """
SELECT
    (SELECT array_agg(entity_uid) FROM (
        SELECT entity_uid FROM entities_entity
        WHERE sort_key LIKE %(pattern)s
            AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
        LIMIT %(most)s) AS named),
    (SELECT array_agg(entity_uid) FROM (
        SELECT entity_uid FROM entities_entitydetail
        WHERE search_text LIKE %(pattern)s
            AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
        LIMIT %(most)s) AS detailed)
"""

HELD = """entity.valid_from <= %(at)s AND (entity.valid_to IS NULL OR entity.valid_to > %(at)s)"""
MATCHING = """(entity.sort_key LIKE %(pattern)s OR EXISTS (
    SELECT FROM entities_entitydetail detail WHERE detail.entity_uid = entity.entity_uid
        AND detail.search_text LIKE %(pattern)s AND detail.valid_from <= %(at)s
        AND (detail.valid_to IS NULL OR detail.valid_to > %(at)s)))"""

BY_UID = Order(
    after="entity.entity_uid > %(key)s",
    before="entity.entity_uid < %(key)s",
    forward=" ORDER BY entity.entity_uid LIMIT %(limit)s OFFSET %(offset)s",
    backward=" ORDER BY entity.entity_uid DESC LIMIT %(limit)s",
)


def entity_as_of(uid: UUID, *, instant_us: int) -> EntityRow:
    """The entity as it was. Raises NotFound (never heard of, outside its life), Erased."""
    rows = fetch_prepared_entities(ENTITY_THEN_SQL, {"uid": uid, "at": instant_of(instant_us)})
    if rows:
        return rows[0]
    is_erased, _ = standing(uid)
    raise Erased if is_erased else NotFound


def entities_as_of(
    *,
    instant_us: int,
    window: Window[UUID],
    q: str | None = None,
    entity_type: str | None = None,
    hidden: Collection[UUID] = (),
) -> Page[EntityRow]:
    """All that lived then, by entity_uid; definitions of the vocabulary only by their type.

    `q`: what a name or value contained then, ignoring case and diacritics. Without it a page reads
    by index; with it all versions are read through, which takes seconds at millions of them. Four
    statements at most, whatever the size.
    """
    filters = Filters([HELD], {"at": instant_of(instant_us)}, [])
    filters.of_type(entity_type)
    filters.without(hidden)
    if q is not None:
        text = sortable(q)
        if not text:
            return Page((), 0, False, False, False)
        filters.parameters["pattern"] = containing(text)
        filters.narrow(MATCHES_THEN_SQL, MATCHING)
    rows = _window_rows(filters, window)
    count, is_estimated = filters.count()
    return page_of(rows, window=window, count=count, is_estimated=is_estimated)


def _window_rows(filters: Filters, window: Window[UUID]) -> list[EntityRow]:
    place = {"key": window.after or window.before}
    statement = completing_then(filters.rows_in(window, BY_UID), order="page.entity_uid")
    return filters.fetch(statement, place, limit=window.size + 1, offset=window.offset)
