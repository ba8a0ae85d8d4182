"""Who on the list is like somebody new? A question of staff that writes nothing."""

import pytest

from events.models import LoggedEvent
from tests.integration.bad_bodies import is_refused
from tests.integration.customers.registry import a_customer, agent, entries

pytestmark = pytest.mark.django_db

SEAN = {
    "surname": "Ó Brádaigh",
    "name": "Seán",
    "dob": "1955-11-30",
    "document_number": "IE-445566",
}


@pytest.fixture(autouse=True)
def people():
    a_customer(**SEAN)
    for number in range(12):
        a_customer(surname="Lindqvist", name="Åsa", dob=f"1984-02-{number + 1:02}")


def matched(limit=None, **body):
    path = "items/match/" + (f"?limit={limit}" if limit else "")
    answer = agent("POST", path, body)
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"results"}
    return answer.json()["results"]


def verdicts(hit):
    return {why["field"]: why["verdict"] for why in hit["why"]}


@pytest.mark.parametrize(
    "asked",
    [
        {"document_number": "ie 445 566"},
        {"document_number": "IE-445567", "surname": "O Bradaigh"},
        {"surname": "O'Bradaigh", "dob": "1955-11-30"},
        {"surname": "O Bradaigh", "name": "Sean"},
        {"name": "Sean O Bradaigh", "dob": "30.11.1955"},
    ],
    ids=["document", "document one edit", "name and dob", "name only", "all in one"],
)
def test_each_kind_of_evidence_finds_the_person_and_is_a_reason(asked):
    hit = matched(**asked)[0]

    assert hit["surname"] == "Ó Brádaigh"
    assert set(verdicts(hit)) & set(asked)
    assert 0 < hit["score"] <= 1


def test_a_reason_shows_both_values():
    (hit,) = matched(surname="Bradaigh", name="Sean", document_number="IE-445566", limit=1)

    (document,) = [why for why in hit["why"] if why["field"] == "document_number"]
    assert document == {
        "field": "document_number",
        "verdict": "same",
        "query": "IE-445566",
        "value": "IE-445566",
    }


@pytest.mark.parametrize("dob", ["1955-11-3x", "30/11/1955", "19551130", "never", "1955-30-11"])
def test_a_birth_date_that_is_no_date_is_evidence_and_no_error(dob):
    hit = matched(surname="O Bradaigh", name="Sean", dob=dob)[0]

    assert hit["surname"] == "Ó Brádaigh"


def test_it_is_scored_as_in_search():
    asked = {"surname": "O Bradaigh", "name": "Sean", "dob": "1955-11-30"}

    searched = agent("GET", "items/search/", query={**asked, "mode": "fuzzy"}).json()["results"]

    assert matched(**asked) == searched[:10]


def test_nonsense_matches_nobody():
    assert matched(surname="Qwxyz", name="Zzkk") == []


def test_ten_are_enough_unless_more_are_asked_for():
    asked = {"surname": "Lindqvist", "name": "Asa"}

    assert len(matched(**asked)) == 10
    assert len(matched(**asked, limit=12)) == 12
    assert len(matched(**asked, limit=1)) == 1


def test_a_whole_customer_may_be_sent_back():
    made = matched(**SEAN)[0]
    body = {key: value for key, value in made.items() if key not in ("score", "why", "also_named")}

    assert matched(**{**body, "extra_fields": {"email": "x@example.org"}})[0]["id"] == made["id"]


def test_nothing_is_written_but_the_audit_entry():
    known, logged = len(entries()), LoggedEvent.objects.count()

    hits = matched(**SEAN)

    (entry,) = entries()[known:]
    assert LoggedEvent.objects.count() == logged
    assert (entry.action, entry.kind, entry.result_count) == (
        "customer.matched",
        "search",
        len(hits),
    )
    assert {str(uid) for uid in entry.hit_ids} == {hit["id"] for hit in hits}
    assert entry.query_hash


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ({}, {"non_field_errors"}),
        ({"surname": None, "dob": " "}, {"non_field_errors"}),
        ({"extra_fields": {"email": "x@example.org"}}, {"non_field_errors"}),
        ({"surname": 5, "dob": 1955}, {"surname", "dob"}),
        ({"surname": "x" * 201, "document_number": "x" * 65}, {"surname", "document_number"}),
        ({"dob": "1" * 501}, {"dob"}),
        ({"q": "x", "surname": "x"}, {"q"}),
    ],
)
def test_what_is_no_evidence_is_400(body, keys):
    answer = agent("POST", "items/match/", body)

    assert is_refused(answer)
    assert (answer.status_code, set(answer.json())) == (400, keys)
