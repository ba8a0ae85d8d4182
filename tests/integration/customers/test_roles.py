"""The matrix role x endpoint x method, row by row, and what each role sees."""

import json

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from customers.api.matrix import MATRIX
from entities.vocabulary import vocabulary_uid
from events.principal import ROLES
from tests.integration.customers.registry import (
    Caller,
    a_customer,
    a_run,
    agent,
    customer,
    entries,
    nobody,
    provider,
)

pytestmark = pytest.mark.django_db

EMAIL = vocabulary_uid("DETAIL_TYPE", "EMAIL")
PATHS = {
    "items": "items/",
    "item": "items/{id}/",
    "as_of": "items/{id}/?as_of=2100-01-01",
    "search": "items/search/?q=x",
    "check": "items/check/",
    "history": "items/{id}/history/",
    "events": "items/{id}/events/",
    "access_log": "items/{id}/access-log/",
    "restrict": "items/{id}/restrict/",
    "unrestrict": "items/{id}/unrestrict/",
    "subject_report": "items/{id}/subject-report/",
    "restore": "items/{id}/restore/",
    "hold": "items/{id}/hold/",
    "lift": "items/{id}/lift/",
    "erase": "items/{id}/erase/",
    "cancel_erasure": "items/{id}/cancel-erasure/",
    "match": "items/match/",
    "merge": "items/{id}/merge/",
    "unmerge": "items/{id}/unmerge/",
    "fields": "fields/",
    "field": f"fields/{EMAIL}/",
    "field_invalid": f"fields/{EMAIL}/invalid/",
    "retention_policies": "retention/policies/",
    "retention_policy": "retention/policies/STANDARD/",
    "retention_unjudged": "retention/policies/STANDARD/unjudged/",
    "retention_due": "retention/due/",
    "retention_runs": "retention/runs/",
    "retention_run": "retention/runs/{run}/",
    "retention_approve": "retention/runs/{run}/approve/",
    "retention_withdraw": "retention/runs/{run}/withdraw/",
    "duplicates": "duplicates/",
    "distinct": "duplicates/{id}/{id}/distinct/",
}
STAFF_ONLY = {
    ("items", "POST"),
    ("item", "PUT"),
    ("item", "PATCH"),
    ("item", "DELETE"),
    ("as_of", "GET"),
    ("history", "GET"),
    ("events", "GET"),
    ("restore", "POST"),
    ("match", "POST"),
    ("merge", "POST"),
    ("unmerge", "POST"),
    ("fields", "GET"),
    ("fields", "POST"),
    ("field", "GET"),
    ("field_invalid", "GET"),
    ("duplicates", "GET"),
    ("distinct", "POST"),
}
PROVIDERS_ONLY = {
    ("hold", "GET"),
    ("hold", "POST"),
    ("lift", "POST"),
    ("erase", "POST"),
    ("cancel_erasure", "POST"),
    ("access_log", "GET"),
    ("subject_report", "GET"),
    ("restrict", "POST"),
    ("unrestrict", "POST"),
    *(row for row in MATRIX if row[0].startswith("retention_")),
    ("field", "PUT"),
    ("field", "PATCH"),
    ("field", "DELETE"),
}
FORBIDDEN = {"detail": "You do not have permission to perform this action."}


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize(("endpoint", "method"), sorted(MATRIX))
def test_each_row_of_the_matrix(endpoint, method, role):
    made = a_customer(surname="Row", name="One", dob="1990-01-01")
    path = PATHS[endpoint].format(id=made["id"], run=a_run() if "{run}" in PATHS[endpoint] else 0)
    body = {"surname": "Row", "name": "One", "dob": "1990-01-01"}

    answer = Caller(role)(method, path, body if method in ("POST", "PUT", "PATCH") else None)

    if role in may(endpoint, method):
        assert answer.status_code in (200, 201, 204, 400, 409), answer.content
    else:
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


def may(endpoint, method):
    if (endpoint, method) in PROVIDERS_ONLY:
        return {"service_provider"}
    staff = {"service_agent", "service_provider"}
    return staff if (endpoint, method) in STAFF_ONLY else {*staff, "customer", None}


def test_every_endpoint_stands_in_the_matrix():
    assert {endpoint for endpoint, _ in MATRIX} == set(PATHS)


@pytest.mark.parametrize("path", ["items/", "items/{id}/", "items/search/?q=row", "items/x/"])
def test_answers_are_not_kept_for_another_role(path):
    made = a_customer(surname="Row")

    answer = customer("GET", path.format(id=made["id"]))

    assert "X-Role" in answer["Vary"]
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))


