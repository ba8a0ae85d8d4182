"""Conflicts are settled by an event that has seen both sides, so that no location shows them."""

from uuid import uuid4

import pytest

from audit.models import AuditEntry
from customers.person_rules import DuplicateDocument
from entities import queries
from entities.refusals import Invalid, NotFound
from entities.resolving import NotAllHere, resolve_conflict
from entities.services import create_entity, delete_entity, restore_entity, update_entity
from entities.vocabulary import define_entity_type
from events import log
from events.models import LoggedEvent
from events.recording import Draft, record
from tests.integration.entities.resolved import (
    a_renamed_person,
    assert_settled_everywhere,
    from_there,
    resolve,
    the_conflict,
)
from tests.integration.entities.rows import (
    NOW,
    SECOND,
    a_person,
    an_act,
    conflicts_closed_by,
    details,
    errors_of,
    open_conflicts_of,
    stored,
)

pytestmark = pytest.mark.django_db


def test_keeping_what_does_not_hold_brings_it_back():
    uid, ours, _ = a_renamed_person()

    event_type, data = resolve(uid, "SURNAME", keep=ours.event_id)

    assert (event_type, data) == ("conflict.resolved.v1", {"details": {"SURNAME": "Smyth"}})
    assert queries.current([uid])[uid].details["SURNAME"] == "Smyth"
    assert_settled_everywhere(uid)


def test_keeping_what_holds_is_recorded_and_changes_no_version():
    uid, _, theirs = a_renamed_person()
    before = stored(uid)

    resolve(uid, "SURNAME", keep=theirs.event_id)

    after = stored(uid)
    assert after.detail_versions == before.detail_versions
    assert after.entity_versions == before.entity_versions
    assert_settled_everywhere(uid)


def test_another_value_than_those_of_both_sides_may_be_chosen():
    uid, *_ = a_renamed_person()

    resolve(uid, "SURNAME", value="  Smith   Jones ")

    assert queries.current([uid])[uid].display_name == "Smith Jones"
    assert_settled_everywhere(uid)


def test_null_closes_a_detail():
    uid = a_person(SURNAME="Smith").entity_uid
    update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(EMAIL="a@b.is"))
    from_there(uid, details={"EMAIL": "c@d.is"})

    resolve(uid, "EMAIL", value=None)

    assert "EMAIL" not in queries.current([uid])[uid].details
    assert_settled_everywhere(uid)


def test_other_conflicts_of_the_entity_stay_open():
    uid = a_person(SURNAME="Smith").entity_uid
    both = {"SURNAME": "Smyth", "EMAIL": "a@b.is"}
    [ours] = update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(**both))
    from_there(uid, details={"SURNAME": "Smythe", "EMAIL": "c@d.is"})

    resolve(uid, "SURNAME", keep=ours.event_id)

    assert [row.attribute for row in open_conflicts_of(uid)] == ["EMAIL"]


def test_the_decision_is_audited_and_named_as_what_closed_the_conflict():
    uid, ours, _ = a_renamed_person()

    resolve(uid, "SURNAME", keep=ours.event_id)

    entry = AuditEntry.objects.get(action="conflict.resolved")
    assert (entry.entity_uid, entry.kind, entry.codes) == (uid, "write", ["SURNAME"])
    assert conflicts_closed_by(uid) == {"SURNAME": entry.event_ids[0]}


def test_an_unknown_conflict_and_a_closed_one_are_not_found():
    uid, ours, _ = a_renamed_person()
    conflict_id = the_conflict(uid, "SURNAME").conflict_id
    resolve(uid, "SURNAME", keep=ours.event_id)

    for one in (uuid4(), conflict_id):
        with pytest.raises(NotFound):
            resolve_conflict(an_act(), conflict_id=one, keep=ours.event_id)


def test_only_one_of_the_heads_can_be_kept():
    uid, ours, theirs = a_renamed_person()

    with pytest.raises(Invalid) as refused:
        resolve(uid, "SURNAME", keep=LoggedEvent.objects.get(type="entity.created.v1").event_id)

    [sentence] = errors_of(refused)["keep"]
    assert all(str(head.event_id) in sentence for head in (ours, theirs))


def test_exactly_one_of_keep_and_value_is_given():
    uid, ours, _ = a_renamed_person()

    for decision in ({}, {"keep": ours.event_id, "value": "Smith"}):
        with pytest.raises(Invalid) as refused:
            resolve(uid, "SURNAME", **decision)
        assert list(errors_of(refused)) == ["non_field_errors"]


