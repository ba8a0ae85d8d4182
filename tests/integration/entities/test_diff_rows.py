"""What a period changed: net by entity, and step by step."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import diff_rows
from entities.governance import define_detail_type
from entities.history import change_key, changes, diff
from entities.services import create_entity
from events.clock import instant_of
from events.models import LoggedEvent
from tests.integration.entities.pasts import at, born, changed, deleted, restored, said_of
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db


def net(start, end, *, uid=None, limit=100, after=None):
    found = diff(from_us=at(start), to_us=at(end), entity_uid=uid, after=after, limit=limit)
    return found.rows


def net_of(uid, start, end):
    """The changes as tuples, instants as minutes."""
    rows = net(start, end, uid=uid)
    return [told(change) for row in rows for change in row["changes"]]


def steps(start, end, *, uid=None, limit=100, after=None):
    return changes(from_us=at(start), to_us=at(end), entity_uid=uid, after=after, limit=limit)


def told(change):
    name = change.get("field") or change.get("detail_code") or change.get("action")
    minute = (change["at"] - instant_of(at(0))).total_seconds() / 60
    if change["type"] == "entity":
        return (name, minute)
    return (name, change["before"], change["after"], minute)


def test_a_changed_detail_and_the_name_made_of_it():
    uid = born(0, SURNAME="Smith", NAME="John", EMAIL="a@example.org")
    changed(10, uid, SURNAME="Smythe")

    (row,) = net(5, 15)

    assert (row["entity_uid"], row["display_name"]) == (uid, "Smythe, John")
    assert [told(change) for change in row["changes"]] == [
        ("display_name", "Smith, John", "Smythe, John", 10),
        ("SURNAME", "Smith", "Smythe", 10),
    ]


def test_the_shape_is_that_of_the_api():
    uid = born(0, SURNAME="Smith")
    changed(10, uid, SURNAME="Smythe")
    deleted(20, uid)

    (row,) = net(5, 15)
    (gone,) = net(15, 25)

    assert set(row) == {"entity_uid", "display_name", "changes"}
    field, detail = row["changes"]
    assert set(field) == {"type", "field", "before", "after", "at"}
    assert set(detail) == {"type", "detail_code", "before", "after", "at"}
    assert set(gone["changes"][0]) == {"type", "action", "at"}


def test_the_period_is_open_at_its_beginning_and_closed_at_its_end():
    uid = born(10, SURNAME="Smith")

    assert net(0, 9) == net(10, 20) == ()
    assert [row["entity_uid"] for row in net(0, 10)] == [uid]


def test_a_created_one_lists_its_fields_and_details():
    uid = born(10, SURNAME="Smith", NAME="John")
    changed(12, uid, EMAIL="a@example.org")

    assert net_of(uid, 5, 15) == [
        ("created", 10),
        ("display_name", None, "Smith, John", 10),
        ("entity_type", None, "PERSON", 10),
        ("EMAIL", None, "a@example.org", 12),
        ("NAME", None, "John", 10),
        ("SURNAME", None, "Smith", 10),
    ]


def test_a_deleted_one_lists_them_too_with_its_last_name():
    uid = born(0, SURNAME="Smith", EMAIL="a@example.org")
    changed(6, uid, SURNAME="Smythe", EMAIL=None)
    deleted(10, uid)

    (row,) = net(5, 15)

    assert row["display_name"] == "Smythe"
    assert [told(change) for change in row["changes"]] == [
        ("deleted", 10),
        ("display_name", "Smith", None, 10),
        ("entity_type", "PERSON", None, 10),
        ("EMAIL", "a@example.org", None, 6),
        ("SURNAME", "Smith", None, 10),
    ]


def test_a_person_without_a_name_has_its_two_fields_as_well():
    uid = born(10, DOCUMENT_NUMBER="AB 1")

    (row,) = net(5, 15)

    assert row["display_name"] is None
    assert net_of(uid, 5, 15)[:3] == [
        ("created", 10),
        ("display_name", None, None, 10),
        ("entity_type", None, "PERSON", 10),
    ]


@pytest.mark.parametrize("most", [0, 100_000])
def test_what_comes_to_nothing_is_not_told(most, monkeypatch):
    monkeypatch.setattr(diff_rows, "MOST_TOUCHED", most)
    short = born(6, SURNAME="Short")
    deleted(8, short)
    there_and_back = born(0, SURNAME="Smith")
    changed(6, there_and_back, SURNAME="Smythe")
    changed(8, there_and_back, SURNAME="Smith")
    away = born(0, SURNAME="Away")
    deleted(6, away)
    restored(8, away)
    seen = born(6, SURNAME="Seen")

    assert [row["entity_uid"] for row in net(5, 15)] == [seen]


def test_deleted_and_restored_with_another_value_is_a_change():
    uid = born(0, SURNAME="Smith")
    deleted(6, uid)
    restored(8, uid)
    changed(9, uid, SURNAME="Smythe")

    assert net_of(uid, 5, 15) == [
        ("display_name", "Smith", "Smythe", 9),
        ("SURNAME", "Smith", "Smythe", 9),
    ]


def test_a_second_life_that_begins_in_the_period_is_created():
    uid = born(0, SURNAME="Smith")
    deleted(3, uid)
    restored(8, uid)

    assert net_of(uid, 5, 15)[0] == ("created", 8)
    assert net_of(uid, 2, 5)[0] == ("deleted", 3)


def test_a_value_counts_from_when_it_began_though_the_version_is_younger():
    uid = born(0, entity_type="INSTITUTION", name="Mill")
    changed(6, uid, name="New Mill")
    said_of(8, uid, "updated", entity_type="COMPANY")

    assert net_of(uid, 5, 15) == [
        ("display_name", "Mill", "New Mill", 6),
        ("entity_type", "INSTITUTION", "COMPANY", 8),
    ]


def test_a_closed_detail():
    uid = born(0, SURNAME="Smith", EMAIL="a@example.org")
    changed(6, uid, EMAIL="b@example.org")
    changed(8, uid, EMAIL=None)

    assert net_of(uid, 5, 15) == [("EMAIL", "a@example.org", None, 8)]


def test_equal_and_reversed_instants_give_nothing():
    born(10, SURNAME="Smith")

    assert net(10, 10) == net(20, 5) == ()
    assert not steps(10, 10).rows


def test_definitions_and_merges_are_no_changes():
    loser, survivor = born(0, SURNAME="Smith"), born(0, SURNAME="Smythe")
    define_detail_type(
        an_act(now_us=at(8), role="service_provider"),
        code="COLOUR",
        label="Colour",
        value_type="text",
    )
    said_of(9, loser, "merged", into=str(survivor))

    assert net(5, 15) == ()
    assert steps(5, 15).rows == ()


def test_an_erased_one_leaves_no_trace():
    uid = born(6, SURNAME="Smith")
    said_of(8, uid, "erased", basis="request")

    assert net(5, 15) == steps(5, 15).rows == ()


@pytest.mark.parametrize("most", [0, 100_000])
def test_diff_pages_by_uid(most, monkeypatch):
    monkeypatch.setattr(diff_rows, "MOST_TOUCHED", most)
    uids = sorted(born(10, SURNAME=f"Smith {number}") for number in range(5))

    paged, after, has_next = [], None, True
    while has_next:
        page = diff(from_us=at(5), to_us=at(15), after=after, limit=2)
        paged += [row["entity_uid"] for row in page.rows]
        after, has_next = paged[-1], page.has_next

    assert paged == uids
    assert not diff(from_us=at(5), to_us=at(15), limit=5).has_next


@pytest.mark.parametrize("most", [0, 100_000])
def test_the_least_of_all_uids_is_told_like_any_other(most, monkeypatch):
    monkeypatch.setattr(diff_rows, "MOST_TOUCHED", most)
    least = UUID(int=0)
    create_entity(
        an_act(now_us=at(10)), entity_uid=least, entity_type="INSTITUTION", display_name="Mill"
    )

    assert [row["entity_uid"] for row in net(5, 15)] == [least]
    assert [row["entity_uid"] for row in net(5, 15, uid=least)] == [least]
    assert net(5, 15, after=least) == ()


def test_of_one_entity_only():
    uid = born(6, SURNAME="Smith")
    born(6, SURNAME="Other")

    assert [row["entity_uid"] for row in net(5, 15, uid=uid)] == [uid]
    assert {row["entity_uid"] for row in steps(5, 15, uid=uid).rows} == {uid}
    assert net(5, 15, uid=uuid4()) == steps(5, 15, uid=uuid4()).rows == ()


def test_every_step_is_told_oldest_first():
    uid = born(6, SURNAME="Smith")
    changed(7, uid, SURNAME="Smythe", EMAIL="a@example.org")
    changed(8, uid, EMAIL=None)
    deleted(9, uid)
    restored(10, uid)

    assert [told(row) for row in steps(5, 15).rows] == [
        ("created", 6),
        ("display_name", None, "Smith", 6),
        ("entity_type", None, "PERSON", 6),
        ("SURNAME", None, "Smith", 6),
        ("display_name", "Smith", "Smythe", 7),
        ("EMAIL", None, "a@example.org", 7),
        ("SURNAME", "Smith", "Smythe", 7),
        ("EMAIL", "a@example.org", None, 8),
        ("deleted", 9),
        ("display_name", "Smythe", None, 9),
        ("entity_type", "PERSON", None, 9),
        ("SURNAME", "Smythe", None, 9),
        ("created", 10),
        ("display_name", None, "Smythe", 10),
        ("entity_type", None, "PERSON", 10),
        ("SURNAME", None, "Smythe", 10),
    ]


def test_a_step_names_the_event_that_made_it():
    uid = born(6, SURNAME="Smith", EMAIL="a@example.org")
    changed(7, uid, EMAIL=None)
    deleted(8, uid)
    restored(9, uid)

    rows = steps(5, 15).rows

    types = dict(LoggedEvent.objects.values_list("event_id", "type"))
    made = [(told(row)[0], types[row["event_id"]].split(".")[1]) for row in rows]
    assert {verb for _, verb in made[:5]} == {"created"}
    assert made[5] == ("EMAIL", "updated")
    assert {verb for _, verb in made[6:10]} == {"deleted"}
    assert {verb for _, verb in made[10:]} == {"restored"}
    assert {(row["location_id"], row["actor"]) for row in rows} == {("loc1", "agent")}
    assert all(row["recorded_at"] for row in rows)
    assert set(rows[1]) == {
        "at", "entity_uid", "display_name", "type", "field", "before", "after", "event_id",
        "location_id", "actor", "recorded_at",
    }  # fmt: skip
    assert rows[6]["display_name"] == "Smith"


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_steps_page_by_key_without_a_gap(limit):
    for number in range(3):
        uid = born(6, SURNAME=f"Smith {number}", EMAIL="a@example.org")
        changed(8, uid, EMAIL=None)
    whole = steps(5, 15).rows

    paged, after, has_next = [], None, True
    while has_next:
        page = steps(5, 15, after=after, limit=limit)
        paged += page.rows
        after, has_next = change_key(page.rows[-1]), page.has_next

    assert tuple(paged) == whole


@pytest.mark.parametrize("count", [1, 20])
def test_statements_do_not_grow_with_what_changed(count):
    for number in range(count):
        changed(8, born(6, SURNAME=f"Smith {number}"), EMAIL="a@example.org")

    for ask, statements in ((net, 3), (steps, 3)):
        with CaptureQueriesContext(connection) as captured:
            assert ask(5, 15)
        assert len(captured) == statements
    with CaptureQueriesContext(connection) as captured:
        net(5, 15, uid=UUID(int=1))
    assert len(captured) == 1
