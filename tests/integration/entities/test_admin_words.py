"""What the admin's pages tell people: whose a value is, what went wrong, and the way on."""

import logging
import re
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from entities import services
from events.models import LoggedEvent
from tests.integration.admin import get, logged_in, noted, post, text_of
from tests.integration.entities.rows import a_person, an_act, details

pytestmark = pytest.mark.django_db

LIST = "entities/entityversion/"
DETAILS = "entities/detailversion/"
TYPES = "entities/entitytype/"
ADD = f"{DETAILS}add/"
NAME = "Nakamura, Yui"
NOBODY = "01900000-0000-7000-8000-000000000001"


@pytest.fixture
def person() -> UUID:
    return a_person(SURNAME="Nakamura", NAME="Yui", EMAIL="yui@example.org").entity_uid


def email_of(uid, what="change"):
    return f"{DETAILS}{uid}_3AEMAIL/{what}/"


def title_of(answer):
    return re.findall(r"<h1>([^<]*)</h1>", text_of(answer))


def entity_link(uid):
    return f'<a href="/admin/{LIST}{uid}/change/">{NAME}</a>'


def digest_in(answer):
    return answer.context_data["adminform"].form["if_match"].value()


@pytest.mark.parametrize("what", ["change", "delete"])
def test_a_detail_says_whose_it_is(person, what):
    shown = get(email_of(person, what))

    assert title_of(shown) == [f"EMAIL of {NAME}"]


def test_the_way_back_from_a_detail_names_its_entity(person):
    assert entity_link(person) in text_of(get(email_of(person)))


def test_adding_a_detail_says_to_whom_and_is_noted(person):
    shown = get(ADD, entity_uid=str(person))

    assert title_of(shown) == [f"Add detail of {NAME}"]
    assert entity_link(person) in text_of(shown)
    _, entry = noted()  # the person was created
    assert (entry.action, entry.entity_uid) == ("entity.read", person)


def test_a_refused_addition_says_to_whom_and_is_noted_with_them(person):
    shown = post(ADD, entity_uid=str(person), detail_code="PHONE", value="none")

    assert title_of(shown) == [f"Add detail of {NAME}"]
    _, entry = noted()  # the person was created
    assert (entry.kind, entry.entity_uid) == ("refusal", person)


@pytest.mark.parametrize("uid", ["", "nobody", "x\x00", NOBODY])
def test_adding_to_nobody_names_nobody(uid):
    assert title_of(get(ADD, entity_uid=uid)) == ["Add detail"]
    assert noted() == []


def test_the_list_of_details_names_their_entities_with_one_statement(person):
    def named_by():
        with CaptureQueriesContext(connection) as asked:
            shown = text_of(client.get(f"/admin/{DETAILS}"))
        return shown, [one for one in asked if 'FROM "entities_entity" WHERE' in one["sql"]], asked

    client = logged_in("service_agent")
    client.get(f"/admin/{DETAILS}")
    shown, _, before = named_by()
    for surname in ("Ader", "Bach", "Cron"):
        a_person(SURNAME=surname)
    more, naming, asked = named_by()

    assert shown.count(entity_link(person)) == 3
    assert more.count(f"/admin/{LIST}") > shown.count(f"/admin/{LIST}")
    assert len([one for one in naming if '"display_name"' in one["sql"]]) == 1
    assert len(asked) == len(before)


def test_no_name_is_kept_or_in_an_address(person, caplog):
    caplog.set_level(logging.DEBUG)
    client = logged_in("service_provider")
    pages = [
        client.get(f"/admin/{path}")
        for path in (DETAILS, f"{ADD}?entity_uid={person}", email_of(person))
    ]
    stale = client.post(f"/admin/{email_of(person)}", {"value": "a@b.org", "if_match": "00"})

    addresses = re.findall(r'(?:href|action)="([^"]*)"', "".join(map(text_of, [*pages, stale])))
    logged = [record.getMessage() + str(vars(record)) for record in caplog.records]
    said = [one for one in logged if "django.db" not in one]
    for kept in (addresses, list(AuditEntry.objects.values()), said):
        assert "nakamura" not in str(kept).lower()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("path", ["entity", "detail", "end", "delete", "add"])
def test_a_stale_form_says_who_was_changed_and_leads_on(person, path):
    address = {
        "entity": f"{LIST}{person}/change/",
        "detail": email_of(person),
        "end": email_of(person, "delete"),
        "delete": f"{LIST}{person}/delete/",
        "add": f"{ADD}?entity_uid={person}",
    }[path]
    seen = digest_in(logged_in("service_provider").get(f"/admin/{address}"))
    services.update_entity(an_act(), entity_uid=person, details=details(PHONE="+354 555 1234"))
    before = LoggedEvent.objects.count()

    asked = {"entity_type": "PERSON", "if_match": seen, "value": "a@example.org"}
    answer = post(address, **asked, entity_uid=str(person), detail_code="EMAIL")

    assert answer.status_code == 200
    assert (
        f"<li>{NAME} was changed by somebody else since you opened this page."
        f' <a href="/admin/{address}">Open the page again</a>; nothing was saved.</li>'
    ) in text_of(answer)
    assert 'name="_save"' not in text_of(answer)
    assert str(person) not in "".join(re.findall(r"<li>(.*?)<a", text_of(answer)))
    assert LoggedEvent.objects.count() == before
    assert (noted()[-1].codes, noted()[-1].entity_uid) == (["stale"], person)


def test_a_name_in_a_refusal_is_text():
    made = services.create_entity(an_act(), entity_type="INSTITUTION", display_name="<b>&{0}%s")

    answer = post(
        f"{LIST}{made.entity_uid}/change/",
        entity_type="INSTITUTION",
        display_name="x",
        if_match="00",
    )

    assert "<li>&lt;b&gt;&amp;{0}%s was changed" in text_of(answer)


def test_an_empty_person_is_refused_in_a_plain_sentence():
    answer = text_of(post(f"{LIST}add/", entity_type="PERSON"))

    assert "<li>Give at least a surname" in answer
    assert "non_field_errors" not in answer


def test_a_wrong_instant_is_told_how_to_write_it(person):
    answer = post(email_of(person), value="a@example.org", valid_from="yesterday")

    assert "Enter a date and a time like 2024-01-15 10:30 (UTC)." in text_of(answer)


def test_entities_are_not_filtered_by_the_types_of_definitions(person):
    offered = text_of(get(LIST)).partition('id="changelist-filter"')[2]

    assert "?type=PERSON" in offered
    for code in ("DETAIL_TYPE", "ENTITY_TYPE", "LOCATION"):
        assert code not in offered


@pytest.mark.parametrize("path", [LIST, TYPES])
@pytest.mark.parametrize("number", ["0", "-1", "2", "200", "999999999"])
def test_beyond_the_last_page_is_the_last_with_a_word(person, path, number):
    answer = get(path, p=number)

    assert answer.status_code == 200
    assert f"There is no page {number}: this is page 1." in text_of(answer)
    assert answer.context_data["cl"].result_list


def test_no_word_is_said_on_a_page_that_is_there(person):
    assert "There is no page" not in text_of(get(LIST, p="1"))