@pytest.mark.parametrize(
    ("attribute", "ours", "theirs", "wrong"),
    [
        ("SURNAME", "Smyth", "Smythe", 5),
        ("SURNAME", "Smyth", "Smythe", "x" * 2001),
        ("SURNAME", "Smyth", "Smythe", ["Smith"]),
        ("SURNAME", "Smyth", "Smythe", "Smi\0th"),
        ("DOB", "1990-01-02", "1990-02-01", "soon"),
    ],
)
def test_a_value_must_fit_its_type(attribute, ours, theirs, wrong):
    uid = a_person(SURNAME="Smith").entity_uid
    update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(**{attribute: ours}))
    from_there(uid, details={attribute: theirs})

    with pytest.raises(Invalid) as refused:
        resolve(uid, attribute, value=wrong)

    assert list(errors_of(refused)) == ["value"]
    assert the_conflict(uid, attribute)


def test_the_rules_of_a_person_hold_for_the_outcome():
    holder = a_person(SURNAME="Jones", DOCUMENT_NUMBER="AB 123").entity_uid
    uid = a_person(SURNAME="Smith").entity_uid
    update_entity(
        an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(DOCUMENT_NUMBER="CD 1")
    )
    from_there(uid, details={"DOCUMENT_NUMBER": "CD 2"})

    with pytest.raises(DuplicateDocument) as refused:
        resolve(uid, "DOCUMENT_NUMBER", value="ab-123")
    resolve(uid, "DOCUMENT_NUMBER", value="ab-123", overriding=["duplicate_document"])

    assert refused.value.extra == {"entity_uid": str(holder)}
    entry = AuditEntry.objects.get(action="conflict.resolved")
    assert entry.codes == ["DOCUMENT_NUMBER", "duplicate_allowed"]


def test_a_document_number_that_stays_is_not_asked_about():
    uid, ours, _ = a_renamed_person()
    for person in (uid, a_person(SURNAME="Jones").entity_uid):
        update_entity(
            an_act(now_us=NOW + 6 * SECOND),
            entity_uid=person,
            details=details(DOCUMENT_NUMBER="AB 123"),
            overriding=["duplicate_document"],
        )

    resolve(uid, "SURNAME", keep=ours.event_id)

    assert queries.current([uid])[uid].details["SURNAME"] == "Smyth"


def test_a_person_must_stay_known_by_something():
    uid, *_ = a_renamed_person()

    with pytest.raises(Invalid) as refused:
        resolve(uid, "SURNAME", value=None)

    assert list(errors_of(refused)) == ["non_field_errors"]
    assert the_conflict(uid, "SURNAME")


def test_nothing_is_settled_while_an_earlier_event_of_a_side_is_on_its_way():
    uid = a_person(SURNAME="Smith").entity_uid
    [ours] = update_entity(
        an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(SURNAME="Smyth")
    )
    from_there(uid, seq=2, details={"SURNAME": "Smythe"})

    with pytest.raises(NotAllHere):
        resolve(uid, "SURNAME", keep=ours.event_id)
    from_there(uid, seq=1, after=4, details={"NOTES": "tall"})
    resolve(uid, "SURNAME", keep=ours.event_id)

    assert_settled_everywhere(uid)


def test_nothing_is_decided_about_whom_nobody_here_has_seen():
    uid = uuid4()
    from_there(uid, sees=0, details={"SURNAME": "Smyth"})
    theirs = from_there(uid, sees=0, origin="loc3/1", details={"SURNAME": "Smythe"})

    with pytest.raises(NotAllHere):
        resolve(uid, "SURNAME", keep=theirs.event_id)

    assert len(log.events_of([uid])[uid]) == 2


@pytest.mark.parametrize(("stands", "verb"), [(True, "restored"), (False, "deleted")])
def test_an_update_that_raced_a_delete_is_settled_by_life(stands, verb):
    uid = a_person(SURNAME="Smith").entity_uid
    delete_entity(an_act(now_us=NOW + SECOND), entity_uid=uid)
    from_there(uid, details={"SURNAME": "Smythe"})

    assert resolve(uid, "alive", value=stands) == (f"entity.{verb}.v1", {})

    assert (uid in queries.current([uid])) is stands
    assert_settled_everywhere(uid)


def test_the_side_of_an_update_stands_for_life():
    uid = a_person(SURNAME="Smith").entity_uid
    delete_entity(an_act(now_us=NOW + SECOND), entity_uid=uid)
    update = from_there(uid, details={"SURNAME": "Smythe"})

    resolve(uid, "alive", keep=update.event_id)

    assert queries.current([uid])[uid].display_name == "Smythe"


