"""Entities, details and types in the admin: an edit is an event and an audit entry, or nothing."""

from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from entities import queries, services, vocabulary
from entities.governance import propose
from entities.merging import merge_entities
from entities.models import DetailType, DetailVersion, EntityVersion
from events.models import LoggedEvent
from tests.builders import a_created, an_event
from tests.integration.admin import get, logged_in, noted, post, text_of
from tests.integration.entities.rows import a_person, an_act, details, receive

pytestmark = pytest.mark.django_db

LIST = "entities/entityversion/"
DETAILS = "entities/detailversion/"
FIELDS = "entities/detailtype/"
TYPES = "entities/entitytype/"


@pytest.fixture(autouse=True)
def django_writes_no_log():
    yield
    assert not LogEntry.objects.exists()


@pytest.fixture
def person() -> UUID:
    return a_person(SURNAME="Smith", NAME="John", PHONE="+354 555 1234").entity_uid


@pytest.fixture
def school() -> UUID:
    made = services.create_entity(an_act(), entity_type="INSTITUTION", display_name="The School")
    return made.entity_uid


def page(uid, what="change"):
    return f"{LIST}{uid}/{what}/"


def detail(uid, code, what="change"):
    return f"{DETAILS}{uid}_3A{code.replace('_', '_5F')}/{what}/"


def digest_in(answer):
    return answer.context_data["adminform"].form["if_match"].value()


def last_event():
    return LoggedEvent.objects.order_by("-hlc").first()


def now(uid):
    return queries.current([uid])[uid]


def test_a_page_shows_details_and_history_without_local_ids(person):
    row = EntityVersion.objects.get(entity_uid=person)

    shown = text_of(get(page(person)))

    assert "Smith, John" in shown
    assert "+354 555 1234" in shown
    assert f"/admin/{detail(person, 'SURNAME')}" in shown
    assert str(row.event_id) in shown
    assert f"/{row.pk}/" not in shown
    assert f"/admin/{LIST}{row.pk}" not in shown


def test_an_edit_is_one_event_and_one_audit_entry(school):
    opened = get(page(school))
    events = LoggedEvent.objects.count()

    answer = post(
        page(school),
        entity_type="INSTITUTION",
        display_name="The Old School",
        reason="renamed",
        if_match=digest_in(opened),
    )

    assert answer.status_code == 302
    assert now(school).display_name == "The Old School"
    assert LoggedEvent.objects.count() == events + 1
    event, entry = last_event(), noted()[-1]
    assert (event.type, event.actor) == ("entity.updated.v1", "service_provider")
    assert (entry.action, entry.entity_uid, entry.event_ids) == (
        "entity.updated",
        school,
        [event.event_id],
    )
    assert entry.request_id == event.request_id
    versions = EntityVersion.objects.filter(entity_uid=school).order_by("valid_from")
    assert [one.display_name for one in versions] == ["The School", "The Old School"]


@pytest.mark.parametrize("what", ["change", "delete"])
def test_whoever_is_named_on_a_page_was_read(person, what):
    assert "Smith, John" in text_of(get(page(person, what)))

    entry = noted()[-1]
    assert (entry.action, entry.kind, entry.entity_uid) == ("entity.read", "read", person)


def test_a_value_is_edited_as_a_new_version(person):
    opened = get(detail(person, "PHONE"))

    answer = post(detail(person, "PHONE"), value="+41 44 123 4567", if_match=digest_in(opened))

    assert answer.status_code == 302
    assert now(person).details["PHONE"] == "+41 44 123 4567"
    assert DetailVersion.objects.filter(entity_uid=person, detail_code="PHONE").count() == 2
    assert "+41 44 123 4567" in text_of(get(page(person, "history")))


@pytest.mark.parametrize("path", ["entity", "detail", "end", "delete"])
def test_a_stale_form_is_refused_in_words_and_noted(person, path):
    address = {
        "entity": page(person),
        "detail": detail(person, "PHONE"),
        "end": detail(person, "PHONE", "delete"),
        "delete": page(person, "delete"),
    }[path]
    seen = digest_in(get(address))
    services.update_entity(an_act(), entity_uid=person, details=details(SURNAME="Jones"))
    before = LoggedEvent.objects.count()

    answer = post(address, value="+1 555 000", entity_type="INSTITUTION", if_match=seen)

    assert answer.status_code == 200
    assert "was changed by somebody else" in text_of(answer)
    assert LoggedEvent.objects.count() == before
    assert (noted()[-1].kind, noted()[-1].codes) == ("refusal", ["stale"])


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("PHONE", "none", "Must be a phone number"),
        ("PHONE", "", "This field is required"),
        ("SURNAME", "x\x00y", "Null characters are not allowed"),
    ],
)
def test_what_is_refused_stands_beside_its_field(person, code, value, sentence):
    before = LoggedEvent.objects.count()

    answer = post(detail(person, code), value=value)

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert LoggedEvent.objects.count() == before
    assert DetailVersion.objects.filter(entity_uid=person).count() == 3


