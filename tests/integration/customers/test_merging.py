"""Merge, un-merge and "different persons", through the services of the registry."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from audit.models import AuditEntry
from customers import merging, queries, read_model, services
from customers.models import Customer
from customers.person_rules import DuplicateDocument
from customers.queries import CustomerMerged, CustomerNotFound
from customers.search.search import Mode, Question, search_for
from entities import services as entities
from entities.inbox import conflicts_page
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
from entities.models import Conflict, DetailVersion, EntityVersion, StateValue, Survivor
from entities.queries import entity_now, open_conflict_count
from entities.refusals import Deleted, Invalid, Merged, Stale
from entities.resolving import resolve_conflict
from entities.settling import NotSettledHere
from entities.survivors import are_distinct
from events.clock import instant_of
from events.errors import Refused
from events.event import Event
from events.models import EntityHead, LoggedEvent
from events.paging import Window
from tests.builders import an_event
from tests.integration.entities.rows import an_act, receive

pytestmark = pytest.mark.django_db


def a_person(**values) -> UUID:
    values = values or {"surname": f"Person {uuid4().hex}"}
    extra = {key: values.pop(key) for key in list(values) if key in ("email", "phone")}
    made = services.create_customer(
        an_act(), values=values, extra_fields=extra, allow_duplicate=True
    )
    return made.entity_uid


def from_there(uid: UUID, verb: str, *, after: int = 5, **data) -> Event:
    """What another location says of somebody whom it knew as created, `after` seconds from now."""
    born = LoggedEvent.objects.filter(entity_uid=uid).order_by("hlc").first()
    return an_event(
        type=f"entity.{verb}.v1",
        entity_uid=uid,
        origin="loc2/1",
        at=an_act().now_us + after * 1_000_000,
        sees={born.origin: 1} if born else {},
        name=str(uuid4()),
        seq=LoggedEvent.objects.filter(entity_uid=uid, location_id="loc2").count() + 1,
        **data,
    )


def merge(loser: UUID, into: UUID, *take: str, **more) -> None:
    merging.merge_customers(an_act(), survivor=into, loser=loser, take=take, **more)


def unmerge(uid: UUID) -> None:
    merging.unmerge_customer(an_act(), entity_uid=uid)


def state_of(uid: UUID) -> tuple[str, UUID | None]:
    row = Customer.objects.get(pk=uid)
    return row.state, row.merged_into


def listed(*uids: UUID) -> set[UUID]:
    found = Customer.objects.filter(pk__in=uids, state="listed")
    return set(found.values_list("pk", flat=True))


def found_by(q: str, mode: Mode = "exact", **fields: str) -> list[UUID]:
    today = instant_of(an_act().now_us).date()
    hits = search_for(Question(q, **fields), mode=mode, limit=10, today=today)
    return [hit.customer.entity_uid for hit in hits]


def rows_of(*uids: UUID) -> list:
    """All that is derived for these, but for local ids and when it was learned."""
    tables = [
        EntityVersion.objects.filter(entity_uid__in=uids).order_by("entity_uid", "valid_from"),
        DetailVersion.objects.filter(entity_uid__in=uids).order_by(
            "entity_uid", "detail_code", "valid_from"
        ),
        StateValue.objects.filter(entity_uid__in=uids).order_by("entity_uid", "attribute"),
        Customer.objects.filter(pk__in=uids).order_by("pk"),
    ]
    local = ("id", "recorded_at", "needs_match")
    rows = [
        {name: value for name, value in row.items() if name not in local}
        for table in tables
        for row in table.values()
    ]
    digests = EntityHead.objects.filter(pk__in=uids).order_by("pk").values_list("digest", flat=True)
    return [*rows, *map(bytes, digests)]


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


def test_survivors_of_a_chain_are_found_by_all_names_and_numbers():
    first = a_person(surname="Aardvark", document_number="AA-1")
    second, third = a_person(surname="Bumblebee"), a_person(surname="Chinchilla")
    merge(first, second)

    merge(second, third)

    assert state_of(first) == state_of(second) == ("merged", third)
    assert [row.entity_uid for row in merging.merges_into(entity_uid=third)] == sorted(
        (first, second)
    )
    for q in ("aardvark", "bumblebee", "chinchilla", "aa1"):
        assert found_by(q) == [third]
    for q in ("aardvrak", "bumblebe", "chinchila"):
        assert found_by(q, "fuzzy") == [third]
    unmerge(second)
    assert state_of(first) == ("merged", second)
    assert (found_by("aardvark"), found_by("chinchilla")) == ([second], [third])


def test_a_late_rename_of_a_merged_one_is_found():
    loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(loser, survivor)

    receive([from_there(loser, "updated", details={"SURNAME": "Chinchilla"})])

    assert (found_by("chinchilla"), found_by("aardvark")) == ([survivor], [])


def test_what_the_merge_replaced_still_finds_the_survivor():
    loser = a_person(surname="Aardvark", name="Anna", document_number="AA-11")
    survivor = a_person(surname="Bumblebee", name="Anna", document_number="BB-22")

    merge(loser, survivor, "surname", "document_number")

    for q in ("bumblebee anna", "bb22", "aardvark", "aa11"):
        assert found_by(q) == [survivor]
    assert found_by("bumblebe anna", "fuzzy") == [survivor]
    merged = rows_of(loser, survivor)
    read_model.refresh([loser, survivor])
    assert rows_of(loser, survivor) == merged
    unmerge(loser)
    assert (found_by("bumblebee"), found_by("aardvark")) == ([survivor], [loser])
    assert "aardvark" not in Customer.objects.get(pk=survivor).search_text


def test_only_what_the_merge_replaced_stays_a_way_to_the_survivor():
    loser = a_person(surname="Aardvark", name="Anna", document_number="AA-11")
    survivor = a_person(surname="Bumblebee", name="Anna", document_number="BB-22")
    merge(loser, survivor, "document_number")

    services.change_customer(an_act(), entity_uid=survivor, values={"surname": "Chinchilla"})

    assert (found_by("bumblebee"), found_by("bb22")) == ([], [survivor])


def test_values_that_one_merge_after_the_other_replaced_find_who_stands():
    first, second, third = (a_person(surname=each) for each in ("Aardvark", "Bumblebee", "Cicada"))
    merge(first, second, "surname")
    merge(second, third, "surname")

    for q in ("bumblebee", "cicada"):
        assert found_by(q) == [third]
    unmerge(second)
    assert (found_by("bumblebee"), found_by("cicada")) == ([second], [third])


def test_a_replaced_value_finds_the_survivor_whatever_arrives_first():
    rows = []
    for is_merge_first in (True, False):
        loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
        chosen = uuid4()
        merged = from_there(loser, "merged", into=str(survivor), chosen=str(chosen))
        update = from_there(survivor, "updated", details={"SURNAME": "Aardvark"})
        events = [merged, replace(update, event_id=chosen)]
        for event in events if is_merge_first else reversed(events):
            receive([event])
        rows.append(Customer.objects.get(pk=survivor).search_text)

    taken = " aardvark |  |  #  |  "
    replaced = " bumblebee |  |  #  |  "
    assert rows == [f"{taken}#{taken}#{replaced}"] * 2


def test_an_erased_survivor_leaves_no_value_that_a_merge_replaced():
    loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(loser, survivor, "surname")
    assert found_by("bumblebee") == [survivor]

    receive([from_there(survivor, "erased", basis="request")])

    rows = Customer.objects.filter(pk__in=(loser, survivor)).values()
    assert "bumblebee" not in str(list(rows)).lower()


def test_exact_search_by_field_finds_by_names_and_numbers_that_merges_left_behind():
    loser = a_person(surname="Aardvark", name="Anna", document_number="AA-11")
    survivor = a_person(surname="Bumblebee", name="Berta", document_number="BB-22")
    merge(loser, survivor, "document_number")

    for asked in (
        {"surname": "aardvark"},
        {"surname": "aardvark", "name": "anna"},
        {"surname": "bumblebee", "document_number": "aa11"},
        {"document_number": "b22"},
    ):
        assert found_by("", **asked) == [survivor]
    for asked in ({"surname": "anna"}, {"surname": "aardvark", "name": "berta"}):
        assert found_by("", **asked) == []


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


def test_erasing_a_merged_one_takes_its_names_from_the_survivor():
    loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(loser, survivor)

    receive([from_there(loser, "erased", basis="request")])

    assert found_by("aardvark") == []
    assert "aardvark" not in Customer.objects.get(pk=survivor).search_text
    assert not Survivor.objects.exists()


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


def test_number_of_a_merged_one_is_its_survivors():
    loser = a_person(surname="Smyth", document_number="AB 12")
    survivor = a_person(surname="Smith")
    merge(loser, survivor)

    values = {"surname": "Other", "document_number": "ab-12"}
    with pytest.raises(DuplicateDocument) as refused:
        services.create_customer(an_act(), values=values)
    assert refused.value.customer.entity_uid == survivor
    services.change_customer(an_act(), entity_uid=survivor, values={"document_number": "AB12"})


def test_a_number_that_somebody_else_holds_is_not_taken_over():
    loser = a_person(surname="Smyth", document_number="AB 12")
    survivor, third = a_person(surname="Smith"), a_person(surname="Third", document_number="ab12")

    with pytest.raises(DuplicateDocument) as refused:
        merge(loser, survivor, "document_number")

    assert refused.value.customer.entity_uid == third
    assert state_of(loser) == ("listed", None)
    merge(loser, survivor, "document_number", allow_duplicate=True)


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
