"""Entities as they were, one and all, also at the very instants where something began."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import filters
from entities.governance import define_detail_type
from entities.history import entities_as_of, entity_as_of
from entities.refusals import Erased, NotFound
from events import sql
from events.clock import instant_of
from events.paging import Window
from tests.integration.entities.pasts import MINUTE, at, born, changed, deleted, restored, said_of
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db

ALL: Window[UUID] = Window(size=100)


def values(row):
    return {detail.detail_code: detail.value for detail in row.details}


def uids(minute, **asked):
    return [
        row.entity_uid for row in entities_as_of(instant_us=at(minute), window=ALL, **asked).rows
    ]


def test_details_are_those_of_the_instant_not_todays():
    uid = born(0, SURNAME="Smith", NAME="John")
    changed(10, uid, SURNAME="Smythe", EMAIL="john@example.org")
    changed(20, uid, EMAIL=None)

    then = [entity_as_of(uid, instant_us=at(minute)) for minute in (5, 15, 25)]

    assert [row.display_name for row in then] == ["Smith, John", "Smythe, John", "Smythe, John"]
    assert [values(row) for row in then] == [
        {"NAME": "John", "SURNAME": "Smith"},
        {"EMAIL": "john@example.org", "NAME": "John", "SURNAME": "Smythe"},
        {"NAME": "John", "SURNAME": "Smythe"},
    ]
    assert [row.is_current for row in then] == [False, True, True]
    assert [row.valid_to for row in then] == [instant_of(at(10)), None, None]


def test_a_version_holds_from_its_very_beginning_and_no_more_at_its_end():
    uid = born(0, SURNAME="Smith")
    changed(10, uid, SURNAME="Smythe")

    assert entity_as_of(uid, instant_us=at(10)).display_name == "Smythe"
    assert entity_as_of(uid, instant_us=at(10) - 1).display_name == "Smith"
    assert entity_as_of(uid, instant_us=at(0)).display_name == "Smith"
    with pytest.raises(NotFound):
        entity_as_of(uid, instant_us=at(0) - 1)


def test_between_two_lives_there_is_nothing():
    uid = born(0, SURNAME="Smith")
    deleted(10, uid)
    restored(20, uid)

    assert [len(uids(minute)) for minute in (-1, 0, 9, 10, 19, 20, 30)] == [0, 1, 1, 0, 0, 1, 1]
    with pytest.raises(NotFound):
        entity_as_of(uid, instant_us=at(15))
    assert values(entity_as_of(uid, instant_us=at(20))) == {"SURNAME": "Smith"}


def test_the_row_says_who_had_changed_it_by_then():
    uid = born(0, SURNAME="Smith")
    changed(10, uid, SURNAME="Smythe")

    row = entity_as_of(uid, instant_us=at(5))

    assert (row.created_at, row.updated_at) == (instant_of(at(0)), instant_of(at(0)))
    assert entity_as_of(uid, instant_us=at(10)).updated_at == instant_of(at(10))
    assert (row.location_id, row.digest) == ("loc1", None)


def test_unknown_and_erased_ones():
    uid = born(0, SURNAME="Smith")
    said_of(1, uid, "erased", basis="request")

    with pytest.raises(Erased):
        entity_as_of(uid, instant_us=at(0))
    with pytest.raises(NotFound):
        entity_as_of(uuid4(), instant_us=at(0))
    assert uids(0) == []


def test_a_merged_one_is_shown_as_it_was():
    loser, survivor = born(0, SURNAME="Smith"), born(0, SURNAME="Smythe")
    said_of(10, loser, "merged", into=str(survivor))

    assert set(uids(5)) == set(uids(15)) == {loser, survivor}


def test_a_retyped_one_has_the_type_of_the_instant():
    uid = born(0, entity_type="INSTITUTION", name="Mill")
    said_of(10, uid, "updated", entity_type="PERSON")

    assert uids(5, entity_type="INSTITUTION") == uids(15, entity_type="PERSON") == [uid]
    assert uids(5, entity_type="PERSON") == uids(15, entity_type="INSTITUTION") == []


def test_definitions_are_shown_only_when_asked_for():
    define_detail_type(
        an_act(now_us=at(0), role="service_provider"),
        code="COLOUR",
        label="Colour",
        value_type="text",
    )

    assert uids(1) == []
    assert len(uids(1, entity_type="DETAIL_TYPE")) == 1


def test_pages_forward_and_backward_by_uid():
    everybody = sorted(born(0, SURNAME=f"Smith {number}") for number in range(5))
    born(10, SURNAME="Later")

    pages = [
        entities_as_of(instant_us=at(5), window=window)
        for window in (
            Window(size=2),
            Window(size=2, after=everybody[1]),
            Window(size=2, after=everybody[3]),
            Window(size=2, before=everybody[3]),
            Window(size=2, offset=3),
        )
    ]

    shown = [[row.entity_uid for row in page.rows] for page in pages]
    assert shown == [
        everybody[:2], everybody[2:4], everybody[4:], everybody[1:3], everybody[3:]
    ]  # fmt: skip
    sides = [(page.has_previous, page.has_next) for page in pages]
    assert sides == [(False, True), (True, True), (True, False), (True, True), (True, False)]
    assert {page.count for page in pages} == {5}


@pytest.mark.parametrize("most", [0, 1_000])
def test_q_looks_at_what_held_then(most, monkeypatch):
    monkeypatch.setattr(filters, "MOST_MATCHES", most)
    uid = born(0, SURNAME="García", NOTES="Likes Déjà vu")
    changed(10, uid, SURNAME="Márquez", NOTES=None)
    born(0, SURNAME="Other")

    assert uids(5, q="GARCIA") == uids(5, q="deja") == uids(15, q="marquez") == [uid]
    assert uids(15, q="garcia") == uids(15, q="deja") == uids(5, q="marquez") == []
    assert uids(5, q="\u0301") == uids(5, q="%") == []


@pytest.mark.parametrize(("asked", "statements"), [({}, 3), ({"q": "smith"}, 3)])
@pytest.mark.parametrize("size", [1, 20])
def test_statements_do_not_grow_with_the_page(asked, statements, size):
    for number in range(20):
        born(0, SURNAME=f"Smith {number}", EMAIL="a@example.org")

    with CaptureQueriesContext(connection) as captured:
        page = entities_as_of(instant_us=at(5), window=Window(size=size), **asked)

    assert len(page.rows) == size
    assert len(captured) == statements


def test_one_entity_costs_one_statement():
    uid = born(0, SURNAME="Smith")

    with CaptureQueriesContext(connection) as captured:
        entity_as_of(uid, instant_us=at(0) + MINUTE)

    assert len(captured) == 1


def test_a_page_stays_prepared_and_sees_what_changed_since():
    uid = born(0, SURNAME="Smith")

    for surname in ("Smith", "Smythe"):
        page = entities_as_of(instant_us=at(5), window=ALL)
        assert [row.display_name for row in page.rows] == [surname]
        said_of(5, uid, "updated", details={"SURNAME": "Smythe"})

    prepared = sql.fetch("SELECT statement FROM pg_prepared_statements")
    assert any("entity.valid_from <=" in statement for (statement,) in prepared)