def test_a_back_dated_value_says_what_stays_as_it_was(person):
    services.update_entity(an_act(), entity_uid=person, details=details(PHONE="+41 44 123 4567"))
    client = logged_in("service_agent")

    asked = {"value": "+1 555 0000", "valid_from": "2026-10-01 10:00"}
    answer = client.post(f"/admin/{detail(person, 'PHONE')}", asked, follow=True)

    assert "today&#x27;s PHONE stays as it was" in text_of(answer)
    assert now(person).details["PHONE"] == "+41 44 123 4567"
    assert "1 Oct 2026, 10:00:00" in text_of(answer)


def test_a_detail_is_added_and_ended(person):
    post(
        f"{DETAILS}add/",
        entity_uid=str(person),
        detail_code="EMAIL",
        value="john@example.org",
    )
    assert now(person).details["EMAIL"] == "john@example.org"

    post(detail(person, "EMAIL", "delete"))

    assert "EMAIL" not in now(person).details
    assert last_event().type == "entity.updated.v1"


def test_a_new_person_comes_with_its_details():
    answer = post(f"{LIST}add/", entity_type="PERSON", SURNAME="Nová", DOB="1987-06-04")

    uid = UUID(answer.headers["Location"].split("/")[-3])
    assert now(uid).details == {"SURNAME": "Nová", "DOB": "1987-06-04"}
    assert noted()[-1].action == "entity.created"


def test_a_refused_creation_leaves_nothing():
    answer = post(f"{LIST}add/", entity_type="PERSON", SURNAME="Nová", DOB="tomorrow")

    assert "Date has wrong format" in text_of(answer)
    assert not EntityVersion.objects.exists()
    assert (noted()[-1].action, noted()[-1].outcome) == ("entity.created", "refused")


def test_delete_and_restore_are_events(person):
    assert post(page(person, "delete"), reason="twice").status_code == 302
    assert person not in queries.current([person])
    assert last_event().type == "entity.deleted.v1"
    assert "Restore" in text_of(get(page(person)))

    assert post(page(person, "restore")).status_code == 302

    assert now(person).display_name == "Smith, John"
    assert [one.action for one in noted() if one.kind == "write"][-2:] == [
        "entity.deleted",
        "entity.restored",
    ]


def test_a_dead_one_is_not_edited(person):
    post(page(person, "delete"))

    assert post(page(person), entity_type="PERSON").status_code == 403
    assert post(page(person, "delete")).status_code == 403


def test_a_merged_one_leads_to_who_stands_for_it(person):
    other = a_person(SURNAME="Other").entity_uid
    merge_entities(an_act(), loser=other, into=person)

    merged, survivor = text_of(get(page(other))), text_of(get(page(person)))

    assert f"/admin/{page(person)}" in merged
    assert "stands for it" in merged
    assert f"/admin/{page(other)}" in survivor
    assert post(page(other), entity_type="PERSON").status_code == 403


def test_restoring_is_no_link(person):
    post(page(person, "delete"))

    assert get(page(person, "restore")).status_code == 403


def test_open_conflicts_show_both_values():
    born = a_created(details={"SURNAME": "Weber"})
    one = an_event(origin="loc1/1", seq=2, at="11:00", details={"SURNAME": "Weber-Frei"})
    other = an_event(
        origin="loc2/1", seq=1, at="11:00", sees={"loc1/1": 1}, details={"SURNAME": "Frei"}
    )
    receive([born, one, other])

    shown = text_of(get(page(born.entity_uid)))

    assert 'id="conflicts"' in shown
    assert "Weber-Frei" in shown.partition('id="conflicts"')[2].partition('id="details"')[0]


