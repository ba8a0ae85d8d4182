"""As-of, history and events of one entity, page by page."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import history, queries
from entities.refusals import Erased, NotFound
from entities.services import create_entity, delete_entity, restore_entity, update_entity
from events.clock import instant_of
from events.models import LoggedEvent
from events.paging import Window
from events.recording import Draft, record
from tests.integration.entities.rows import an_act, details

pytestmark = pytest.mark.django_db

SECOND = 1_000_000
NOW = 1_790_000_000 * SECOND


@pytest.fixture
def person():
    uid = create_entity(
        an_act(now_us=NOW), entity_type="PERSON", details=details(SURNAME="Smith", NAME="John")
    ).entity_uid
    update_entity(
        an_act(now_us=NOW + 10 * SECOND),
        entity_uid=uid,
        details=details(SURNAME="Smythe"),
        reason="wedding",
    )
    return uid


def test_history_tells_what_held_oldest_first(person):
    rows = history.history(person).rows

    shown = [
        (row["type"], row.get("detail_code"), row.get("value") or row.get("display_name"))
        for row in rows
    ]
    assert shown == [
        ("entity", None, "Smith, John"),
        ("detail", "NAME", "John"),
        ("detail", "SURNAME", "Smith"),
        ("entity", None, "Smythe, John"),
        ("detail", "SURNAME", "Smythe"),
    ]
    assert [row["is_current"] for row in rows] == [False, True, False, True, True]


def test_a_history_row_has_the_shape_of_the_api(person):
    entity, detail = history.history(person, limit=2).rows

    common = {
        "type", "valid_from", "valid_to", "is_current", "hashdiff", "event_id", "location_id",
        "actor", "recorded_at",
    }  # fmt: skip
    assert set(entity) == common | {"display_name", "entity_type"}
    assert set(detail) == common | {"detail_code", "value"}
    assert entity["valid_from"] == instant_of(NOW)
    assert entity["valid_to"] == instant_of(NOW + 10 * SECOND)
    assert (entity["location_id"], entity["actor"]) == ("loc1", "agent")
    assert len(entity["hashdiff"]) == 64
    learned = LoggedEvent.objects.get(event_id=entity["event_id"]).recorded_at
    assert entity["recorded_at"] == learned


def test_history_pages_by_key_without_a_gap(person):
    whole = history.history(person).rows

    paged, after, has_next = [], None, True
    while has_next:
        page = history.history(person, after=after, limit=2)
        paged += page.rows
        after, has_next = history.history_key(page.rows[-1]), page.has_next

    assert tuple(paged) == whole


def test_a_page_of_exactly_the_rest_has_no_next(person):
    assert not history.history(person, limit=5).has_next
    assert history.history(person, limit=4).has_next
    assert not history.events_of_entity(person, limit=2).has_next
    assert history.events_of_entity(person, limit=1).has_next


def test_history_pages_forward_and_backward(person):
    rows = history.history(person).rows
    keys = [history.history_key(row) for row in rows]

    pages = [
        history.history_page(person, window=window)
        for window in (
            Window(size=2),
            Window(size=2, after=keys[1]),
            Window(size=2, before=keys[4]),
            Window(size=2, before=keys[1]),
            Window(size=2, offset=3),
        )
    ]

    shown = [page.rows for page in pages]
    assert shown == [rows[:2], rows[2:4], rows[2:4], rows[:1], rows[3:]]
    sides = [(page.has_previous, page.has_next) for page in pages]
    assert sides == [(False, True), (True, True), (True, True), (False, True), (True, False)]
    assert {(page.count, page.is_estimated) for page in pages} == {(5, False)}


def test_events_tell_what_was_said_when(person):
    created, updated = history.events_of_entity(person).rows

    assert set(created) == {
        "event_id", "type", "at", "valid_from", "origin", "sequence", "location_id", "actor",
        "role", "request_id", "reason_code", "reason", "codes", "details",
    }  # fmt: skip
    assert (updated["type"], updated["details"]) == ("entity.updated.v1", {"SURNAME": "Smythe"})
    assert (updated["reason"], updated["codes"], updated["sequence"]) == (
        "wedding",
        ["SURNAME"],
        None,
    )
    assert updated["at"] == updated["valid_from"] == instant_of(NOW + 10 * SECOND)
    following = history.events_of_entity(person, after=history.event_key(created))
    assert following.rows == (updated,)


def test_a_given_name_stands_in_its_event():
    uid = create_entity(an_act(), entity_type="INSTITUTION", display_name="Mill").entity_uid

    assert history.events_of_entity(uid).rows[0]["display_name"] == "Mill"


def test_one_that_comes_to_life_between_two_statements_is_left_out(person):
    delete_entity(an_act(now_us=NOW + 20 * SECOND), entity_uid=person)

    def restoring(execute, statement, *rest):
        answer = execute(statement, *rest)
        if statement == queries.CURRENT_SQL:
            restore_entity(an_act(now_us=NOW + 30 * SECOND), entity_uid=person)
        return answer

    with connection.execute_wrapper(restoring):
        assert queries.current([person]) == {}
    assert set(queries.current([person])) == {person}


def test_a_deleted_entity_keeps_its_history_and_an_unknown_one_has_none(person):
    delete_entity(an_act(now_us=NOW + 20 * SECOND), entity_uid=person)

    assert len(history.history(person).rows) == 5
    for ask in (history.history, history.events_of_entity):
        with pytest.raises(NotFound):
            ask(uuid4())
    with pytest.raises(NotFound):
        history.history_page(uuid4(), window=Window(size=1))


def test_an_erased_entity_is_known_without_history(person):
    record(an_act(), [Draft(person, "entity.erased.v1", {"basis": "request"})])

    assert history.history(person).rows == ()
    with pytest.raises(Erased):
        history.history_page(person, window=Window(size=1))


@pytest.mark.parametrize(
    ("ask", "statements"),
    [
        (lambda uid: history.history(uid), 1),
        (lambda uid: history.events_of_entity(uid), 1),
        (lambda uid: history.history_page(uid, window=Window(size=2)), 2),
        (lambda uid: queries.current([uid]), 3),
    ],
)
def test_statements_per_question(person, ask, statements):
    with CaptureQueriesContext(connection) as captured:
        assert ask(person) is not None

    assert len(captured) == statements
