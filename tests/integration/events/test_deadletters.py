"""What was set aside can be looked through, newest first."""

from datetime import UTC, datetime

import pytest

from events import deadletters
from events.deadletters import SetAside, Source
from events.paging import Window

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def set_aside(*numbers: int) -> None:
    letters = [
        SetAside(
            "bad_json", b"{", Source("cluster", "customer.events", 0, number), "loc2/1", number
        )
        for number in numbers
    ]
    deadletters.set_aside(letters, now=NOW)


def sequences(page):
    return [row["sequence"] for row in page.rows]


def test_a_letter_is_shown_without_its_bytes():
    set_aside(7)

    [row] = deadletters.page(window=Window(10)).rows

    assert row.pop("id") > 0
    assert row == {
        "reason_code": "bad_json",
        "topic": "customer.events",
        "partition": 0,
        "offset": 7,
        "origin": "loc2/1",
        "sequence": 7,
        "entity_uid": None,
        "first_seen": NOW,
        "attempts": 0,
    }


def test_resolved_letters_are_left_out():
    set_aside(1, 2)
    deadletters.resolve_stored([("loc2/1", 1)], now=NOW)

    found = deadletters.page(window=Window(10))

    assert sequences(found) == [2]


def test_pages_go_on_and_back_by_id(django_assert_num_queries):
    set_aside(1, 2, 3, 4, 5)

    with django_assert_num_queries(1):
        first = deadletters.page(window=Window(2))
    second = deadletters.page(window=Window(2, after=first.rows[-1]["id"]))
    last = deadletters.page(window=Window(2, after=second.rows[-1]["id"]))
    back = deadletters.page(window=Window(2, before=last.rows[0]["id"]))

    assert [sequences(page) for page in (first, second, last)] == [[5, 4], [3, 2], [1]]
    assert back == second
    assert sequences(deadletters.page(window=Window(2, offset=4))) == [1]
    assert [(one.has_previous, one.has_next) for one in (first, second, last)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
