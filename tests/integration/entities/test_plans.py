"""The reads of the past and of the list use the indexes that are there for them.

In tables as small as a test's nothing beats reading them through: that way is closed here.
"""

import re

import pytest
from django.db import connection

from entities.history import changes, diff, entities_as_of, entity_as_of
from entities.listing import list_entities
from events import sql
from events.paging import Window
from tests.integration.entities.pasts import at, born, changed

pytestmark = pytest.mark.django_db

FIRST = Window(size=2)
INDEX = re.compile(r"(?:using|Scan on) ((?:entity|detail|unique|state)_\w+)")


# As many strangers as the planner needs to prefer an index, each with a version that ended.
CROWD_SQL = """
WITH people AS (
    SELECT number, gen_random_uuid() AS uid, now() - number * interval '1 hour' AS born
    FROM generate_series(1, 1500) AS number
), entities AS (
    INSERT INTO entities_entity (entity_uid, entity_type, display_name, sort_key, valid_from,
        valid_to, hashdiff, event_id, location_id, recorded_at)
    SELECT uid, 'PERSON', 'x', md5(uid::text), born + part * interval '30 minutes',
        CASE part WHEN 0 THEN born + interval '30 minutes' END, '', uid, 'loc1', now()
    FROM people, generate_series(0, 1) AS part
)
INSERT INTO entities_entitydetail (entity_uid, detail_code, value, search_text, valid_from,
    valid_to, hashdiff, event_id, location_id, recorded_at)
SELECT uid, 'NOTES', to_jsonb(number), md5(uid::text), born + part * interval '30 minutes',
    CASE part WHEN 0 THEN born + interval '30 minutes' END, '', uid, 'loc1', now()
FROM people, generate_series(0, 1) AS part
"""


@pytest.fixture
def uid():
    """Somebody with a past, in a crowd."""
    one = born(0, SURNAME="Smith", EMAIL="a@example.org")
    changed(10, one, EMAIL="b@example.org")
    sql.execute(CROWD_SQL)
    sql.execute("ANALYZE entities_entity")
    sql.execute("ANALYZE entities_entitydetail")
    for index in ("entity_sort_key_trgm", "detail_search_text_trgm"):
        sql.fetch("SELECT gin_clean_pending_list(%(index)s::regclass)", {"index": index})
    sql.execute("SET LOCAL enable_seqscan = off")
    return one


def indexes_of(ask) -> set[str]:
    """The names of the indexes in the plans of all statements that this asks."""
    asked = []

    def listen(execute, statement, parameters, *rest):
        asked.append((statement, parameters))
        return execute(statement, parameters, *rest)

    with connection.execute_wrapper(listen):
        ask()
    plans = [
        line
        for statement, parameters in asked
        if not statement.startswith("EXPLAIN")
        for (line,) in sql.fetch_bound(f"EXPLAIN {statement}", parameters)
    ]
    return set(INDEX.findall("\n".join(plans)))


@pytest.mark.parametrize(
    ("ask", "indexes"),
    [
        (
            lambda uid: entity_as_of(uid, instant_us=at(5)),
            {"unique_entity_valid_from", "unique_detail_valid_from"},
        ),
        (
            lambda uid: entities_as_of(instant_us=at(5), window=Window(size=2, after=uid)),
            {"unique_entity_valid_from", "unique_detail_valid_from"},
        ),
        (lambda uid: list_entities(window=FIRST), {"entity_list_order"}),
        (lambda uid: list_entities(window=Window(size=2, after=uid)), {"entity_list_order"}),
        (lambda uid: list_entities(window=Window(size=2, before=uid)), {"entity_list_order"}),
        (
            lambda uid: list_entities(window=FIRST, entity_type="PERSON"),
            {"entity_list_order_of_type"},
        ),
        (
            lambda uid: list_entities(window=FIRST, q="feed beef"),
            {"detail_search_text_trgm"},
        ),
        (
            lambda uid: diff(from_us=at(9), to_us=at(10), limit=2),
            {"entity_valid_from", "entity_valid_to", "detail_valid_from", "detail_valid_to"},
        ),
        (
            lambda uid: changes(from_us=at(9), to_us=at(10), limit=2),
            {"entity_valid_from", "entity_valid_to", "detail_valid_from", "detail_valid_to"},
        ),
    ],
    ids=[
        "as of", "all as of", "list", "list after", "list before",
        "list of a type", "search", "diff", "changes",
    ],
)  # fmt: skip
def test_a_read_uses_its_indexes(uid, ask, indexes):
    assert indexes <= indexes_of(lambda: ask(uid))


def test_the_word_that_has_a_trigram_is_looked_up(uid):
    longest = []

    def listen(execute, statement, parameters, *rest):
        longest.append(parameters.get("longest"))
        return execute(statement, parameters, *rest)

    with connection.execute_wrapper(listen):
        list_entities(window=FIRST, q="-------- feed", is_whole_only=True)

    assert longest[0] == "%feed%"


def test_who_may_only_look_for_words_finds_nothing_by_signs(uid, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list_entities(window=FIRST, q="--- ***", is_whole_only=True).rows == ()
