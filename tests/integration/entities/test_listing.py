"""The list of entities: its order, its filters, its pages, and how much it asks the database."""

from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import counts, filters, queries
from entities.governance import define_detail_type
from entities.listing import list_entities
from entities.refusals import Erased, InvalidCursor, Merged, NotFound
from entities.vocabulary import vocabulary_uid
from events.clock import instant_of
from events.paging import Window
from tests.integration.entities.pasts import at, born, changed, deleted, restored, said_of
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db

ALL: Window[UUID] = Window(size=100)


def names(page):
    return [row.display_name for row in page.rows]


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def people():
    """In the order of the list."""
    return {
        name: born(SURNAME=surname, NAME=given)
        for name, surname, given in [
            ("ange", "Ångström", "Eva"),
            ("garcia", "García", "José"),
            ("orsted", "Ørsted", "Hans"),
            ("smith", "smith", "Anna"),
            ("zoe", "Smith", "Zoë"),
        ]
    }


def test_the_list_is_ordered_without_case_and_diacritics(people):
    assert [row.entity_uid for row in list_entities(window=ALL).rows] == list(people.values())


def test_equal_names_are_ordered_by_uid():
    uids = sorted(born(SURNAME="Smith", NAME="John") for _ in range(5))

    assert [row.entity_uid for row in list_entities(window=ALL).rows] == uids


def test_pages_forward_and_backward_show_each_entity_once(people):
    uids = list(people.values())

    first = list_entities(window=Window(size=2))
    second = list_entities(window=Window(size=2, after=uids[1]))
    last = list_entities(window=Window(size=2, after=uids[3]))
    back = list_entities(window=Window(size=2, before=uids[4]))
    begin = list_entities(window=Window(size=2, before=uids[2]))

    shown = [[row.entity_uid for row in page.rows] for page in (first, second, last, back, begin)]
    assert shown == [uids[:2], uids[2:4], uids[4:], uids[2:4], uids[:2]]
    sides = [(page.has_previous, page.has_next) for page in (first, second, last, back, begin)]
    assert sides == [(False, True), (True, True), (True, False), (True, True), (False, True)]
    assert {page.count for page in (first, second, last, back, begin)} == {5}


def test_a_page_of_exactly_the_rest_has_no_next(people):
    assert not list_entities(window=Window(size=5)).has_next
    assert not list_entities(window=Window(size=3, offset=2)).has_next
    assert list_entities(window=Window(size=2, offset=2)).has_next


def test_the_page_goes_on_where_an_entity_was_that_is_deleted_meanwhile(people):
    deleted(1, people["garcia"])

    page = list_entities(window=Window(size=1, after=people["garcia"]))

    assert names(page) == ["Ørsted, Hans"]
    assert page.count == 4


def test_a_key_never_heard_of_or_erased_is_no_key(people):
    said_of(1, people["garcia"], "erased", basis="request")

    for uid in (uuid4(), people["garcia"]):
        with pytest.raises(InvalidCursor):
            list_entities(window=Window(size=1, after=uid))


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("GARCIA", ["García, José"]),
        ("ørs", ["Ørsted, Hans"]),
        ("orsted", ["Ørsted, Hans"]),
        ("sMÍth", ["smith, Anna", "Smith, Zoë"]),
        ("th, a", ["smith, Anna"]),
        ("zo", ["Smith, Zoë"]),
        ("o", ["García, José", "Ørsted, Hans", "Smith, Zoë", "Ångström, Eva"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("nobody", []),
        ("\u0301", []),
    ],
)
def test_q_is_part_of_a_name_ignoring_case_and_diacritics(people, q, found):
    page = list_entities(window=ALL, q=q)

    assert sorted(names(page)) == sorted(found)
    assert page.count == len(found)


def test_q_is_part_of_any_detail():
    uid = born(SURNAME="Smith", NOTES="Prefers 100% déjà vu", DOB="1980-02-01")
    born(SURNAME="Jones", NOTES="Prefers 1000 things")

    for q in ("100% DEJA", "1980-02", "refers 100%"):
        assert [row.entity_uid for row in list_entities(window=ALL, q=q).rows] == [uid]


def test_q_looks_at_what_holds_now(people):
    changed(1, people["garcia"], SURNAME="Marquez")

    assert list_entities(window=ALL, q="garcia").count == 0
    assert names(list_entities(window=ALL, q="marquez")) == ["Marquez, José"]


def test_too_many_matches_are_walked_in_order_with_the_same_result(people, monkeypatch):
    sorted_first = [
        list_entities(window=window, q="o", detail_code="SURNAME")
        for window in (ALL, Window(size=2), Window(size=2, before=people["zoe"]))
    ]
    monkeypatch.setattr(filters, "MOST_MATCHES", 1)

    walked = [
        list_entities(window=window, q="o", detail_code="SURNAME")
        for window in (ALL, Window(size=2), Window(size=2, before=people["zoe"]))
    ]

    assert [page.rows for page in walked] == [page.rows for page in sorted_first]
    assert [page.has_next for page in walked] == [page.has_next for page in sorted_first]


def test_filters_by_type_and_detail(people):
    mill = born(entity_type="INSTITUTION", name="Mill", EMAIL="mill@example.org")
    with_email = born(SURNAME="Zed", EMAIL="zed@example.org")

    of_type = list_entities(window=ALL, entity_type="INSTITUTION")
    with_detail = list_entities(window=ALL, detail_code="EMAIL")
    both = list_entities(window=ALL, entity_type="PERSON", detail_code="EMAIL", q="example")

    assert [row.entity_uid for row in of_type.rows] == [mill]
    assert [row.entity_uid for row in with_detail.rows] == [mill, with_email]
    assert [row.entity_uid for row in both.rows] == [with_email]
    assert list_entities(window=ALL, detail_code="PHONE").count == 0


