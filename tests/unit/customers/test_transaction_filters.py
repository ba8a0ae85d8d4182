"""What the Transactions page is asked, out of its address: always readable, never an exception."""

from datetime import UTC, date, datetime
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.web.transactions import filters

TODAY = date(2026, 11, 21)
UID = "7f9c24e8-3b12-4fef-91e0-5a1b2c3d4e5f"


def read(**values):
    return filters.read({name.rstrip("_"): text for name, text in values.items()}, today=TODAY)


def test_without_a_period_it_is_the_last_thirty_days():
    asked = read()

    assert (asked.first, asked.last, asked.days) == (date(2026, 10, 23), TODAY, 30)
    assert asked.period == "23 Oct – 21 Nov 2026"
    assert asked.is_usual
    assert not asked.is_set


def test_both_days_count():
    question = read(from_="2026-11-20", to="2026-11-20").asked(UTC)

    assert question["since"] == datetime(2026, 11, 20, tzinfo=UTC)
    assert question["until"] == datetime(2026, 11, 21, tzinfo=UTC)


def test_an_action_may_be_a_whole_kind():
    assert read(action="search").asked(UTC)["kind"] == "search"
    assert read(action="customer.read").asked(UTC)["action"] == "customer.read"


def test_a_customer_may_be_the_address_of_its_page():
    asked = read(subject=f"https://sins.example/customers/{UID}/timeline")

    assert asked.subject == UUID(UID)
    assert not asked.problems


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("from", "13.11.2026", filters.NO_DATE),
        ("to", "2026-02-30", filters.NO_DATE),
        ("to", "9999-12-31", filters.NO_DATE),
        ("from", "0001-01-01", filters.NO_DATE),
        ("role", "king", filters.NO_CHOICE),
        ("action", "customer.eaten", filters.NO_CHOICE),
        ("outcome", "perhaps", filters.NO_CHOICE),
        ("subject", "Smith", filters.NO_ID),
        ("request_id", "1", filters.NO_REQUEST),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(name, text, problem):
    asked = filters.read({name: text}, today=TODAY)

    assert asked.problems == {name: problem}
    assert asked.texts[name] == text


def test_a_period_that_ends_before_it_begins():
    assert read(from_="2026-11-20", to="2026-11-19").problems == {"to": filters.REVERSED}


def test_a_query_leaves_out_what_is_empty():
    asked = read(location="loc2", actor="")

    assert asked.query(cursor="abc") == "location=loc2&cursor=abc"
    assert asked.query(location="") == ""


@given(st.dictionaries(st.sampled_from(filters.NAMES), st.text(max_size=250)))
def test_nothing_that_is_sent_is_an_exception(values):
    asked = filters.read(values, today=TODAY)

    asked.asked(UTC)
    assert asked.first <= asked.last
    assert {name for name, label, _ in asked.told} == set(asked.problems)
    again = {name: texts[0] for name, texts in parse_qs(asked.query()).items()}
    assert filters.read(again, today=TODAY) == asked
