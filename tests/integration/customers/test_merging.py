"""Merge, un-merge and "different persons", through the services of the registry."""

from dataclasses import replace
from uuid import uuid4

import pytest

from audit.models import AuditEntry
from customers import merging, queries, services
from customers.queries import CustomerMerged, CustomerNotFound
from entities import services as entities
from entities.listing import list_entities
from entities.merging import (
    AlreadyMerged,
    Erased,
    NotMerged,
    OtherType,
    Same,
    distinguish_entities,
    merge_entities,
)
from entities.queries import entity_now
from entities.refusals import Deleted, Invalid, Merged, Stale
from entities.survivors import are_distinct
from events.errors import Refused
from events.models import LoggedEvent
from events.paging import Window
from tests.integration.customers.merged import (
    a_person,
    from_there,
    listed,
    merge,
    rows_of,
    state_of,
    unmerge,
)
from tests.integration.entities.rows import an_act, receive

pytestmark = pytest.mark.django_db


def test_survivor_stands_for_the_loser():
    loser, survivor = a_person(surname="Smyth"), a_person(surname="Smith")

    merge(loser, survivor)

    assert state_of(loser) == ("merged", survivor)
    assert state_of(survivor) == ("listed", None)
    with pytest.raises(CustomerMerged) as refused:
        queries.get_customer(uid=loser)
    assert refused.value.extra == {"merged_into": str(survivor)}


def test_taken_values_extra_fields_too_are_the_survivors():
    loser = a_person(surname="Smyth", name="Jon", dob="1980-01-02", email="j@example.org")
    survivor = a_person(surname="Smith", name="John", phone="+1 555")

    merge(loser, survivor, "dob", "email", "name")

    row = queries.get_customer(uid=survivor)
    assert (row.surname, row.name, str(row.dob)) == ("Smith", "Jon", "1980-01-02")
    assert row.extra_fields == {"email": "j@example.org", "phone": "+1 555"}
    assert row.display_name == "Smith, Jon"


def test_preview_writes_nothing_and_says_what_the_merge_does():
    loser = a_person(surname="Smyth", name="Jon", dob="1980-01-02", email="j@example.org")
    survivor = a_person(surname="Smith", name="John", email="john@example.org", phone="+1 555")
    before = LoggedEvent.objects.count(), AuditEntry.objects.count(), rows_of(loser, survivor)
    take = ("surname", "dob", "email", "phone")

    preview = merging.preview_merge(survivor=survivor, loser=loser, take=take)

    assert before == (
        LoggedEvent.objects.count(),
        AuditEntry.objects.count(),
        rows_of(loser, survivor),
    )
    assert preview.taken == ("surname", "dob", "email", "phone")
    merge(loser, survivor, *take)
    row = queries.get_customer(uid=survivor)
    result = {field.key: field.result for field in preview.fields}
    assert result == {
        "surname": row.surname,
        "name": row.name,
        "dob": str(row.dob),
        "document_number": None,
        "email": row.extra_fields["email"],
        "phone": row.extra_fields.get("phone"),
    }


def test_unmerge_restores_both_sides_exactly():
    loser = a_person(surname="Smyth", name="Jon", dob="1980-01-02", email="j@example.org")
    survivor = a_person(surname="Smith", name="John", document_number="A 1")
    before = rows_of(loser, survivor)

    merge(loser, survivor, "surname", "dob", "document_number", "email")
    assert rows_of(loser, survivor) != before
    unmerge(loser)

    assert rows_of(loser, survivor) == before


def test_unmerge_leaves_what_somebody_changed_since():
    loser = a_person(surname="Smyth", dob="1980-01-02")
    survivor = a_person(surname="Smith", name="John", dob="1980-02-01")
    merge(loser, survivor, "surname", "dob")
    services.change_customer(an_act(), entity_uid=survivor, values={"dob": "1981-01-01"})

    unmerge(loser)

    row = queries.get_customer(uid=survivor)
    assert (row.surname, str(row.dob)) == ("Smith", "1981-01-01")


