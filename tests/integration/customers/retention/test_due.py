"""Who is due to leave: by which policy, when, in which order, and who cannot be judged."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import services
from customers.retention import policies
from customers.retention.due import DueKey, count_per_day, list_due, list_unjudged
from customers.retention.policy import DAY_US
from entities.models import DetailType
from entities.refusals import Invalid, NotFound
from entities.vocabulary import RETENTION_POLICY, vocabulary_uid
from events.clock import us_of
from tests.builders import an_event
from tests.integration.customers.merged import merge
from tests.integration.customers.retention.ages import (
    NOW,
    a_person,
    a_policy,
    act_at,
    ago_us,
    change,
    due_names,
    due_people,
)
from tests.integration.entities.rows import receive

pytestmark = pytest.mark.django_db


def test_who_was_not_changed_for_so_long_is_due_the_first_first():
    older, younger = a_person("Older", days_ago=120), a_person("Younger", days_ago=101)
    a_person("Fresh", days_ago=99)
    a_policy(DAYS=100)

    rows = due_people()

    assert [row.entity_uid for row in rows] == [older, younger]
    assert [row.due_us for row in rows] == [ago_us(20), ago_us(1)]
    assert {row.policy.code for row in rows if row.policy} == {"STANDARD"}


def test_a_change_begins_the_time_anew_but_not_that_of_a_policy_for_the_creation():
    uid = a_person("Changed", days_ago=300)
    change(uid, days_ago=50)
    a_policy(DAYS=100)

    assert due_names() == []
    assert due_names(in_days=51) == ["Changed, since 50"]

    a_policy("OLD", BASIS="created", DAYS=200)

    assert [row.due_us for row in due_people()] == [ago_us(100)]


def test_of_several_policies_the_earliest_day_counts():
    a_person("Anybody", days_ago=100)
    a_policy("LATE", DAYS=90)
    a_policy("EARLY", BASIS="created", DAYS=30)

    (row,) = due_people()

    assert row.policy is not None
    assert row.policy.code == "EARLY"
    assert due_names(of_policy="LATE") == []
    assert due_names(of_policy="EARLY") == ["Anybody"]


def test_deleted_ones_are_due_as_well_and_merged_ones_only_with_their_survivor():
    deleted = a_person("Deleted", days_ago=200)
    services.delete_customer(act_at(days_ago=150), entity_uid=deleted)
    loser, survivor = a_person("Loser", days_ago=200), a_person("Survivor", days_ago=200)
    merge(loser, survivor)
    a_policy(BASIS="created", DAYS=100)

    assert {row.entity_uid for row in due_people()} == {deleted, survivor}


def test_a_date_field_says_when_and_its_last_value_counts():
    policies.define_policy(
        act_at(),
        parts={"CODE": "CONTRACT", "BASIS": "date", "FIELD": "DOB", "DAYS": 30}
        | {"DELAY_DAYS": 0, "APPROVAL": True},
    )
    act = act_at(days_ago=200)
    ended = services.create_customer(act, values={"surname": "Ended", "dob": "2025-01-01"})
    services.create_customer(act, values={"surname": "Never", "dob": None})
    later = services.create_customer(act, values={"surname": "Later", "dob": "2024-01-01"})
    services.change_customer(
        act_at(days_ago=10), entity_uid=later.entity_uid, values={"dob": "2026-05-20"}
    )

    (row,) = due_people(of_policy="CONTRACT")

    assert row.entity_uid == ended.entity_uid
    assert row.due_us == us_of(NOW.replace(year=2025, month=1, day=1, hour=0) + timedelta(days=30))
    policy = policies.get_policy("contract")
    assert [name for _, name in list_unjudged(policy, limit=10)] == ["Never"]


def test_a_date_that_was_taken_away_makes_nobody_due():
    a_policy("CONTRACT", BASIS="date", FIELD="DOB", DAYS=30)
    act = act_at(days_ago=200)
    cleared, left = (
        services.create_customer(act, values={"surname": surname, "dob": "1961-01-01"}).entity_uid
        for surname in ("Cleared", "Left")
    )
    services.change_customer(act_at(days_ago=10), entity_uid=cleared, values={"dob": None})
    services.delete_customer(act_at(days_ago=10), entity_uid=left)

    assert [row.entity_uid for row in due_people(of_policy="CONTRACT")] == [left]
    unjudged = list_unjudged(policies.get_policy("CONTRACT"), limit=10)
    assert [uid for uid, _ in unjudged] == [cleared]


@pytest.mark.parametrize("said", ["2026-02-31", "0000-00-00", "soon", "1", ""])
def test_what_peers_call_a_date_never_fails_the_list(said):
    policies.define_policy(
        act_at(),
        parts={"CODE": "CONTRACT", "BASIS": "date", "FIELD": "DOB", "DAYS": 30}
        | {"DELAY_DAYS": 0, "APPROVAL": True},
    )
    details = {"SURNAME": "Odd", "DOB": said}
    born = {"type": "entity.created.v1", "entity_type": "PERSON", "details": details}
    receive([an_event(at=ago_us(300), **born)])

    names = due_names(of_policy="CONTRACT")
    unjudged = list_unjudged(policies.get_policy("CONTRACT"), limit=10)

    assert (names == ["Odd"]) is (said == "2026-02-31")
    assert bool(unjudged) is (said != "2026-02-31")


def test_a_policy_of_a_class_concerns_whoever_ever_had_a_value_of_it():
    had = a_person("Had", days_ago=200, email="a@example.org")
    services.change_customer(
        act_at(days_ago=150), entity_uid=had, values={}, extra_fields={"email": None}
    )
    a_person("Never", days_ago=200)
    DetailType.objects.filter(code="EMAIL").update(data_class="special_category")
    a_policy("STANDARD", DAYS=36_000)
    a_policy("CONTACTS", DAYS=100, CLASS="special_category")

    assert due_names() == ["Had"]


def test_counts_of_days_are_those_of_the_list():
    for days_ago in (130, 100, 99.5, 98, 40):
        a_person(f"P{days_ago}", days_ago=days_ago)
    a_policy(DAYS=100)

    counts = count_per_day(policies.active_policies(), now_us=us_of(NOW), days=90, here=["loc1"])

    assert [(one.day, one.free, one.held, one.here) for one in counts] == [
        (0, 2, 0, 2),
        (1, 1, 0, 1),
        (2, 1, 0, 1),
        (60, 1, 0, 1),
    ]


@settings(max_examples=15)
@given(ages=st.lists(st.integers(90, 110), max_size=12), limit=st.integers(1, 5))
def test_pages_are_the_whole_list_once(ages, limit):
    policies.define_policy(
        act_at(),
        parts={"CODE": "STANDARD", "BASIS": "changed", "DAYS": 100}
        | {"DELAY_DAYS": 7, "APPROVAL": True},
    )
    for number, days_ago in enumerate(ages):
        a_person(f"P{number}", days_ago=days_ago)
    whole = due_people()

    pages, after = [], DueKey(0, whole[0].entity_uid) if whole else DueKey(0, act_at().request_id)
    while page := list_due(
        policies.active_policies(), until_us=us_of(NOW), limit=limit, after=after
    ):
        pages += page
        after = page[-1].key

    assert pages == whole
    assert all(row.due_us <= us_of(NOW) for row in whole)


def test_without_a_definition_the_setting_holds_and_a_definition_ends_that(settings):
    settings.RETENTION_DAYS = 10
    assert [one.code for one in policies.active_policies()] == ["STANDARD"]
    assert policies.policies()[0].is_built_in

    a_policy(DAYS=50)

    assert [(one.days, one.is_built_in) for one in policies.active_policies()] == [(50, False)]


def test_a_retired_policy_makes_nobody_due_also_the_built_in_one(settings):
    settings.RETENTION_DAYS = 10
    a_person("Anybody", days_ago=100)
    assert due_names() == ["Anybody"]

    policies.retire_policy(act_at(), code="standard")

    assert due_names() == []
    assert [one.is_active for one in policies.policies()] == [False]
    with pytest.raises(NotFound):
        policies.retire_policy(act_at(), code="NONE")


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"DAYS": 0}, "days"),
        ({"DAYS": "many"}, "days"),
        ({"DAYS": True}, "days"),
        ({"BASIS": "never"}, "basis"),
        ({"BASIS": "date"}, "field"),
        ({"FIELD": "DOB"}, "field"),
        ({"CLASS": "nothing"}, "class"),
        ({"DELAY_DAYS": -1}, "delay_days"),
        ({"APPROVAL": "yes"}, "approval"),
        ({"CODE": "1"}, "code"),
        ({"LABEL": "x" * 201}, "label"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(parts, key):
    with pytest.raises(Invalid) as refused:
        a_policy(**parts)

    assert list(refused.value.errors) == [key]


def test_a_policy_counts_from_no_field_without_dates():
    with pytest.raises(policies.NoDateField):
        a_policy(BASIS="date", FIELD="SURNAME")


def test_a_definition_of_a_peer_under_a_wrong_id_is_no_policy():
    parts = {"CODE": "SWIFT", "LABEL": "x", "BASIS": "changed", "DAYS": 1}
    parts |= {"DELAY_DAYS": 0, "APPROVAL": False}
    event = {"type": "retention_policy.defined.v1", "at": ago_us(1), "details": parts}
    receive([an_event(entity_uid=vocabulary_uid(RETENTION_POLICY, "OTHER"), **event)])
    codes = [one.code for one in policies.policies()]
    uid = vocabulary_uid(RETENTION_POLICY, "SWIFT")
    receive([an_event(entity_uid=uid, name="right", **event)])

    assert "SWIFT" not in codes
    assert policies.get_policy("SWIFT").span_us == DAY_US
