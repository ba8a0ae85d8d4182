"""Somebody merged into one who is no more: shown in the inbox and settled there."""

from uuid import UUID, uuid4

import pytest

from audit.models import AuditEntry
from customers import queries
from entities import services as entities
from entities.inbox import conflicts_page
from entities.models import Conflict
from entities.queries import open_conflict_count
from entities.refusals import Invalid
from entities.resolving import resolve_conflict
from entities.settling import NotSettledHere
from events.models import LoggedEvent
from events.paging import Window
from tests.integration.customers.merged import a_person, from_there, listed, merge, state_of
from tests.integration.entities.rows import an_act, receive

pytestmark = pytest.mark.django_db


def stranded_item(loser: UUID) -> dict:
    [item] = conflicts_page(window=Window(size=10), entity_uid=loser).rows
    return item


@pytest.fixture
def lost():
    """A loser whose survivor was deleted elsewhere at the same time."""
    loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(loser, survivor)
    receive([from_there(survivor, "deleted")])
    return loser, survivor


def test_merged_into_a_deleted_one_is_shown_in_the_inbox(lost):
    loser, survivor = lost

    item = stranded_item(loser)

    assert item["attribute"] == "survivor"
    assert [head["value"] for head in item["heads"]] == [str(survivor), None]
    assert item["holds"] == item["heads"][1]["event_id"]
    assert open_conflict_count() == 1


def test_settled_by_standing_for_itself(lost):
    loser, survivor = lost

    resolve_conflict(an_act(), conflict_id=stranded_item(loser)["conflict_id"], value=str(loser))

    assert listed(loser, survivor) == {loser}
    assert open_conflict_count() == 0


def test_settled_by_keeping_the_merge(lost):
    loser, survivor = lost
    item = stranded_item(loser)

    keep = item["heads"][0]["event_id"]
    resolve_conflict(an_act(), conflict_id=item["conflict_id"], keep=keep)

    assert (listed(loser, survivor), state_of(loser)) == ({survivor}, ("merged", survivor))
    assert open_conflict_count() == 0
    entry = AuditEntry.objects.get(action="conflict.resolved")
    assert (entry.entity_uid, entry.hit_ids) == (loser, [survivor])


def test_settled_by_keeping_the_deletion(lost):
    loser, survivor = lost
    item = stranded_item(loser)

    keep = item["heads"][1]["event_id"]
    resolve_conflict(an_act(), conflict_id=item["conflict_id"], keep=keep)

    assert (listed(loser, survivor), state_of(loser)[0]) == (set(), "deleted")
    assert open_conflict_count() == 0


def test_settled_by_another_who_stands(lost):
    loser, _ = lost
    other = a_person(surname="Chinchilla")

    resolve_conflict(an_act(), conflict_id=stranded_item(loser)["conflict_id"], value=str(other))

    assert state_of(loser) == ("merged", other)
    assert open_conflict_count() == 0
    with pytest.raises(Invalid):
        resolve_conflict(an_act(), conflict_id=stranded_again(loser, other), value=str(uuid4()))


def an_institution() -> UUID:
    return entities.create_entity(
        an_act(), entity_type="INSTITUTION", display_name="Clinic"
    ).entity_uid


def test_nobody_is_settled_upon_who_could_not_be_found_there(lost):
    loser, survivor = lost
    before, after = a_person(surname="Behind"), a_person(surname="Chinchilla")
    receive([from_there(before, "merged", into=str(loser), after=20)])
    gone = a_person(surname="Dragonfly")
    merge(gone, after)
    item = stranded_item(loser)["conflict_id"]

    for value in (an_institution(), before, gone, survivor):
        with pytest.raises(Invalid):
            resolve_conflict(an_act(), conflict_id=item, value=str(value))

    assert stranded_item(loser)["conflict_id"] == item


def test_a_contested_merge_is_not_settled_upon_another_type():
    loser, one, other = a_person(), a_person(), a_person()
    there = from_there(loser, "merged", into=str(other))
    merge(loser, one)
    receive([there])
    [conflict] = Conflict.objects.filter(entity_uid=loser, attribute="merged_into")

    with pytest.raises(Invalid):
        resolve_conflict(an_act(), conflict_id=conflict.conflict_id, value=str(an_institution()))


def stranded_again(loser: UUID, survivor: UUID) -> UUID:
    receive([from_there(survivor, "deleted")])
    return stranded_item(loser)["conflict_id"]


def test_merged_into_an_erased_one_cannot_be_kept():
    loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(loser, survivor)
    receive([from_there(survivor, "erased", basis="request")])

    item = stranded_item(loser)

    keep = LoggedEvent.objects.get(entity_uid=loser, type="entity.merged.v1").event_id
    with pytest.raises(NotSettledHere):
        resolve_conflict(an_act(), conflict_id=item["conflict_id"], keep=keep)
    resolve_conflict(an_act(), conflict_id=item["conflict_id"], value=str(loser))
    assert listed(loser) == {loser}


def test_settling_a_contested_merge_gives_back_what_the_other_took():
    loser = a_person(surname="Aardvark")
    one, other = a_person(surname="Bumblebee"), a_person(surname="Chinchilla")
    chosen = from_there(other, "updated", details={"SURNAME": "Aardvark"})
    there = from_there(loser, "merged", into=str(other), chosen=str(chosen.event_id), after=60)
    merge(loser, one)
    receive([chosen, there])
    assert (state_of(loser), queries.get_customer(uid=other).surname) == (
        ("merged", other),
        "Aardvark",
    )

    [conflict] = Conflict.objects.filter(entity_uid=loser, attribute="merged_into")
    resolve_conflict(an_act(), conflict_id=conflict.conflict_id, value=str(one))

    assert (state_of(loser), queries.get_customer(uid=other).surname) == (
        ("merged", one),
        "Chinchilla",
    )