def test_a_later_value_that_says_the_same_stays():
    loser = a_person(surname="Smyth")
    survivor = a_person(surname="Smith", name="John")
    merge(loser, survivor, "surname")
    services.change_customer(an_act(), entity_uid=survivor, values={"surname": "Smithe"})
    services.change_customer(an_act(), entity_uid=survivor, values={"surname": "Smyth"})

    unmerge(loser)

    assert queries.get_customer(uid=survivor).surname == "Smyth"


def test_unmerge_of_an_unmerged_one_and_again_merged():
    loser, survivor = a_person(surname="Smyth"), a_person(surname="Smith")
    before = rows_of(loser, survivor)

    for _ in range(2):
        merge(loser, survivor, "surname")
        assert queries.get_customer(uid=survivor).surname == "Smyth"
        unmerge(loser)
        assert rows_of(loser, survivor) == before
    with pytest.raises(NotMerged):
        unmerge(loser)


def test_unmerge_takes_back_a_value_that_arrives_later():
    """The merge came before the values that it brought along, and was taken back meanwhile."""
    loser, survivor = a_person(surname="Smyth"), a_person(surname="Smith")
    before = rows_of(survivor)
    chosen = uuid4()
    receive([from_there(loser, "merged", into=str(survivor), chosen=str(chosen))])

    unmerge(loser)
    update = from_there(survivor, "updated", details={"SURNAME": "Smyth"})
    receive([replace(update, event_id=chosen)])

    assert state_of(loser) == ("listed", None)
    assert rows_of(survivor) == before


def test_two_merged_into_each_other_leave_one_who_can_be_written_to():
    one, other = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(one, other)

    receive([from_there(other, "merged", into=str(one), after=60)])

    assert (state_of(one), state_of(other)) == (("merged", other), ("listed", None))
    assert entity_now(other).entity_uid == other
    with pytest.raises(Merged) as refused:
        entity_now(one)
    assert refused.value.extra == {"merged_into": str(other)}
    listed_now = list_entities(window=Window(size=10)).rows
    assert [row.entity_uid for row in listed_now] == [other]
    services.change_customer(an_act(), entity_uid=other, values={"surname": "Chinchilla"})
    unmerge(one)
    assert listed(one, other) == {one, other}
    with pytest.raises(NotMerged):
        unmerge(other)


def test_a_ring_of_three_without_one_of_them_stands_behind_the_same():
    a, b, c = sorted(a_person(surname=surname) for surname in ("Aa", "Bb", "Cc"))
    merge(a, b)
    merge(b, c)
    receive([from_there(c, "merged", into=str(a), after=60)])
    assert listed(a, b, c) == {c}

    unmerge(a)

    assert (listed(a, b, c), state_of(b)) == ({a, c}, ("merged", c))


def test_nobody_is_merged_into_one_who_has_not_arrived():
    loser, survivor = a_person(surname="Aardvark"), uuid4()

    receive([from_there(loser, "merged", into=str(survivor))])
    assert state_of(loser) == ("listed", None)

    receive([from_there(survivor, "created", entity_type="PERSON", details={"NAME": "B"})])
    assert state_of(loser) == ("merged", survivor)


def test_refusals():
    loser, survivor, deleted = a_person(), a_person(), a_person()
    merged, erased = a_person(), a_person()
    services.delete_customer(an_act(), entity_uid=deleted)
    merge(merged, survivor)
    receive([from_there(erased, "erased", basis="request")])

    for error, pair in (
        (Same, (loser, loser)),
        (Deleted, (deleted, survivor)),
        (Deleted, (loser, deleted)),
        (Erased, (loser, erased)),
        (Erased, (erased, loser)),
        (AlreadyMerged, (merged, loser)),
        (AlreadyMerged, (loser, merged)),
        (CustomerNotFound, (loser, uuid4())),
    ):
        for ask in (
            lambda a, b: merge(a, b),
            lambda a, b: merging.preview_merge(survivor=b, loser=a),
            lambda a, b: merging.distinguish_customers(an_act(), a=a, b=b),
        ):
            with pytest.raises(error) as refused:
                ask(*pair)
            assert refused.value.status == (404 if error is CustomerNotFound else 409)
    with pytest.raises(Invalid):
        merge(loser, survivor, "shoe_size")
    institution = entities.create_entity(
        an_act(), entity_type="INSTITUTION", display_name="Bank"
    ).entity_uid
    with pytest.raises(OtherType):
        merge_entities(an_act(), loser=loser, into=institution)
    for uid in (merged, deleted):
        with pytest.raises(Refused):
            services.change_customer(an_act(), entity_uid=uid, values={"name": "x"})


