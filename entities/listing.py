"""The list of entities as they are now: ordered, filtered, looked through, paged by key."""

from collections.abc import Collection
from uuid import UUID

from entities.entity_rows import EntityRow, completing_now
from entities.filters import Filters, Order
from entities.refusals import InvalidCursor
from entities.text_forms import SHORTEST_OPEN_WORD, containing, has_trigram, sortable, whole
from events import sql
from events.paging import Page, Window, page_of

CODES_MATCHED_WHOLE = ("DOCUMENT_NUMBER",)
# What stands between the words of a name, and what does not: O'Brien is one word.
BETWEEN_WORDS = ',.;:/()"-'
APOSTROPHES = "'’"

# Its last version's: also one that was deleted or renamed since has a place in the order.
POSITION_SQL = """
SELECT sort_key FROM entities_entity WHERE entity_uid = %(uid)s ORDER BY valid_from DESC LIMIT 1
"""

MATCHES_SQL = """
SELECT
    (SELECT array_agg(entity_uid) FROM (
        SELECT entity_uid FROM entities_entity
        WHERE valid_to IS NULL AND sort_key LIKE %(pattern)s LIMIT %(most)s) AS named),
    (SELECT array_agg(entity_uid) FROM (
        SELECT entity_uid FROM entities_entitydetail
        WHERE valid_to IS NULL AND search_text LIKE %(pattern)s LIMIT %(most)s) AS detailed)
"""

# Where there is no trigram to look for, the index would be read from end to end, 20 times slower
# than the tables; an expression keeps the planner off it.
SCANNED_MATCHES_SQL = MATCHES_SQL.replace(" LIKE", " || '' LIKE")

# Every word is one, so that nobody finds a name by its beginning and then by one letter more. Signs
# for which there is no blank left vanish.
WORDS_MATCH = """translate(' ' || sort_key || ' ', %(between)s, %(blanks)s)
            LIKE ALL(%(words)s::text[])"""

# The trigram index is asked for the longest word that it can look up.
WHOLE_MATCHES_SQL = """
SELECT
    (SELECT array_agg(entity_uid) FROM (
        SELECT entity_uid FROM entities_entity
        WHERE valid_to IS NULL AND sort_key LIKE %(longest)s
            AND WORDS_MATCH LIMIT %(most)s) AS named),
    (SELECT array_agg(entity_uid) FROM (
        SELECT entity_uid FROM entities_entitydetail
        WHERE valid_to IS NULL AND search_text LIKE %(pattern)s
            AND detail_code = ANY(%(whole_codes)s::text[]) LIMIT %(most)s) AS detailed)
""".replace("WORDS_MATCH", WORDS_MATCH)

HOLDERS_SQL = """
SELECT array_agg(entity_uid) FROM (
    SELECT entity_uid FROM entities_entitydetail
    WHERE detail_code = %(code)s AND valid_to IS NULL LIMIT %(most)s) AS holders
"""

LISTED = """entity.valid_to IS NULL AND NOT EXISTS (
    SELECT FROM entities_survivor told WHERE told.entity_uid = entity.entity_uid)"""
HOLDING = """EXISTS (
    SELECT FROM entities_entitydetail detail WHERE detail.entity_uid = entity.entity_uid
        AND detail.detail_code = %(code)s AND detail.valid_to IS NULL)"""
MATCHING = """(entity.sort_key LIKE %(pattern)s OR EXISTS (
    SELECT FROM entities_entitydetail detail WHERE detail.entity_uid = entity.entity_uid
        AND detail.valid_to IS NULL AND detail.search_text LIKE %(pattern)s))"""
MATCHING_WHOLE = f"""({WORDS_MATCH} OR EXISTS (
    SELECT FROM entities_entitydetail detail WHERE detail.entity_uid = entity.entity_uid
        AND detail.detail_code = ANY(%(whole_codes)s::text[])
        AND detail.valid_to IS NULL AND detail.search_text LIKE %(pattern)s))"""