def test_definitions_are_shown_only_when_asked_for(people):
    define_detail_type(
        an_act(role="service_provider"), code="COLOUR", label="Colour", value_type="text"
    )

    page = list_entities(window=ALL, entity_type="DETAIL_TYPE")

    assert [row.entity_uid for row in page.rows] == [vocabulary_uid("DETAIL_TYPE", "COLOUR")]
    assert list_entities(window=ALL).count == 5
    assert list_entities(window=ALL, q="colour").count == 0


def test_deleted_and_merged_ones_are_left_out_and_restored_ones_come_back(people):
    deleted(1, people["ange"])
    deleted(1, people["zoe"])
    restored(2, people["zoe"])
    said_of(1, people["smith"], "merged", into=str(people["zoe"]))

    assert names(list_entities(window=ALL)) == ["García, José", "Ørsted, Hans", "Smith, Zoë"]
    assert list_entities(window=ALL, q="smith").count == 1


def test_a_person_without_a_name_is_listed_first():
    born(SURNAME="Smith")
    nameless = born(DOCUMENT_NUMBER="AB 123456")

    row = list_entities(window=ALL).rows[0]

    assert (row.entity_uid, row.display_name) == (nameless, None)


@pytest.mark.parametrize(
    ("q", "count"),
    [
        ("smith", 1),
        ("john smith", 1),
        ("Smith, John", 1),
        ("smith-john", 1),
        ("smi", 0),
        ("mith", 0),
        ("smiths", 0),
        ("smith j", 0),
        ("sm", 0),
        ("AB-123456", 1),
        ("ab-123456", 1),
        ("AB-12345", 0),
        ("1980-02-01", 0),
        ("1980", 0),
        ("secret", 0),
        ("s", 0),
    ],
)
def test_who_sees_masked_values_finds_by_words_and_whole_values_only(q, count, monkeypatch):
    born(
        SURNAME="Smith", NAME="John", DOCUMENT_NUMBER="AB-123456", DOB="1980-02-01", NOTES="secret"
    )
    born(DOCUMENT_NUMBER="XY-99")

    assert list_entities(window=ALL, q=q, is_whole_only=True).count == count
    monkeypatch.setattr(filters, "MOST_MATCHES", 0)
    assert list_entities(window=ALL, q=q, is_whole_only=True).count == count


def test_beyond_the_limit_the_count_is_an_estimate(people, monkeypatch):
    monkeypatch.setattr(counts, "EXACT", 3)
    page = list_entities(window=Window(size=2))

    assert page.is_estimated
    assert page.count >= 4
    assert not list_entities(window=ALL, q="smith").is_estimated


def test_where_the_planner_expects_many_nothing_is_counted(people, monkeypatch):
    monkeypatch.setattr(counts, "CLEARLY_MORE", -1)

    with CaptureQueriesContext(connection) as captured:
        assert list_entities(window=ALL).is_estimated

    assert not any("count(*)" in query["sql"] for query in captured)


def test_an_estimate_is_not_made_anew_for_each_page(people, monkeypatch):
    monkeypatch.setattr(counts, "CLEARLY_MORE", -1)
    first = list_entities(window=Window(size=2))

    with CaptureQueriesContext(connection) as captured:
        second = list_entities(window=Window(size=2, after=first.rows[-1].entity_uid))

    assert first.count == second.count
    assert len(captured) == 2


@pytest.mark.parametrize(
    ("asked", "statements"),
    [
        ({}, 3),
        ({"q": "smith"}, 3),
        ({"q": "s"}, 3),
        ({"q": "smith", "is_whole_only": True}, 3),
        ({"q": "smith", "detail_code": "NAME", "entity_type": "PERSON"}, 4),
    ],
)
@pytest.mark.parametrize("size", [1, 5])
def test_statements_do_not_grow_with_the_page(people, asked, statements, size):
    with CaptureQueriesContext(connection) as captured:
        list_entities(window=Window(size=size), **asked)
    assert len(captured) == statements

    with CaptureQueriesContext(connection) as captured:
        list_entities(window=Window(size=size, after=people["ange"]), **asked)
    assert len(captured) == statements + 1


def test_a_row_has_its_details_and_where_it_was_changed_last(people):
    uid = people["garcia"]
    changed(5, uid, EMAIL="jose@example.org")

    row = next(row for row in list_entities(window=ALL).rows if row.entity_uid == uid)

    assert row == queries.entity_now(uid)
    assert [(detail.detail_code, detail.value) for detail in row.details] == [
        ("EMAIL", "jose@example.org"),
        ("NAME", "José"),
        ("SURNAME", "García"),
    ]
    assert (row.location_id, row.created_at, row.updated_at) == (
        "loc1",
        instant_of(at(0)),
        instant_of(at(5)),
    )
    assert row.is_current
    assert row.valid_to is None
    assert row.digest
    assert len(row.hashdiff) == len(row.details[0].hashdiff) == 64


def test_one_entity_says_why_it_is_not_there(people):
    deleted(1, people["ange"])
    said_of(1, people["smith"], "merged", into=str(people["zoe"]))
    said_of(1, people["orsted"], "erased", basis="request")

    for uid in (uuid4(), people["ange"]):
        with pytest.raises(NotFound):
            queries.entity_now(uid)
    with pytest.raises(Merged) as merged:
        queries.entity_now(people["smith"])
    assert merged.value.extra == {"merged_into": str(people["zoe"])}
    with pytest.raises(Erased):
        queries.entity_now(people["orsted"])


def test_one_entity_costs_two_statements(people):
    with CaptureQueriesContext(connection) as captured:
        queries.entity_now(people["garcia"])

    assert len(captured) == 2
