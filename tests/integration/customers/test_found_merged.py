"""By which names and numbers a survivor is found, whatever arrives first."""

from dataclasses import replace
from uuid import uuid4

import pytest

from customers import merging, read_model, services
from customers.models import Customer
from customers.person_rules import DuplicateDocument
from entities.models import Survivor
from tests.integration.customers.merged import (
    a_person,
    found_by,
    from_there,
    hits_for,
    merge,
    rows_of,
    state_of,
    unmerge,
)
from tests.integration.entities.rows import an_act, receive

pytestmark = pytest.mark.django_db


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


def test_numbers_that_merges_left_behind_agree():
    loser = a_person(surname="Aardvark", name="Anna", document_number="AA-123456")
    survivor = a_person(surname="Bumblebee", name="Berta", document_number="BB-234567")
    merge(loser, survivor)

    for q in ("bumblebee berta aa123456", "anna aardvark AA-123456", "aa123456"):
        (hit,) = hits_for(q, "fuzzy")
        assert hit.customer.entity_uid == survivor
        assert {why.verdict for why in hit.why} == {"same"}
    (hit,) = hits_for("bumblebee berta aa123465", "fuzzy")
    assert [why.verdict for why in hit.why if why.field == "document_number"] == ["similar"]
    (hit,) = hits_for("bumblebee berta cc999999", "fuzzy")
    assert [why.verdict for why in hit.why if why.field == "document_number"] == ["differs"]


def test_erasing_a_merged_one_takes_its_names_from_the_survivor():
    loser, survivor = a_person(surname="Aardvark"), a_person(surname="Bumblebee")
    merge(loser, survivor)

    receive([from_there(loser, "erased", basis="request")])

    assert found_by("aardvark") == []
    assert "aardvark" not in Customer.objects.get(pk=survivor).search_text
    assert not Survivor.objects.exists()


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
