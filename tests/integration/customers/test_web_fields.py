"""The pages of fields: what they show to whom, what they write, and what forms have of it."""

import re
import time
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entities.vocabulary import vocabulary_uid
from events.models import LoggedEvent
from tests.integration.customers.registry import a_customer, agent, entries, provider
from tests.integration.entities.resolved import from_there

pytestmark = pytest.mark.django_db

UID = vocabulary_uid("DETAIL_TYPE", "LANGUAGE")
PROPOSAL = {
    "label": "Preferred language",
    "key": "language",
    "type": "choice",
    "options": "polski\r\nEnglish\r\n",
    "class": "ordinary",
    "help": "Which they read best",
    "reason": "Asked every day.",
}


def get(path, role="service_provider"):
    return Client(headers={"X-Role": role}).get(path)


def post(path, data, role="service_provider"):
    return Client(headers={"X-Role": role}).post(path, data)


def propose(role="service_agent", **more):
    answer = post("/fields/new", PROPOSAL | more, role)
    assert answer.status_code == 302, re.findall(r'form-error">.*?</p>', answer.content.decode())
    return answer["Location"]


def words(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def errors(answer):
    return re.findall(r'<a href="#field-([a-z_]+)">', answer.content.decode())


def test_an_agent_proposes_and_reads_that_it_waits():
    path = propose()

    page = words(get(path, "service_agent"))

    assert "Proposed · 1 waits for a decision" in page
    assert "Asked every day." in page
    assert "choice: polski, English" in page
    assert "It waits for a service provider" in page
    assert "Reject…" not in page
    assert "Which they read best." in page


def test_the_first_proposal_is_open_for_whoever_decides():
    propose()

    assert 'id="reason"' in get("/fields").content.decode()
    assert "Is there one like it" not in words(get("/fields"))
    assert 'id="field"' not in get("/fields", "service_agent").content.decode()
    assert 'class="count">1<' in get("/fields").content.decode()


def test_a_decision_needs_a_reason():
    path = propose()

    refused = post(f"{path}/authorise", {"reason": " "})
    assert refused.status_code == 400
    assert "Say why" in words(refused)

    assert post(f"{path}/authorise", {"reason": "Useful."})["Location"] == path
    assert agent("GET", f"fields/{UID}/").json()["status"] == "authorised"
    assert "Useful." in words(get(path))


@pytest.mark.parametrize(
    ("decisions", "status", "said"),
    [
        (["reject"], "rejected", "It may be proposed again"),
        (["authorise", "retire"], "retired", "Authorise again"),
        (["authorise", "retire", "authorise"], "authorised", "Change…"),
    ],
)
def test_decisions_are_asked_about_and_made(decisions, status, said):
    path = propose()

    for decision in decisions:
        question = words(get(f"{path}/{decision}"))
        assert "Preferred language ?" in question
        assert post(f"{path}/{decision}", {"reason": "Because."}).status_code == 302

    assert agent("GET", f"fields/{UID}/").json()["status"] == status
    assert said in words(get(path)) + words(get(path, "service_agent"))


def test_a_decision_that_leads_nowhere_is_told():
    path = propose()

    answer = post(f"{path}/retire", {"reason": "Because."})

    assert (answer.status_code, "reject it instead" in words(answer)) == (409, True)


def test_a_stale_decision_is_told():
    path = propose()
    etag = re.search(r'name="etag" value="([0-9a-f]+)"', get(path).content.decode())[1]
    provider("PATCH", f"fields/{UID}/", {"label": "Language"})

    answer = post(f"{path}/authorise", {"reason": "Because.", "etag": etag})

    assert (answer.status_code, "Somebody changed this field" in words(answer)) == (412, True)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"label": ""}, ["label"]),
        ({"key": "Ä"}, ["key"]),
        ({"key": "email"}, ["key"]),
        ({"class": ""}, ["class"]),
        ({"reason": ""}, ["reason"]),
        ({"options": ""}, ["options"]),
        ({"type": "text"}, ["options"]),
        ({"order": "soon"}, ["order"]),
        ({"type": "integer", "options": "", "min": "9", "max": "1"}, ["max"]),
        ({"type": "integer", "options": "", "max_length": "9"}, ["max_length"]),
    ],
)
def test_what_is_wrong_with_a_proposal_stands_beside_it_and_nothing_typed_is_lost(wrong, named):
    answer = post("/fields/new", PROPOSAL | wrong)

    assert answer.status_code in (400, 409)
    assert errors(answer) == named
    assert "Which they read best" in answer.content.decode()
    assert not LoggedEvent.objects.exists()
    assert entries()[-1].outcome == "refused"


def test_a_field_is_authorised_with_changes():
    path = propose()
    form = get(f"{path}/change?authorise=1").content.decode()
    assert 'value="Preferred language"' in form
    assert 'id="field-type"' in form

    changed = PROPOSAL | {"label": "Language", "authorise": "1", "reason": "Shorter."}
    assert post(f"{path}/change", changed).status_code == 302

    field = agent("GET", f"fields/{UID}/").json()
    assert (field["status"], field["label"]) == ("authorised", "Language")
    form = get(f"{path}/change").content.decode()
    assert 'id="field-type"' not in form
    assert post(f"{path}/change", changed | {"help": "", "authorise": ""}).status_code == 302
    assert agent("GET", f"fields/{UID}/").json()["help"] is None


