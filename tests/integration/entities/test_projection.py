"""Events → rows: conflicts, late events, voids, merges, erasure; how many statements it takes."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from entities import projection, queries
from entities.fold import fold
from entities.models import Conflict, DetailVersion, EntityVersion, StateValue
from events import log
from events.clock import instant_of
from events.event import Event
from events.models import EventState, LoggedEvent
from tests.builders import ENTITY, OTHER, a_created, an_event
from tests.integration.entities.rows import (
    check_constraints,
    conflicts_closed_by,
    open_conflicts_of,
    receive,
    spans,
    stored,
)

pytestmark = pytest.mark.django_db

ONE, TWO = "loc1/1", "loc2/1"


def born(**overrides) -> Event:
    return a_created(at="08:00", details={"SURNAME": "Smith", "NAME": "John"}, **overrides)


def surname(event: str, value: str | None, **overrides) -> Event:
    return an_event(name=event, details={"SURNAME": value}, **overrides)


# Conflicts


def test_concurrent_changes_are_a_conflict_until_somebody_has_seen_both():
    first, second = (
        surname("one", "Smythe", at="09:00", seq=2),
        surname("two", "Smit", at="09:01", origin=TWO, sees={ONE: 1}),
    )
    receive([born()])
    receive([first])
    receive([second])

    [conflict] = open_conflicts_of(ENTITY)
    assert conflict.attribute == "SURNAME"
    assert conflict.heads == sorted([first.event_id, second.event_id])
    assert queries.open_conflict_count() == 1
    assert spans(DetailVersion, ENTITY, detail_code="SURNAME", is_current=True)[0][0] == "Smit"

    third = surname("three", "Smyth", at="10:00", seq=3, sees={TWO: 1})
    receive([third])

    assert open_conflicts_of(ENTITY) == []
    assert conflicts_closed_by(ENTITY) == {"SURNAME": third.event_id}


def test_the_first_event_of_a_batch_that_ends_a_conflict_is_named():
    receive([born(), surname("one", "A", at="09:00", seq=2)])
    receive([surname("two", "B", at="09:01", origin=TWO, sees={ONE: 1})])
    ender = surname("three", "C", at="10:00", seq=3, sees={TWO: 1})

    receive([surname("four", "D", at="11:00", seq=4, sees={TWO: 1}), ender])

    assert conflicts_closed_by(ENTITY) == {"SURNAME": ender.event_id}


def test_an_update_that_races_a_delete_is_a_conflict_about_life():
    receive([born(), an_event(type="entity.deleted.v1", at="09:00", seq=2)])
    receive([surname("two", "Smit", at="09:01", origin=TWO, sees={ONE: 1})])

    assert [row.attribute for row in open_conflicts_of(ENTITY)] == ["alive"]
    assert EntityVersion.objects.filter(entity_uid=ENTITY, is_current=True).count() == 0


def test_a_void_closes_the_conflict_of_what_it_takes_back_and_a_late_head_opens_another():
    one = surname("one", "A", at="09:00", seq=2)
    receive([born(), one, surname("two", "B", at="09:01", origin=TWO, sees={ONE: 1})])
    void = an_event(
        type="event.voided.v1", at="10:00", seq=3, name="void", event_id=str(one.event_id)
    )

    receive([void])

    assert open_conflicts_of(ENTITY) == []
    assert conflicts_closed_by(ENTITY) == {"SURNAME": void.event_id}
    assert LoggedEvent.objects.get(event_id=one.event_id).state == EventState.VOIDED


def test_a_conflict_is_open_again_when_what_ended_it_is_taken_back():
    receive([born(), surname("one", "A", at="09:00", seq=2)])
    receive([surname("two", "B", at="09:01", origin=TWO, sees={ONE: 1})])
    was_open = open_conflicts_of(ENTITY)
    ender = surname("three", "C", at="10:00", seq=3, sees={TWO: 1})
    receive([ender])

    receive([an_event(type="event.voided.v1", at="11:00", seq=4, event_id=str(ender.event_id))])

    assert len(was_open) == 1
    assert open_conflicts_of(ENTITY) == was_open


# Late events and ends


def test_a_late_event_is_inserted_where_it_belongs():
    receive([born()])
    receive([surname("last", "Last", at="12:00", origin=TWO, seq=2, sees={ONE: 1})])

    receive([surname("middle", "Middle", at="10:00", origin=TWO, seq=1, sees={ONE: 1})])

    assert [value for value, _, _ in spans(DetailVersion, ENTITY, detail_code="SURNAME")] == [
        "Smith",
        "Middle",
        "Last",
    ]
    head = log.lock_heads([ENTITY])[ENTITY]
    assert (head.revision, head.vv) == (3, {ONE: 1, TWO: 2})


def test_a_row_that_only_ends_keeps_when_it_was_learned_and_what_it_says():
    receive([born()])
    long_ago = instant_of(0)
    rows = DetailVersion.objects.filter(entity_uid=ENTITY, detail_code="SURNAME")
    rows.update(recorded_at=long_ago)
    before = rows.get()

    receive([surname("new", "New", at="09:00", seq=2)])

    ended = DetailVersion.objects.get(id=before.id)
    assert ended.valid_to is not None
    assert (ended.recorded_at, bytes(ended.hashdiff), ended.event_id) == (
        before.recorded_at,
        bytes(before.hashdiff),
        before.event_id,
    )


def test_rows_of_other_attributes_are_not_touched_by_a_late_event():
    receive([born(), an_event(name="e", at="11:00", seq=2, details={"EMAIL": "a@b.is"})])
    kept = {row.id for row in DetailVersion.objects.filter(entity_uid=ENTITY)}

    receive([an_event(name="p", at="10:00", origin=TWO, sees={ONE: 1}, details={"PHONE": "555"})])

    assert kept < {row.id for row in DetailVersion.objects.filter(entity_uid=ENTITY)}


def test_a_voided_birth_leaves_no_versions():
    birth = born()
    receive([birth])

    receive([an_event(type="event.voided.v1", at="09:00", seq=2, event_id=str(birth.event_id))])

    assert not EntityVersion.objects.filter(entity_uid=ENTITY).exists()
    assert not StateValue.objects.filter(entity_uid=ENTITY).exists()
    assert log.lock_heads([ENTITY])[ENTITY].digest is None


def test_a_merge_is_state_of_the_loser():
    receive([born()])

    receive([an_event(type="entity.merged.v1", at="09:00", seq=2, into=str(OTHER))])

    assert queries.current([ENTITY])[ENTITY].state == {"alive": True, "merged_into": str(OTHER)}


def test_an_erasure_leaves_nothing_and_nothing_comes_back():
    receive([born(), surname("one", "A", at="09:00", seq=2)])
    receive([surname("two", "B", at="09:01", origin=TWO, sees={ONE: 1})])
    erased = an_event(type="entity.erased.v1", at="10:00", seq=3, basis="request")

    receive([erased])
    receive([surname("three", "C", at="11:00", seq=4)])

    for model in (EntityVersion, DetailVersion, StateValue, Conflict):
        assert not model.objects.filter(entity_uid=ENTITY).exists()
    head = log.lock_heads([ENTITY])[ENTITY]
    assert (head.erased_event, head.digest, head.revision) == (erased.event_id, None, 5)


def test_a_stale_entity_is_folded_whole_from_the_log():
    receive([born()])
    DetailVersion.objects.filter(entity_uid=ENTITY).delete()
    head = log.lock_heads([ENTITY])[ENTITY]
    head.stale = True
    log.save_heads([head])

    update = an_event(name="e", at="09:00", seq=2, details={"EMAIL": "a@b.is"})
    receive([update])

    assert stored(ENTITY) == fold([born(), update])


# Statements


def people(number: int, **overrides) -> list[Event]:
    return [
        born(entity_uid=UUID(int=1000 + each), name=f"born {each}", **overrides)
        for each in range(number)
    ]


def changes(number: int, *, seq: int = 2, **overrides) -> list[Event]:
    return [
        an_event(
            entity_uid=UUID(int=1000 + each),
            name=f"change {each} {seq}",
            seq=seq,
            details={"SURNAME": f"S{each}", "EMAIL": None},
            **overrides,
        )
        for each in range(number)
    ]


def statements_of(batch: list[Event]) -> int:
    """What projecting a batch takes, heads and log and read models of other apps aside."""
    captured = CaptureQueriesContext(connection)
    with transaction.atomic(), captured:
        receive(batch)
    mine = [
        query["sql"]
        for query in captured.captured_queries
        if "entities_" in query["sql"] and "customers" not in query["sql"]
    ]
    return len([statement for statement in mine if "LATERAL" not in statement])


@pytest.mark.parametrize("number", [1, 40])
def test_statements_do_not_grow_with_the_batch(number):
    """New: three inserts and the look for definitions. Next: four loads, two updates, two
    inserts, the look. Late: the same, deletes and one read of the log aside."""
    assert statements_of(people(number)) == 4
    assert statements_of(changes(number, at="10:00")) == 9
    assert statements_of(changes(number, at="10:30", seq=3, valid_from="09:00")) <= 11


def test_read_models_are_refreshed_once_with_all_entities_touched(monkeypatch):
    refreshed = []
    monkeypatch.setattr(projection, "_read_models", [lambda uids: refreshed.append(set(uids))])

    receive(people(3))

    assert refreshed == [{UUID(int=1000), UUID(int=1001), UUID(int=1002)}]


# The database repeats the promises


def copied(row, **overrides):
    """The same row once more, with something else about it."""
    fields = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in ("id", "is_current")
    }
    return type(row)(**{**fields, **overrides})


@pytest.fixture
def surname_row() -> DetailVersion:
    receive([born()])
    return DetailVersion.objects.get(entity_uid=ENTITY, detail_code="SURNAME")


def test_a_second_current_row_is_refused(surname_row):
    later = replace_year(surname_row, 2027)

    with pytest.raises(IntegrityError, match="unique_current_detail"), transaction.atomic():
        copied(surname_row, valid_from=later).save()


def test_an_empty_interval_is_refused(surname_row):
    with pytest.raises(IntegrityError, match="check_detail_interval"), transaction.atomic():
        copied(surname_row, valid_to=surname_row.valid_from, detail_code="X").save()


def test_two_rows_that_begin_together_are_refused(surname_row):
    with pytest.raises(IntegrityError, match="unique_detail_valid_from"), transaction.atomic():
        copied(surname_row, valid_to=replace_year(surname_row, 2027)).save()


@pytest.mark.parametrize("model", [EntityVersion, DetailVersion])
def test_overlapping_rows_are_refused_at_commit(surname_row, model):
    row = model.objects.filter(entity_uid=ENTITY).order_by("id")[0]

    overlapping = copied(row, valid_from=replace_year(row, 2020), valid_to=replace_year(row, 2027))

    with transaction.atomic():
        overlapping.save()
        with pytest.raises(IntegrityError, match="exclude_overlapping"), transaction.atomic():
            check_constraints()
        overlapping.delete()


def replace_year(row, year: int):
    return row.valid_from.replace(year=year)


def test_a_row_names_the_location_of_its_provenance_event():
    receive([born()])
    receive([surname("two", "Smit", at="09:01", origin=TWO, sees={ONE: 1})])

    rows = DetailVersion.objects.filter(entity_uid=ENTITY).order_by("detail_code", "valid_from")
    assert [(row.detail_code, row.location_id) for row in rows] == [
        ("NAME", "loc1"),
        ("SURNAME", "loc1"),
        ("SURNAME", "loc2"),
    ]