def test_who_is_merged_into_nobody_is_shown_in_words():
    loser, survivor = a_person(SURNAME="Smyth"), a_person(SURNAME="Smith")
    merge_entities(an_act(), loser=loser.entity_uid, into=survivor.entity_uid)
    services.delete_entity(an_act(), entity_uid=survivor.entity_uid)

    shown = text_of(get(page(loser.entity_uid)))

    assert "Who stands for it?" in shown


def test_a_long_history_is_turned_over(school, monkeypatch):
    monkeypatch.setattr("entities.admin.reading.HISTORY_PAGE", 2)
    for name in ("B", "C", "D"):
        services.update_entity(an_act(), entity_uid=school, display_name=name)

    newest = get(page(school, "history"))
    older = logged_in("service_agent").get(
        f"/admin/{page(school, 'history')}", {"before": newest.context_data["older"]}
    )

    assert [one["said"] for one in newest.context_data["versions"]] == [
        "D (INSTITUTION)",
        "C (INSTITUTION)",
    ]
    assert [one["said"] for one in older.context_data["versions"]] == [
        "B (INSTITUTION)",
        "The School (INSTITUTION)",
    ]
    assert older.context_data["older"] is None
    assert [one.action for one in noted()][-2:] == ["entity.history_read", "entity.history_read"]


@pytest.mark.parametrize("before", ["x", "1.x y", "99999999999999999999999", "1.\x00"])
def test_a_broken_mark_of_a_page_is_not_found(school, before):
    assert get(page(school, "history"), before=before).status_code == 404


@pytest.mark.parametrize("key", ["nobody", str(uuid4()), "1"])
def test_an_unknown_entity_is_not_found(key):
    assert get(page(key)).status_code == 404


def test_entities_are_found_by_name_id_and_type(person, school):
    assert f"/admin/{page(person)}" in text_of(get(LIST, q="SMI"))
    assert f"/admin/{page(school)}" not in text_of(get(LIST, q="SMI"))
    assert f"/admin/{page(school)}" in text_of(get(LIST, type="INSTITUTION"))
    assert f"/admin/{page(person)}" not in text_of(get(LIST, type="INSTITUTION"))
    assert get(LIST, q=str(person)).headers["Location"] == f"/admin/{page(person)}"
    assert 'class="nothing"' in text_of(get(LIST, q=str(uuid4())))


def test_lists_and_reads_are_noted_once_each_with_hashed_terms(person):
    get(LIST, q="smith")
    get(page(person))

    listed, read = noted()[-2:]
    assert (listed.action, listed.hit_ids, listed.result_count) == ("entity.listed", [person], 1)
    assert listed.query_hash is not None
    assert (read.action, read.entity_uid) == ("entity.read", person)


def test_details_are_found_by_value_and_entity(person):
    assert "+354 555 1234" in text_of(get(DETAILS, q="555 12"))
    assert "Smith" in text_of(get(DETAILS, q=str(person)))
    for text in ("55", "5 1"):  # nothing to look for in the index
        assert 'class="nothing"' in text_of(get(DETAILS, q=text))


@pytest.mark.parametrize("path", [LIST, DETAILS])
@pytest.mark.parametrize(
    "name", ["display_name__contains", "value__contains", "is_current", "hashdiff"]
)
def test_other_filters_are_refused(path, name):
    assert get(path, **{name: "x"}).status_code == 400


def test_a_long_list_has_pages(monkeypatch):
    monkeypatch.setattr("entities.admin.entities.PAGE_SIZE", 1)
    monkeypatch.setattr("entities.admin.lists.PAGE_SIZE", 1)
    people = [a_person(SURNAME=name).entity_uid for name in ("Ader", "Bach", "Cron")]

    shown = [text_of(get(LIST, p=str(number))) for number in (1, 2, 3)]

    assert [f"/admin/{page(uid)}" in text for uid, text in zip(people, shown, strict=True)] == [
        True
    ] * 3
    beyond = get(LIST, p="4")
    assert "There is no page 4: this is page 3." in text_of(beyond)
    assert f"/admin/{page(people[2])}" in text_of(beyond)


@pytest.mark.parametrize("code", ["NOBODY", "x\x00"])
def test_an_unknown_type_filters_nothing(person, code):
    assert get(LIST, type=code).status_code == 302


@pytest.mark.parametrize("path", [LIST, DETAILS, FIELDS, TYPES])
def test_nothing_is_picked_by_local_ids(path):
    assert get(path, _popup="1", _to_field="id").status_code == 404


