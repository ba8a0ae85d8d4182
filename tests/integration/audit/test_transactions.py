"""The report against a naive model, on random entries: filters, cursors, totals, streaming."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit import totals, transactions
from audit.actions import kind_of
from audit.chain.numbering import number_entries
from audit.models import AuditEntry, HourTotal
from audit.transactions import Asked, all_transactions, find_transaction, list_transactions
from events import sql
from events.errors import InvalidCursor
from tests.builders import an_event, an_id
from tests.integration.audit.naive_report import NaiveEntry, most_first, report, sums
from tests.integration.entities.rows import receive

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 29, tzinfo=UTC)  # a night in which clocks are moved in Europe
SUBJECTS = [an_id(f"subject {number}") for number in range(3)]
REQUESTS = [an_id(f"request {number}") for number in range(2)]
LOCATIONS = ["loc2", "loc3"]
HERE = settings.LOCATION_ID
ACTIONS = ["customer.read", "customer.searched", "entity.updated", "login.failed", "events.applied"]
EVENTS = {an_id(f"event {number}"): SUBJECTS[number % 3] for number in range(6)}

# Few hours, so that entries and the ends of a period meet in one.
instants = st.builds(
    lambda days, minutes: START + timedelta(days=days, minutes=minutes),
    st.integers(0, 1),
    st.integers(0, 18).map(lambda count: count * 10),
)
subjects = st.sampled_from(SUBJECTS)


@st.composite
def entries(draw, number):
    action, outcome = draw(st.sampled_from(ACTIONS)), draw(st.sampled_from(["ok", "refused"]))
    is_applied = action == "events.applied"
    uid = None if is_applied else draw(st.none() | subjects)
    hits = draw(st.lists(subjects, unique=True, max_size=3)) if action in ACTIONS[:2] else []
    told = st.sampled_from(sorted(EVENTS))
    if is_applied:
        events = draw(st.lists(told, unique=True, min_size=1, max_size=4))
    elif action == "entity.updated" and uid:
        own = [event for event, subject in EVENTS.items() if subject == uid]
        events = draw(st.lists(st.sampled_from(own), unique=True, max_size=2))
    else:
        events = []
    return NaiveEntry(
        audit_id=an_id(f"entry {number}"),
        at=draw(instants),
        location_id=HERE,
        actor=draw(st.sampled_from(["anna", "bob"])),
        role=draw(st.sampled_from(["service_agent", "service_provider"])),
        action=action,
        kind=str(kind_of(action, outcome)),
        outcome=outcome,
        request_id=draw(st.sampled_from(REQUESTS)),
        entity_uid=uid,
        hit_ids=tuple(hits),
        event_ids=tuple(events),
        told=tuple(EVENTS[event] for event in events),
        codes=tuple(sorted(draw(st.sets(st.sampled_from(LOCATIONS))))) if is_applied else (),
    )


@st.composite
def worlds(draw):
    """Entries, and how many of them have a number."""
    made = [draw(entries(number)) for number in range(draw(st.integers(0, 12)))]
    return made, draw(st.integers(0, len(made)))


FILTERS = {
    "since": instants,
    "until": instants,
    "location": st.sampled_from([HERE, *LOCATIONS, "loc9"]),
    "actor": st.sampled_from(["anna", "nobody"]),
    "role": st.just("service_agent"),
    "action": st.sampled_from(ACTIONS),
    "kind": st.sampled_from(["read", "refusal", "applied"]),
    "subject": subjects,
    "outcome": st.sampled_from(["ok", "refused"]),
    "request_id": st.sampled_from(REQUESTS),
    "without": st.lists(st.sampled_from(ACTIONS), unique=True, max_size=2).map(tuple),
}


@st.composite
def asked_for(draw):
    """Few filters at once, or nothing would be found."""
    names = draw(st.lists(st.sampled_from(sorted(FILTERS)), unique=True, max_size=3))
    return Asked(**{name: draw(FILTERS[name]) for name in names})


def store(made, numbered):
    for entry in made[:numbered]:
        insert(entry)
    number_entries(most=max(1, numbered // 2))
    number_entries()
    for entry in made[numbered:]:
        insert(entry)


def insert(entry):
    AuditEntry.objects.create(
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name in NaiveEntry.__dataclass_fields__
            if name != "told" and (value := getattr(entry, name)) != ""
        },
        auth="session",
    )


@pytest.fixture(autouse=True)
def log_of_events():
    """The events of EVENTS, each about its subject."""
    receive(
        [
            an_event(
                type="entity.created.v1" if number < 3 else "entity.updated.v1",
                name=f"event {number}",
                entity_uid=EVENTS[an_id(f"event {number}")],
                seq=1 + number // 3,
                origin="loc2/1",
                **({"entity_type": "PERSON"} if number < 3 else {}),
                details={"NAME": f"N{number}"},
            )
            for number in range(6)
        ]
    )


@contextmanager
def undone():
    """For each example of a property a database without those of the others."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ids(rows):
    return [row.audit_id for row in rows]


def pages(asked, limit) -> Iterator[transactions.Slice]:
    cursor: str | None = None
    while True:
        page = list_transactions(asked, limit=limit, cursor=cursor)
        yield page
        if page.next is None:
            return
        cursor = page.next


