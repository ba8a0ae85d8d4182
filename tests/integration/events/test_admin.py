"""Events and dead letters in the admin: found by index, shown, never touched, each look noted."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.admin_kit import MAX_LISTED
from events.models import DeadLetter, EventState, LoggedEvent
from tests.builders import ENTITY, an_event
from tests.integration.admin import get, noted, post, text_of
from tests.integration.entities.rows import receive

pytestmark = pytest.mark.django_db

LIST = "events/loggedevent/"
LETTERS = "events/deadletter/"
AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def event():
    told = an_event(type="entity.created.v1", details={"SURNAME": "Kanarienvogel"}, salt="AAAA")
    receive([told])
    return told


def address(event):
    return f"{LIST}{event.event_id}/change/"


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("{event_id}", True),
        ("{entity_uid}", True),
        ("loc1/1", True),
        ("loc2/1", False),
        ("loc1/1 7", False),
        ("Kanarienvogel", False),
        ("loc1/1 no number", False),
        ("loc1/1 99999999999999999999999", False),
    ],
)
def test_events_are_found_by_what_has_an_index(event, query, is_found):
    asked = query.format(event_id=event.event_id, entity_uid=event.entity_uid)

    answer = get(LIST, q=asked)

    assert answer.status_code == 200
    assert (address(event) in text_of(answer)) is is_found


def test_an_event_is_found_by_its_sequence(event):
    LoggedEvent.objects.update(sequence=41)

    assert address(event) in text_of(get(LIST, q="loc1/1 41"))
    assert address(event) not in text_of(get(LIST, q="loc1/1 42"))


def test_an_event_shows_its_envelope_without_salt_and_is_noted(event):
    answer = get(address(event))

    assert "Kanarienvogel" in text_of(answer)
    assert f"Event {event.event_id}" in text_of(answer)
    assert "AAAA" not in text_of(answer)
    assert [(one.action, one.entity_uid) for one in noted()] == [("events.read", ENTITY)]


def test_a_list_is_noted_with_whom_it_showed(event):
    get(LIST, q=str(ENTITY))

    (entry,) = noted()
    assert (entry.action, entry.kind, entry.hit_ids) == ("events.read", "read", [ENTITY])
    assert entry.query_hash is not None


def test_an_erased_event_says_so(event):
    LoggedEvent.objects.update(raw=None, state=EventState.ERASED)

    assert "Its values were erased" in text_of(get(address(event)))


def test_pending_ones_can_be_picked(event):
    assert address(event) not in text_of(get(LIST, pending="1"))


@pytest.mark.parametrize("page", ["change/", "delete/"])
def test_no_post_changes_an_event(event, page):
    before = LoggedEvent.objects.values().get()

    answer = post(f"{LIST}{event.event_id}/{page}", type="x", post="yes", _save="1")

    assert answer.status_code == 403
    assert LoggedEvent.objects.values().get() == before
    assert [one.action for one in noted()] == ["access.refused"]


def test_nothing_can_be_added_or_done_to_many(event):
    assert post(f"{LIST}add/", type="x").status_code == 403
    answer = post(LIST, action="delete_selected", _selected_action=str(event.event_id))

    assert LoggedEvent.objects.count() == 1
    assert "delete_selected" not in text_of(answer)


@pytest.mark.parametrize("name", ["type", "actor__startswith", "raw__contains", "hlc__gt"])
def test_other_filters_are_refused(event, name):
    assert get(LIST, **{name: "1"}).status_code == 400


def test_other_orders_and_whole_lists_are_not_to_be_had(event):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(LIST, o="2.-3", all="")

    asked = [one["sql"] for one in queries if 'FROM "events_event"' in one["sql"]]
    assert all("actor" not in sql.partition("ORDER BY")[2] for sql in asked)
    assert any(f"LIMIT {MAX_LISTED + 1}" in sql for sql in asked)  # the count is bounded
    assert asked[-1].partition("ORDER BY")[2].split()[0] == '"events_event"."event_id"'


@pytest.mark.parametrize(
    ("path", "table"), [(LIST, "events_event"), (LETTERS, "events_deadletter")]
)
def test_a_list_does_not_load_the_bytes(event, path, table):
    DeadLetter.objects.create(reason_code="bad_json", raw=b"x", first_seen=AT)

    with CaptureQueriesContext(connection) as queries:
        get(path)

    asked = [one["sql"] for one in queries if f'FROM "{table}"' in one["sql"]]
    assert len(asked) >= 2  # the count and the rows
    assert not [sql for sql in asked if '"raw"' in sql]


def test_dead_letters_are_the_open_ones_unless_all_are_asked_for():
    (chosen,) = re.findall(r'<li class="selected">\s*<a[^>]*>([^<]*)<', text_of(get(LETTERS)))

    assert chosen == "open"


def test_a_dead_letter_shows_its_bytes_while_it_is_open():
    letter = DeadLetter.objects.create(reason_code="bad_json", raw=b"\xff{nonsense", first_seen=AT)
    DeadLetter.objects.create(reason_code="too_large", first_seen=AT, resolved_at=AT)

    listed = text_of(get(LETTERS))
    assert "bad_json" in listed
    assert "too_large" not in listed
    assert "too_large" in text_of(get(LETTERS, letters="all"))
    assert "{nonsense" in text_of(get(f"{LETTERS}{letter.pk}/change/"))
    assert {one.action for one in noted()} == {"dead_letters.read"}


@pytest.mark.parametrize(("number", "shown"), [("30", 2), ("0", 1)])
def test_beyond_the_last_page_is_the_last_with_a_word(monkeypatch, number, shown):
    monkeypatch.setattr("events.admin.DeadLetterAdmin.list_per_page", 1, raising=False)
    for code in ("bad_json", "too_large"):
        DeadLetter.objects.create(reason_code=code, first_seen=AT)

    answer = get(LETTERS, p=number)

    assert f"There is no page {number}: this is page {shown}." in text_of(answer)
    (row,) = answer.context_data["cl"].result_list
    assert row.reason_code == {1: "too_large", 2: "bad_json"}[shown]  # the newest first


@pytest.mark.parametrize("path", [LIST, LETTERS])
def test_an_empty_list_says_so(path):
    assert 'class="nothing"' in text_of(get(path))