def test_stale_readers_of_either_side_are_refused():
    loser, survivor = a_person(), a_person()
    digest = {uid: queries.get_customer(uid=uid).digest.hex() for uid in (loser, survivor)}
    services.change_customer(an_act(), entity_uid=survivor, values={"name": "New"})

    with pytest.raises(Stale):
        merge(loser, survivor, if_match=digest[loser], into_if_match=digest[survivor])
    with pytest.raises(Stale):
        merge(loser, survivor, if_match=digest[survivor])
    merge(loser, survivor, if_match=digest[loser])


def test_different_persons_are_remembered_about_the_smaller_id():
    least, greatest = sorted((a_person(), a_person()))

    merging.distinguish_customers(an_act(), a=greatest, b=least, reason="Twins.")
    merging.distinguish_customers(an_act(), a=least, b=greatest)

    [event] = LoggedEvent.objects.filter(type="entity.distinguished.v1")
    assert event.entity_uid == least
    assert are_distinct(greatest, least)
    [said] = merging.other_side(entity_uid=greatest)
    assert (said["type"], said["other"], said["reason"]) == (
        "entity.distinguished.v1",
        least,
        "Twins.",
    )
    also = merging.preview_merge(survivor=least, loser=greatest).also
    assert also == ("Somebody said that these two are different persons.",)
    distinguish_entities(an_act(), a=least, b=greatest, is_same=True)
    assert not are_distinct(least, greatest)


def test_a_preview_names_some_who_come_along_and_counts_the_rest(monkeypatch):
    monkeypatch.setattr(merging, "MOST_NAMED", 2)
    loser, survivor = a_person(), a_person()
    for number in range(4):
        merge(a_person(surname=f"Known{number}"), loser)

    [said] = merging.preview_merge(survivor=survivor, loser=loser).also

    assert said.endswith(" and 2 more.")
    assert said.count("Known") == 2


def test_survivors_page_tells_of_merges_and_the_history_of_all():
    loser, survivor = a_person(surname="Smyth"), a_person(surname="Smith")
    merge(loser, survivor, reason="Entered twice.")

    [said] = merging.other_side(entity_uid=survivor)
    [row] = merging.merge_history(limit=5)

    assert (said["type"], said["other_name"], said["reason"]) == (
        "entity.merged.v1",
        "Smyth",
        "Entered twice.",
    )
    assert (row.loser_name, row.survivor_name, row.is_undone) == ("Smyth", "Smith", False)
    assert merging.merged_pair(entity_uid=loser)[1].entity_uid == survivor
    unmerge(loser)
    assert merging.other_side(entity_uid=survivor) == []
    assert [row.is_undone for row in merging.merge_history(limit=5)] == [True]


def test_every_act_is_audited_once_with_both():
    loser, survivor = a_person(), a_person(surname="Smith")
    start = AuditEntry.objects.count()

    merge(loser, survivor, "surname")
    unmerge(loser)
    merging.distinguish_customers(an_act(), a=loser, b=survivor)

    entries = AuditEntry.objects.order_by("seq")[start:]
    assert [entry.action for entry in entries] == [
        "entity.merged",
        "entity.unmerged",
        "entity.distinguished",
    ]
    assert all(set(entry.hit_ids) == {loser, survivor} for entry in entries)
    assert [len(entry.event_ids) for entry in entries] == [2, 2, 1]
    assert entries[0].codes == ["SURNAME"]


def test_an_unmerge_in_a_ring_is_audited_with_both_whose_merges_it_takes_back():
    one, other, third = a_person(), a_person(), a_person()
    merge(one, other)
    receive([from_there(other, "merged", into=str(third), after=20)])
    receive([from_there(third, "merged", into=str(one), after=40)])

    unmerge(one)

    entry = AuditEntry.objects.filter(action="entity.unmerged").get()
    assert (entry.entity_uid, set(entry.hit_ids)) == (one, {one, other, third})
