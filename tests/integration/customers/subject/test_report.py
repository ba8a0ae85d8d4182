"""The subject report: whatever was written about a person is in it, and nobody else's values."""

import json
from uuid import UUID, uuid4

import pytest
from django.test import Client

from audit.models import AuditEntry
from customers import erasing
from customers.queries import find_customer
from events.commands import command_act
from tests.integration.customers.registry import a_customer, agent, entries, provider
from tests.integration.erasure.worlds import execute

pytestmark = pytest.mark.django_db


def report(uid, **query):
    answer = provider("GET", f"items/{uid}/subject-report/", query=query or None)
    assert answer.status_code == 200, answer.content
    return answer.json()


def page(path):
    return Client(headers={"X-Role": "service_provider"}).get(path)


def a_canary():
    return f"canary{uuid4().hex}"


def whole(uid, limit):
    """All pages, as one text; how many there were."""
    found = report(uid, limit=limit)
    told, pages = json.dumps(found), 1
    while found["next"]:
        found = page(found["next"]).json()
        told, pages = told + json.dumps(found), pages + 1
    return told, pages


def written(uid):
    """Values written to it, all but the first replaced since."""
    values = [a_canary() for _ in range(4)]
    for value in values:
        assert agent("PATCH", f"items/{uid}/", {"name": value}).status_code == 200
    email = f"{a_canary()}@example.org"
    for value in (email, None):
        body = {"extra_fields": {"email": value}}
        assert agent("PATCH", f"items/{uid}/", body).status_code == 200
    return [*values, email]


def merged():
    """(survivor, loser, all that was ever written about the two)."""
    first, second = a_canary(), a_canary()
    survivor = a_customer(surname=first, document_number=a_canary())
    loser = a_customer(surname=second, document_number=a_canary())
    numbers = [survivor["document_number"], loser["document_number"]]
    said = [first, second, *numbers, *written(survivor["id"]), *written(loser["id"])]
    why = a_canary()
    body = {"into": survivor["id"], "reason": why}
    answer = agent("POST", f"items/{loser['id']}/merge/", body)
    assert answer.status_code == 200, answer.content
    return survivor["id"], loser["id"], [*said, why]


@pytest.mark.parametrize("limit", [1000, 7, 1])
def test_every_value_ever_written_is_in_the_report(limit):
    survivor, loser, said = merged()

    told, pages = whole(survivor, limit)

    assert [value for value in said if value not in told] == []
    assert (pages > 1) is (limit < 1000)
    assert told.count("entity.merged.v1") == 1
    assert report(loser)["subject"] == survivor


def test_every_value_ever_written_is_on_the_page():
    survivor, _, said = merged()

    told = page(f"/customers/{survivor}/subject-report").content.decode()

    assert [value for value in said if value not in told] == []


def test_what_was_taken_back_and_a_deleted_one_are_told():
    survivor, loser, _ = merged()
    assert agent("POST", f"items/{loser}/unmerge/").status_code == 200
    assert agent("DELETE", f"items/{loser}/").status_code == 204

    told = report(loser)

    assert [record["state"] for record in told["records"]] == ["deleted"]
    assert survivor not in [record["id"] for record in told["records"]]
    assert any(event["type"] == "entity.deleted.v1" for event in told["events"])


def test_why_somebody_is_held_is_not_told():
    made = a_customer(surname=a_canary())
    reason, reference = a_canary(), a_canary()
    body = {"reason": reason, "reference": reference}
    assert provider("POST", f"items/{made['id']}/hold/", body).status_code == 200

    told = report(made["id"])

    assert [hold["entity_uid"] for hold in told["holds"]] == [made["id"]]
    (placed,) = [event for event in told["events"] if event["type"] == "hold.placed.v1"]
    assert placed["held_back"] == ["reason", "reference"]
    on_page = page(f"/customers/{made['id']}/subject-report").content.decode()
    shown = json.dumps(told) + on_page
    assert reason not in shown
    assert reference not in shown


def test_how_long_it_stays_where_it_is_and_who_looked_are_told():
    made = a_customer(surname=a_canary())
    agent("GET", f"items/{made['id']}/")

    told = report(made["id"])

    assert [(one["policy"], one["entity_uid"]) for one in told["retention"]] == [
        ("STANDARD", made["id"])
    ]
    assert told["locations"] == [{"location_id": "loc1", "has_all": True}]
    (looked,) = told["looked"]
    assert {"customer.read", "entity.created"} <= {one["action"] for one in looked["entries"]}


def test_who_may_be_the_same_is_told_by_id_alone():
    number = a_canary()
    one = a_customer(surname="Twin", name="First", document_number=number)
    other = agent(
        "POST",
        "items/?allow_duplicate=1",
        {"surname": "Twin", "name": "Second", "document_number": number},
    ).json()
    body = {"surname": "Twin", "name": "Another"}
    assert agent("PATCH", f"items/{other['id']}/?allow_duplicate=1", body).status_code == 200

    told = json.dumps(report(one["id"]))

    assert "Another" not in told


def test_the_report_is_noted():
    made = a_customer(surname=a_canary())
    report(made["id"])
    assert entries()[-1].action == "customer.subject_report_read"
    assert entries()[-1].entity_uid == UUID(made["id"])

    page(f"/customers/{made['id']}/subject-report")
    assert AuditEntry.objects.filter(action="customer.subject_report_read").count() == 2


def test_an_erased_one_is_gone_and_an_unknown_one_not_found():
    made = a_customer(surname=a_canary())
    uid = UUID(made["id"])
    erasing.erase(command_act("test"), entity_uid=uid, basis="subject_request")
    execute()
    assert find_customer(uid=uid).state == "erased"

    answer = provider("GET", f"items/{uid}/subject-report/")
    assert (answer.status_code, answer.json()["code"]) == (410, "erased")
    assert page(f"/customers/{uid}/subject-report").status_code == 410
    assert provider("GET", f"items/{uuid4()}/subject-report/").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "eA", "%00", "MSAy", "YSBiIGMgZCBlIGY"])
def test_a_cursor_of_somebody_elses_making_is_refused(cursor):
    made = a_customer(surname=a_canary())

    answer = provider("GET", f"items/{made['id']}/subject-report/", query={"cursor": cursor})

    assert answer.status_code == 400


def test_a_cursor_of_another_person_is_refused():
    survivor, _, _ = merged()
    cursor = report(survivor, limit=3)["next"].rpartition("cursor=")[2]

    answer = provider(
        "GET", f"items/{a_customer()['id']}/subject-report/", query={"cursor": cursor}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def test_only_a_provider_sees_the_page():
    made = a_customer(surname=a_canary())
    path = f"/customers/{made['id']}/subject-report"

    assert Client(headers={"X-Role": "service_agent"}).get(path).status_code == 403
    assert f'href="{path}"' in page(f"/customers/{made['id']}").content.decode()