BY_NAME = Order(
    after="(entity.sort_key, entity.entity_uid) > (%(key)s, %(uid)s)",
    before="(entity.sort_key, entity.entity_uid) < (%(key)s, %(uid)s)",
    forward=" ORDER BY entity.sort_key, entity.entity_uid LIMIT %(limit)s OFFSET %(offset)s",
    backward=" ORDER BY entity.sort_key DESC, entity.entity_uid DESC LIMIT %(limit)s",
)
IN_ORDER = "page.sort_key, page.entity_uid"


def list_entities(
    *,
    window: Window[UUID],
    q: str | None = None,
    entity_type: str | None = None,
    detail_code: str | None = None,
    is_whole_only: bool = False,
    hidden: Collection[UUID] = (),
) -> Page[EntityRow]:
    """Living entities by folded display name, then uid. Merged ones are left out and, unless their
    type is asked for, the definitions of the vocabulary.

    `q`: what a name or a detail's value contains, ignoring case and diacritics. `is_whole_only`:
    whole words of the name from three letters on, whole document numbers, and nothing else.
    `hidden`: who is left out for this caller.
    Six statements at most, whatever the size. Raises InvalidCursor for a key never heard of or
    erased.
    """
    filters = Filters([LISTED], {}, [])
    filters.of_type(entity_type)
    filters.without(hidden)
    place = _place(window)
    if q is not None and not _match(filters, sortable(q), is_whole_only=is_whole_only):
        return Page((), 0, False, False, False)
    if detail_code is not None:
        filters.parameters["code"] = detail_code
        filters.narrow(HOLDERS_SQL, HOLDING)
    rows = _window_rows(filters, window, place)
    count, is_estimated = filters.count()
    return page_of(rows, window=window, count=count, is_estimated=is_estimated)


def _match(filters: Filters, text: str, *, is_whole_only: bool) -> bool:
    """Narrow the list to what matches; False: nothing can."""
    if not text:
        return False
    if is_whole_only:
        if not any(map(str.isalnum, text)):
            return False  # no name is like that; the trigram indexes would be read from end to end
        words = _open_words(text)
        pieces = _with_blanks(text, BETWEEN_WORDS + APOSTROPHES).split()
        filters.parameters |= {
            "between": BETWEEN_WORDS + APOSTROPHES,
            "blanks": " " * len(BETWEEN_WORDS),
            "words": [f"% {whole(word)} %" for word in words] or None,
            "longest": containing(max(pieces, key=_looked_up_best)) if words else None,
            "pattern": whole(text),
            "whole_codes": list(CODES_MATCHED_WHOLE),
        }
        filters.narrow(WHOLE_MATCHES_SQL, MATCHING_WHOLE)
    else:
        filters.parameters["pattern"] = containing(text)
        filters.narrow(MATCHES_SQL if has_trigram(text) else SCANNED_MATCHES_SQL, MATCHING)
    return True


def _open_words(text: str) -> list[str]:
    """The words of a name; none, when one of them is too short to be asked for."""
    parts = _with_blanks(text, BETWEEN_WORDS).split()
    words = ["".join(sign for sign in part if sign not in APOSTROPHES) for part in parts]
    return words if all(len(word) >= SHORTEST_OPEN_WORD for word in words) else []


def _with_blanks(text: str, signs: str) -> str:
    return "".join(" " if sign in signs else sign for sign in text)


def _looked_up_best(word: str) -> tuple[bool, int]:
    return has_trigram(word), len(word)


def _place(window: Window[UUID]) -> str | None:
    """The key's place in the order."""
    uid = window.after or window.before
    if uid is None:
        return None
    found = sql.fetch_bound(POSITION_SQL, {"uid": uid})
    if not found:
        raise InvalidCursor
    place: str = found[0][0]
    return place


def _window_rows(filters: Filters, window: Window[UUID], place: str | None) -> list[EntityRow]:
    """One more than asked for, if there is one: first of all the rows before a key."""
    parameters = {"key": place, "uid": window.after or window.before}
    statement = completing_now(filters.rows_in(window, BY_NAME), order=IN_ORDER)
    return filters.fetch(statement, parameters, limit=window.size + 1, offset=window.offset)