@hypothesis_settings(max_examples=100)
@given(world=worlds(), asked=asked_for(), limit=st.integers(1, 5))
def test_pages_and_the_stream_are_those_of_the_naive_report(world, asked, limit):
    made, numbered = world
    with undone():
        store(made, numbered)

        seen = list(pages(asked, limit))
        streamed = [row.transaction for row in all_transactions(asked)]
        back = [
            list_transactions(asked, limit=limit, cursor=page.previous).results for page in seen[1:]
        ]

    wanted = ids(report(made, asked, here=HERE))
    assert ids(row for page in seen for row in page.results) == wanted
    assert all(len(page.results) == limit for page in seen[:-1])
    assert ids(streamed) == wanted
    assert back == [page.results for page in seen[:-1]]


@hypothesis_settings(max_examples=100)
@given(
    world=worlds(),
    asked=asked_for(),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]),
)
def test_totals_are_those_of_the_naive_report(world, asked, zone):
    made, numbered = world
    with undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "TIME_ZONE", zone)
        store(made, numbered)

        found = totals.totals(asked)

    wanted = sums(report(made, asked, here=HERE), zone)
    assert {name: getattr(found, name) for name in wanted} == wanted


def make(count, **overrides):
    """Entries a second apart, oldest first."""
    values = {
        "location_id": HERE,
        "actor": "anna",
        "role": "service_agent",
        "action": "customer.read",
        "kind": "read",
        "outcome": "ok",
        "request_id": REQUESTS[0],
        "entity_uid": None,
        "hit_ids": (),
        "event_ids": (),
        "told": (),
        "codes": (),
    }
    made = [
        NaiveEntry(
            **{**values, **overrides},
            audit_id=an_id(f"{overrides} {number}"),
            at=START + timedelta(seconds=number),
        )
        for number in range(count)
    ]
    for entry in made:
        insert(entry)
    return made


def test_an_entry_that_is_numbered_between_two_pages_is_on_one_of_them():
    make(6)
    first = list_transactions(Asked(), limit=2)

    number_entries()

    rest = next(pages(Asked(), 10)).results
    following = list_transactions(Asked(), limit=10, cursor=first.next)
    assert [row.seq for row in first.results] == [None, None]
    assert ids(first.results) + ids(following.results) == ids(rest)
    assert [row.seq for row in following.results] == [4, 3, 2, 1]


def test_new_entries_do_not_move_the_pages_that_follow():
    make(4)
    first = list_transactions(Asked(actor="anna"), limit=2)

    make(3, actor="bob")
    make(3, actor="anna", role="customer")

    following = list_transactions(Asked(actor="anna"), limit=9, cursor=first.next).results
    assert not set(ids(first.results)) & set(ids(following))


@pytest.mark.parametrize(
    "cursor", ["x", "a", "aMQ", "a!!!", "cMTIzIDEyMw", "a" * 199, "b999999999999999999999", "é"]
)
def test_a_cursor_of_nobody_is_refused(cursor):
    with pytest.raises(InvalidCursor):
        list_transactions(Asked(), limit=2, cursor=cursor)


def test_one_entry_is_found_by_its_id():
    entry = make(1)[0]

    assert find_transaction(entry.audit_id).at == entry.at
    assert find_transaction(UUID(int=1)) is None


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(subject=SUBJECTS[0]), Asked(location="loc2"), Asked(since=START)]
)
def test_a_page_and_totals_are_one_statement_each(asked, django_assert_num_queries):
    make(3, hit_ids=(SUBJECTS[0],))

    with django_assert_num_queries(1):
        list_transactions(asked, limit=2)
    with django_assert_num_queries(1):
        totals.totals(asked)


def test_the_stream_holds_no_more_than_it_fetches_at_once(monkeypatch):
    monkeypatch.setattr(transactions, "FETCHED_AT_ONCE", 2)
    made = make(7)

    with CaptureQueriesContext(connection) as queries:
        rows = all_transactions(Asked())
        newest = next(rows)

    assert newest.transaction.audit_id == made[-1].audit_id
    assert not any("LIMIT" in query["sql"] for query in queries)
    assert len(list(rows)) == 6


def test_a_stream_that_was_begun_is_not_ended_by_the_time_limit():
    make(2)
    sql.execute("SET LOCAL statement_timeout = '30s'")

    rows = all_transactions(Asked())
    next(rows)

    assert sql.fetch("SHOW statement_timeout") == [("0",)]


def test_what_was_pruned_is_forgotten_in_the_totals():
    make(3)
    number_entries()

    totals.forget(before=START + timedelta(hours=1))

    assert not HourTotal.objects.exists()


def test_numbering_twice_counts_each_entry_once():
    make(2)
    number_entries()
    make(3, actor="bob")
    number_entries()
    number_entries()

    found = totals.totals(Asked())

    assert found.per_actor == most_first({"anna": 2, "bob": 3})
    assert sum(total.entries for total in HourTotal.objects.all()) == 5


def test_actors_beyond_the_first_twenty_are_left_out_of_the_list_only():
    for number in range(22):
        make(1, actor=f"actor {number:02}")

    found = totals.totals(Asked())

    assert (found.entries, len(found.per_actor)) == (22, 20)