def test_two_locations_that_decided_differently_are_shown_and_settled():
    path = propose()
    provider("PATCH", f"fields/{UID}/", {"status": "rejected"})
    soon = time.time_ns() // 1000 + 1_000_000
    from_there(UID, type="detail_type.authorised.v1", sees=1, at=soon, details={})

    page = get(path)
    assert "Two locations disagree about the decision." in words(page)
    forms = re.findall(
        r'name="conflict" value="([^"]+)"><input type="hidden" name="keep" value="([^"]+)">'
        r'<button class="btn btn-row">Keep “(\w+)”',
        page.content.decode(),
    )
    assert {said for *_, said in forms} == {"authorised", "rejected"}
    assert "A service provider settles it." in words(get(path, "service_agent"))

    conflict, keep, kept = forms[0]
    assert post(f"{path}/settle", {"conflict": conflict, "keep": keep})["Location"] == path

    assert agent("GET", f"fields/{UID}/").json()["status"] == kept
    assert "disagree" not in words(get(path))


@pytest.mark.parametrize("data", [{}, {"conflict": "x", "keep": "y"}])
def test_nonsense_settles_nothing(data):
    assert post(f"{propose()}/settle", data).status_code == 400


def test_values_that_a_new_rule_refuses_are_listed_with_the_way_to_correct_them():
    path = propose("service_provider", type="text", options="")
    held = a_customer(surname="Nagy", extra_fields={"language": "magyarul"})
    a_customer(surname="Kis", extra_fields={"language": "hu"})
    provider("PATCH", f"fields/{UID}/", {"max_length": 3})

    page = get(f"{path}/invalid", "service_agent")

    assert "Nagy" in words(page)
    assert "Kis" not in words(page)
    assert f'/customers/{held["id"]}/edit#field-x-language"' in page.content.decode()
    assert entries()[-1].hit_ids == [UUID(held["id"])]
    assert "2 values looked at" in words(page)
    assert "Each of the" not in words(page)


# The form of customers


def form_of(**field):
    provider("POST", "fields/", {"label": "Language", "key": "language", **field})
    page = get("/customers/new", "service_agent").content.decode()
    return re.search(
        r'<label class="form-label" for="field-x-language">.*?<div id="hint', page, re.S
    )[0]


@pytest.mark.parametrize(
    ("value_type", "sign"),
    [
        ("integer", 'inputmode="numeric"'),
        ("decimal", 'inputmode="decimal"'),
        ("date", 'placeholder="31 Dec 1980"'),
        ("email", 'type="email"'),
        ("phone", 'type="tel"'),
        ("url", 'type="url"'),
        ("boolean", '<option value="true">yes</option>'),
    ],
)
def test_the_form_has_an_input_for_each_type(value_type, sign):
    assert sign in form_of(type=value_type)


def test_a_choice_is_chosen_and_a_value_that_is_offered_no_more_stays():
    assert '<option value="polski">polski</option>' in form_of(
        type="choice", options=["polski", "English"]
    )
    held = a_customer(surname="Nagy", extra_fields={"language": "polski"})
    provider("PATCH", f"fields/{UID}/", {"options": ["English"], "help": "Which they read best"})

    page = get(f"/customers/{held['id']}/edit", "service_agent").content.decode()

    assert '<option value="polski" selected>polski (not offered any more)</option>' in page
    assert '<p class="form-hint">Which they read best.</p>' in page


def test_fields_stand_in_their_order():
    provider("POST", "fields/", {"label": "Last", "key": "aaa", "order": 9})
    provider("POST", "fields/", {"label": "First", "key": "zzz", "order": 1})

    page = get("/customers/new", "service_agent").content.decode()

    names = re.findall(r'id="field-x-([a-z]+)"', page)
    short = [name for name in names if name not in ("notes", "address")]
    assert short[:3] == ["zzz", "aaa", "email"]


def test_a_customer_shows_no_retired_field_and_says_of_a_value_without_one_that_it_waits():
    path = propose("service_provider", type="text", options="")
    held = a_customer(surname="Nagy", extra_fields={"language": "magyarul"})["id"]
    assert "magyarul" in words(get(f"/customers/{held}"))

    post(f"{path}/retire", {"reason": "Because."})
    assert "magyarul" not in words(get(f"/customers/{held}"))
    assert "magyarul" in words(get(f"/customers/{held}/timeline"))

    from_there(UUID(held), details={"SHOE_SIZE": "44"})
    page = words(get(f"/customers/{held}"))
    assert "Shoe size (no field here yet)" in page


def test_the_page_asks_a_bounded_number_of_questions():
    for number in range(8):
        provider("POST", "fields/", {"label": f"F{number}", "key": f"f{number}"})
    path = propose()
    get(path)

    with CaptureQueriesContext(connection) as asked:
        assert get(path).status_code == 200

    assert len(asked) <= 30, "\n".join(one["sql"] for one in asked)