@pytest.mark.parametrize("instant", ["0001-01-01 00:00", "9999-12-31 23:59", "yesterday"])
def test_an_instant_that_cannot_be_is_refused_beside_its_field(person, instant):
    answer = post(detail(person, "PHONE"), value="+1 555 0000", valid_from=instant)

    assert answer.status_code == 200
    assert answer.context_data["adminform"].form.errors["valid_from"]
    assert noted()[-1].codes == ["invalid"]


def test_a_page_costs_a_bounded_number_of_queries(person):
    client = logged_in("service_provider")
    client.get(f"/admin/{page(person)}")

    with CaptureQueriesContext(connection) as queries_made:
        client.get(f"/admin/{page(person)}")

    assert len(queries_made) <= 18


def test_fields_are_defined_and_named():
    post(f"{FIELDS}add/", code="shoe_size", label="Shoe size", type="integer")
    assert DetailType.objects.get(code="SHOE_SIZE").value_type == "integer"

    post(f"{FIELDS}SHOE_5FSIZE/change/", label="Size of shoe", type="text")

    field = DetailType.objects.get(code="SHOE_SIZE")
    assert (field.label, field.value_type) == ("Size of shoe", "integer")
    assert [one.action for one in noted()] == ["detail_type.authorised", "detail_type.amended"]


def test_a_proposal_shows_its_reason_and_is_decided_about_with_one():
    reason = "Asked at every counter."
    propose(an_act(), code="SIZE", parts={"LABEL": "Size"}, reason=reason)
    assert reason in text_of(get(FIELDS))
    change = f"{FIELDS}SIZE/change/"
    as_it_is = {"label": "Size", "type": "text", "max_length": "3"}

    post(change, **as_it_is, decision="authorised", reason="Useful.")
    field = DetailType.objects.get(code="SIZE")
    assert (field.status, field.rules) == ("authorised", {"MAX_LENGTH": 3})
    assert "rejected" not in [value for value, _ in decisions(get(change))]

    post(change, **as_it_is, decision="retired", reason="Nobody fills it in.")
    assert DetailType.objects.get(code="SIZE").status == "retired"
    assert noted()[-1].action == "detail_type.retired"


def decisions(answer):
    return answer.context_data["adminform"].form.fields["decision"].choices


def test_what_a_field_does_not_know_is_told_beside_it():
    answer = post(f"{FIELDS}add/", code="SIZE", label="Size", type="text", min="5")

    assert answer.context_data["adminform"].form.errors["min"]
    assert not DetailType.objects.filter(code="SIZE").exists()


def test_a_choice_needs_options():
    answer = post(f"{FIELDS}add/", code="SIZE", label="Size", type="choice")
    assert "A choice needs options" in text_of(answer)

    post(f"{FIELDS}add/", code="SIZE", label="Size", type="choice", options="S\r\nM\r\n")
    assert DetailType.objects.get(code="SIZE").options == ["S", "M"]


def test_what_is_built_in_is_not_edited():
    assert post(f"{FIELDS}SURNAME/change/", label="x", type="text").status_code == 403
    assert post(f"{TYPES}PERSON/change/", label="x").status_code == 403


def test_entity_types_are_defined_and_named():
    post(f"{TYPES}add/", code="SCHOOL", label="School")
    assert vocabulary.entity_types()["SCHOOL"] == "School"

    post(f"{TYPES}SCHOOL/change/", label="Schule")

    assert vocabulary.entity_types()["SCHOOL"] == "Schule"
    listed = text_of(get(TYPES))
    assert "Schule" in listed
    assert "PERSON" in listed
    assert last_event().type == "entity_type.defined.v1"


def test_a_definition_is_no_entity_to_edit():
    post(f"{TYPES}add/", code="SCHOOL", label="School")
    uid = vocabulary.vocabulary_uid(vocabulary.ENTITY_TYPE, "SCHOOL")

    assert "change it as a type" in text_of(get(page(uid)))
    assert post(page(uid), display_name="x", entity_type="PERSON").status_code == 403
    assert str(uid) not in text_of(get(DETAILS))


def test_no_value_is_noted_anywhere(person):
    client = logged_in("service_provider")
    client.get(f"/admin/{LIST}", {"q": "Smith"})
    client.get(f"/admin/{page(person)}")
    client.post(f"/admin/{detail(person, 'SURNAME')}", {"value": "Kanarienvogel"})

    kept = str(list(AuditEntry.objects.values())).lower()
    assert "smith" not in kept
    assert "kanarien" not in kept
