"""Events → current rows: the same rows whatever came in which order."""

from datetime import date
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers import read_model
from customers.models import Customer
from customers.writing.spelling import word_id
from events import log
from events.clock import instant_of
from events.event import encode
from tests.builders import a_created, an_event, an_instant

pytestmark = pytest.mark.django_db


def receive(*events):
    """Into the log and the versions, one transaction each, as arrivals come."""
    for event in events:
        raw = encode(event)
        with transaction.atomic():
            log.append(
                [log.Entry(event=event, raw=raw, sha256=b"x" * 32)],
                recorded_at=instant_of(event.hlc),
            )
            log.fold_in([event])


def row_of(uid):
    row = Customer.objects.filter(pk=uid).values().first()
    return row and {key: row[key] for key in row if key not in ("entity_uid", "needs_match")}


def a_life(uid):
    """Made at loc1, corrected at loc2 without knowing of the deletion that follows at loc1."""
    first = {"SURNAME": "Ångström", "NAME": "Eva", "DOB": "1980-02-29", "EMAIL": "eva@example.se"}
    return [
        a_created(entity_uid=uid, at="10:00", details=first),
        an_event(
            entity_uid=uid,
            origin="loc2/1",
            at="11:00",
            sees={"loc1/1": 1},
            details={"DOCUMENT_NUMBER": "ab 12", "EMAIL": None},
        ),
        an_event(entity_uid=uid, seq=2, at="10:30", details={"SURNAME": "Berg"}),
    ]


def test_row_says_what_holds():
    uid = uuid4()

    receive(*a_life(uid))

    assert row_of(uid) == {
        "state": "listed",
        "surname": "Berg",
        "name": "Eva",
        "dob": date(1980, 2, 29),
        "document_number": "ab 12",
        "document_key": "AB12",
        "display_name": "Berg, Eva",
        "sort_key": "berg\x1feva",
        "search_text": " berg | eva |  # ab 12 | ab12 ",
        "extra_fields": {},
        "created_hlc": an_instant("10:00"),
        "created_location": "loc1",
        "updated_hlc": an_instant("11:00"),
        "location_id": "loc2",
        "merged_into": None,
        "is_held": False,
        "word_ids": sorted([word_id("berg"), word_id("eva")]),
    }


def test_order_of_arrival_does_not_matter():
    rows = []
    for order in permutations(range(4)):
        uid = uuid4()
        gone = an_event(type="entity.deleted.v1", entity_uid=uid, seq=3, at="12:00")
        life = [*a_life(uid), gone]
        receive(*(life[place] for place in order))
        rows.append(row_of(uid))

    assert all(row == rows[0] for row in rows)
    assert rows[0]["state"] == "deleted"
    assert rows[0]["surname"] == "Berg"


def test_refreshing_again_changes_nothing():
    uid = uuid4()
    receive(*a_life(uid))
    before = row_of(uid)

    read_model.refresh([uid, uuid4()])

    assert row_of(uid) == before


def test_institutions_are_no_customers():
    uid = uuid4()

    receive(a_created(entity_uid=uid, entity_type="INSTITUTION", display_name="City of Reykjavík"))

    assert row_of(uid) is None


def test_who_turns_out_to_be_an_institution_leaves_the_list():
    uid = uuid4()
    receive(*a_life(uid))

    receive(an_event(entity_uid=uid, seq=3, at="13:00", entity_type="INSTITUTION"))

    assert row_of(uid) is None


def test_person_known_by_another_name_only():
    uid = uuid4()

    receive(a_created(entity_uid=uid, display_name="The Cook"))

    assert row_of(uid)["display_name"] == "The Cook"
    assert row_of(uid)["search_text"] == "  |  | the cook #  |  "


@pytest.mark.parametrize("value", ["yesterday", "19800229", 5, True, "1980-02-30"])
def test_whatever_another_location_says_is_shown_or_left_out(value):
    uid = uuid4()

    receive(a_created(entity_uid=uid, details={"SURNAME": value, "DOB": value}))

    assert row_of(uid)["surname"] == str(value)
    assert row_of(uid)["dob"] is None


def test_merged_held_and_erased_people_have_their_state():
    merged, held, erased, survivor = (uuid4() for _ in range(4))
    receive(a_created(entity_uid=survivor, details={"NAME": "b"}))
    receive(a_created(entity_uid=merged, details={"NAME": "a"}))
    receive(
        an_event(type="entity.merged.v1", entity_uid=merged, seq=2, at="11:00", into=str(survivor))
    )
    receive(a_created(entity_uid=held, details={"NAME": "a"}))
    receive(
        an_event(type="hold.placed.v1", entity_uid=held, seq=2, at="11:00", hold_id=str(uuid4()))
    )
    receive(a_created(entity_uid=erased, details={"NAME": "canary"}))
    receive(
        an_event(type="entity.erased.v1", entity_uid=erased, seq=2, at="11:00", basis="request")
    )

    assert (row_of(merged)["state"], row_of(merged)["merged_into"]) == ("merged", survivor)
    assert row_of(held)["is_held"]
    assert row_of(erased)["state"] == "erased"
    assert "canary" not in str(row_of(erased))


def test_a_batch_costs_as_many_statements_as_one():
    uids = [uuid4() for _ in range(20)]
    receive(*(a_created(entity_uid=uid, details={"SURNAME": "x"}) for uid in uids))

    with CaptureQueriesContext(connection) as one:
        read_model.refresh(uids[:1])
    with CaptureQueriesContext(connection) as many:
        read_model.refresh(uids)

    assert len(one) == len(many) == 2