@pytest.mark.parametrize("wrong", [None, 1, "true"])
def test_life_is_true_or_false(wrong):
    uid = a_person(SURNAME="Smith").entity_uid
    delete_entity(an_act(now_us=NOW + SECOND), entity_uid=uid)
    from_there(uid, details={"SURNAME": "Smythe"})

    with pytest.raises(Invalid):
        resolve(uid, "alive", value=wrong)


def a_merge_that_raced_an_update():
    uid, survivor = (a_person(SURNAME=name).entity_uid for name in ("Smith", "Smith-Jones"))
    draft = Draft(uid, "entity.merged.v1", {"into": str(survivor)})
    [merge] = record(an_act(now_us=NOW + SECOND), [draft])
    update = from_there(uid, details={"SURNAME": "Smythe"})
    return uid, survivor, merge, update


def test_a_merge_is_kept_or_taken_back():
    uid, survivor, merge, _ = a_merge_that_raced_an_update()
    said_by_keeping = resolve(uid, "merged_into", keep=merge.event_id)
    assert_settled_everywhere(uid)

    other, _, _, update = a_merge_that_raced_an_update()
    said_by_undoing = resolve(other, "merged_into", keep=update.event_id)
    assert_settled_everywhere(other)

    assert said_by_keeping == ("entity.merged.v1", {"into": str(survivor)})
    assert said_by_undoing == ("entity.unmerged.v1", {})
    assert "merged_into" not in queries.current([other])[other].state


def test_a_merge_goes_into_another_entity_that_is_there():
    uid, survivor, *_ = a_merge_that_raced_an_update()
    gone = a_person(SURNAME="Gone").entity_uid
    delete_entity(an_act(), entity_uid=gone)

    for wrong in (str(uid), str(gone), str(uuid4()), "Smith", 5):
        with pytest.raises(Invalid) as refused:
            resolve(uid, "merged_into", value=wrong)
        assert list(errors_of(refused)) == ["value"]
    assert resolve(uid, "merged_into", value=str(survivor).upper())[1] == {"into": str(survivor)}


def an_institution_renamed_and_retyped():
    uid = create_entity(
        an_act(now_us=NOW), entity_type="INSTITUTION", display_name="Harbour"
    ).entity_uid
    define_entity_type(an_act(now_us=NOW), code="VESSEL", label="Vessel")
    define_entity_type(an_act(now_us=NOW), code="PORT", label="Port")
    update_entity(
        an_act(now_us=NOW + SECOND), entity_uid=uid, entity_type="PORT", display_name="The port"
    )
    theirs = from_there(uid, entity_type="VESSEL", display_name="The ship")
    return uid, theirs


def test_type_and_name_are_settled_apart():
    uid, theirs = an_institution_renamed_and_retyped()

    with pytest.raises(Invalid, match="Unknown entity type"):
        resolve(uid, "entity_type", value="SHIP")
    assert resolve(uid, "entity_type", value="port")[1] == {"entity_type": "PORT"}
    with pytest.raises(Invalid):
        resolve(uid, "display_name", value=None)
    resolve(uid, "display_name", keep=theirs.event_id)

    now = queries.current([uid])[uid]
    assert (now.entity_type, now.display_name) == ("PORT", "The ship")
    assert_settled_everywhere(uid)


def test_a_name_given_to_a_nameless_person_is_settled():
    uid = create_entity(
        an_act(now_us=NOW), entity_type="PERSON", display_name="Man in the harbour"
    ).entity_uid
    update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, display_name="The cook")
    from_there(uid, display_name="The captain")

    resolve(uid, "display_name", value=" The   cook of the ship ")

    assert queries.current([uid])[uid].display_name == "The cook of the ship"
    assert_settled_everywhere(uid)


def test_whether_two_are_distinct_is_settled():
    uid, other = (a_person(SURNAME="Smith").entity_uid for _ in range(2))
    said_here = {"other": str(other), "same": False}
    record(an_act(now_us=NOW + SECOND), [Draft(uid, "entity.distinguished.v1", said_here)])
    from_there(uid, type="entity.distinguished.v1", other=str(other), same=True)

    with pytest.raises(Invalid):
        resolve(uid, f"distinct:{other}", value=False)
    assert resolve(uid, f"distinct:{other}", value=True) == ("entity.distinguished.v1", said_here)

    assert queries.current([uid])[uid].state[f"distinct:{other}"] is True
    assert_settled_everywhere(uid)


def test_a_deleted_entitys_values_can_be_settled_before_it_comes_back():
    uid, ours, _ = a_renamed_person()
    delete_entity(an_act(now_us=NOW + 6 * SECOND), entity_uid=uid)

    resolve(uid, "SURNAME", keep=ours.event_id)
    restore_entity(an_act(), entity_uid=uid)

    assert queries.current([uid])[uid].display_name == "Smyth"
