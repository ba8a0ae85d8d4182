"""The inbox shows what is open, what each side said, and what holds meanwhile."""

from uuid import UUID, uuid4

import pytest

from entities import inbox
from entities.inbox import conflict_key, conflicts_page
from entities.services import delete_entity, update_entity
from events import sql
from events.clock import instant_of
from events.paging import Window
from tests.builders import an_event
from tests.integration.entities.rows import NOW, SECOND, a_person, an_act, details, receive

pytestmark = pytest.mark.django_db


def from_there(uid, *, after=5, **overrides):
    event = an_event(
        entity_uid=uid,
        origin="loc2/1",
        at=NOW + after * SECOND,
        name=str(uuid4()),
        actor="sigga",
        **overrides,
    )
    receive([event])
    return event


def a_conflict(*, after=5, code="SURNAME", theirs: str | None = "Smythe"):
    """(entity, our event, theirs): nobody there had heard of what was written here."""
    uid = a_person(SURNAME="Smith", EMAIL="a@b.is").entity_uid
    act = an_act(now_us=NOW + SECOND)
    [ours] = update_entity(act, entity_uid=uid, details=details(**{code: "smyth@b.is"}))
    return uid, ours, from_there(uid, after=after, details={code: theirs})


def page(size=10, **place):
    return conflicts_page(window=Window(size, **place))


def test_a_conflict_shows_who_said_what_and_what_holds():
    uid, ours, theirs = a_conflict()

    [row] = page().rows

    assert isinstance(row.pop("conflict_id"), UUID)
    assert row == {
        "entity_uid": uid,
        "display_name": "Smythe",
        "attribute": "SURNAME",
        "opened_at": instant_of(theirs.hlc),
        "holds": theirs.event_id,
        "heads": [
            {
                "event_id": ours.event_id,
                "value": "smyth@b.is",
                "location_id": "loc1",
                "actor": "agent",
                "at": instant_of(ours.hlc),
            },
            {
                "event_id": theirs.event_id,
                "value": "Smythe",
                "location_id": "loc2",
                "actor": "sigga",
                "at": instant_of(theirs.hlc),
            },
        ],
    }


def test_a_value_that_was_taken_away_holds_too():
    _, _, theirs = a_conflict(code="EMAIL", theirs=None)

    [row] = page().rows

    assert (row["holds"], row["heads"][1]["value"]) == (theirs.event_id, None)


def test_what_holds_need_not_be_the_newest():
    uid, ours, _ = a_conflict()
    from_there(uid, seq=2, after=6, valid_from=NOW + SECOND // 2, details={"SURNAME": "Smit"})

    [row] = page().rows

    assert len(row["heads"]) == 2
    assert row["holds"] != row["heads"][-1]["event_id"]
    assert row["heads"][0]["event_id"] == ours.event_id


def test_an_update_that_raced_a_delete_speaks_for_life():
    uid = a_person(SURNAME="Smith").entity_uid
    [deletion] = delete_entity(an_act(now_us=NOW + SECOND), entity_uid=uid)
    from_there(uid, details={"SURNAME": "Smythe"})

    row = next(row for row in page().rows if row["attribute"] == "alive")

    assert row["holds"] == deletion.event_id
    assert [head["value"] for head in row["heads"]] == [False, True]
    assert row["display_name"] == "Smith"


def test_an_event_without_bytes_has_no_value():
    _, ours, _ = a_conflict()
    sql.execute(
        "UPDATE events_event SET raw = NULL, state = 4 WHERE event_id = %(id)s",
        {"id": ours.event_id},
    )

    [row] = page().rows

    assert row["heads"][0]["value"] is None
    assert row["heads"][0]["actor"] == "agent"


def test_pages_go_on_and_back_by_key():
    uids = [a_conflict(after=after)[0] for after in (5, 6, 7, 7, 8)]
    everything = page().rows

    first = page(2)
    second = page(2, after=conflict_key(first.rows[-1]))
    last = page(2, after=conflict_key(second.rows[-1]))
    back = page(2, before=conflict_key(last.rows[0]))

    assert [*first.rows, *second.rows, *last.rows] == list(everything)
    assert [row["entity_uid"] for row in (everything[0], everything[-1])] == [uids[4], uids[0]]
    assert back == second
    assert page(2, offset=4).rows == last.rows
    seen = [(one.has_previous, one.has_next) for one in (first, second, last)]
    assert seen == [(False, True), (True, True), (True, False)]


def test_of_one_entity_only():
    uid, *_ = a_conflict()
    a_conflict()

    found = conflicts_page(window=Window(10), entity_uid=uid)

    assert [row["entity_uid"] for row in found.rows] == [uid]


@pytest.mark.parametrize("conflicts", [0, 1, 7])
def test_a_page_costs_two_statements(django_assert_num_queries, conflicts):
    for after in range(conflicts):
        a_conflict(after=5 + after)

    with django_assert_num_queries(2):
        assert len(page().rows) == conflicts


def test_the_key_of_a_row_is_its_place():
    a_conflict()
    [row] = page().rows

    assert conflict_key(row) == inbox.ConflictKey(NOW + 5 * SECOND, row["conflict_id"])