def test_forbidden_write_changes_nothing():
    made = a_customer(surname="Still")
    path = f"items/{made['id']}/"

    for method in ("PUT", "PATCH", "DELETE"):
        assert customer(method, path, {"surname": "x"}).status_code == 403

    assert agent("GET", path).json() == made


@pytest.mark.parametrize("role", [" Service_Agent ", "SERVICE_AGENT", "service_agent"])
def test_role_header_is_trimmed_and_ignores_case(role):
    assert Caller(role)("POST", "items/", {"surname": "x"}).status_code == 201


@pytest.mark.parametrize("role", ["king", "service agent", "service_agent,customer", "\u00e4"])
def test_unknown_role_is_400(role):
    answer = Caller(role)("GET", "items/")

    assert answer.status_code == 400
    assert "customer, service_agent, service_provider" in answer.json()["detail"]


CANARIES = {
    "surname": "Kanarienvogel",
    "name": "Canary Bird",
    "dob": "1977-03-09",
    "document_number": "CANARY990177",
    "extra_fields": {"email": "canary@example.org", "notes": "sings"},
}


@pytest.mark.parametrize("caller", [nobody, customer], ids=["nobody", "customer"])
def test_customers_never_see_a_whole_value(caller):
    made = a_customer(**CANARIES)
    paths = (
        "items/",
        f"items/{made['id']}/",
        "items/search/?q=kanarienvogel",
        "items/search/?q=kanarienvogl+1977-03-09&mode=fuzzy",
        "items/search/?document_number=CANARY990177&mode=fuzzy",
    )
    for path in paths:
        answer = caller("GET", path)
        assert answer.status_code == 200
        assert made["id"] in answer.content.decode()
        for value in ("anarien", "anary", "1977-", "03-09", "9901", "sings", "example"):
            assert value not in answer.content.decode(), path


def test_masked_view():
    made = a_customer(**CANARIES)

    masked = customer("GET", f"items/{made['id']}/").json()

    assert masked == {
        **made,
        "surname": "K***",
        "name": "C*** B***",
        "dob": "1977",
        "document_number": "***77",
        "extra_fields": {},
        "display_name": "K***, C*** B***",
    }


def test_full_customer_view_can_be_configured(settings):
    settings.CUSTOMER_VIEW = "full"
    made = a_customer(**CANARIES)

    assert customer("GET", f"items/{made['id']}/").json() == made
    assert customer("DELETE", f"items/{made['id']}/").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "q=ka",
        "q=k",
        "q=canary9901",
        "q=990177&mode=fuzzy",
        "q=CANARY99017&mode=fuzzy",
        "q=1977&mode=fuzzy",
        "q=1977-03-08&mode=fuzzy",
        "dob=1977",
        "dob=1977-03",
        "surname=ka",
        "document_number=CANARY",
        "document_number=CANARY99017&mode=fuzzy",
        "dob=1977-03-0x&mode=fuzzy",
    ],
)
def test_customers_cannot_spell_a_value_out(query):
    a_customer(**CANARIES)

    assert customer("GET", f"items/search/?{query}").json()["results"] == []


def test_stored_answer_comes_again_only_to_who_may_write():
    headers = {"Idempotency-Key": "mine"}
    agent("POST", "items/", CANARIES, headers=headers)

    assert customer("POST", "items/", CANARIES, headers=headers).status_code == 403


def a_session(role):
    user = User.objects.create_user("anna", password="correct horse")
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def test_session_needs_its_csrf_token_to_write():
    client = a_session("service_agent")
    body, path = json.dumps({"surname": "x"}), "/api/customers/items/"

    refused = client.post(path, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")

    client.get("/login/")
    token = next(cookie.value for key, cookie in client.cookies.items() if "csrf" in key)
    made = client.post(path, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert made.status_code == 201
    assert entries()[-1].actor == "anna"
    assert entries()[-1].role == "service_agent"


def test_session_reads_without_a_token():
    assert a_session("customer").get("/api/customers/items/").status_code == 200


def test_provider_may_all_that_an_agent_may():
    for (endpoint, method), access in MATRIX.items():
        assert "service_agent" not in access.roles or "service_provider" in access.roles, (
            endpoint,
            method,
        )
    assert provider("POST", "items/", {"surname": "x"}).status_code == 201
