"""The matrix role x endpoint x method, and role x field, row by row."""

import json
from uuid import uuid4

import pytest

from entities.api.matrix import MATRIX
from entities.masking import DETAIL_MASKS
from events.principal import ROLES
from tests.integration.entities.api.face import (
    Caller,
    a_person,
    agent,
    an_entity,
    an_institution,
    customer,
    details,
    nobody,
    path_of,
    values_of,
)

pytestmark = pytest.mark.django_db

PATHS = {
    "entities": "entities",
    "entity": "entities/{uid}",
    "as_of": "entities/{uid}?as_of=2200-01-01",
    "restore": "entities/{uid}/restore",
    "history": "entities/{uid}/history",
    "entities_as_of": "entities-asof?as_of=2200-01-01",
    "diff": "diff?from=2020-01-01&to=2020-01-02",
    "entity_types": "entity-types",
    "detail_types": "detail-types",
    "conflicts": "conflicts",
    "resolve": "conflicts/{uid}/resolve",
    "sync": "sync",
    "dead_letters": "dead-letters",
    "transactions": "transactions",
    "transactions_totals": "transactions/totals",
    "transactions_export": "transactions/export",
    "transaction": "transactions/{uid}?page=0",
    "ping": "ping",
}
PROVIDER, STAFF = {"service_provider"}, {"service_provider", "service_agent"}
ALL = {*STAFF, "customer", None}
# Who may, written down once more: a row that changes in the matrix has to change here, too.
MAY = {
    ("entities", "GET"): ALL,
    ("entities", "POST"): STAFF,
    ("entity", "GET"): ALL,
    ("entity", "PATCH"): STAFF,
    ("entity", "DELETE"): STAFF,
    ("restore", "POST"): STAFF,
    ("as_of", "GET"): STAFF,
    ("entities_as_of", "GET"): STAFF,
    ("history", "GET"): STAFF,
    ("diff", "GET"): STAFF,
    ("entity_types", "GET"): ALL,
    ("entity_types", "POST"): PROVIDER,
    ("detail_types", "GET"): ALL,
    ("detail_types", "POST"): PROVIDER,
    ("conflicts", "GET"): STAFF,
    ("resolve", "POST"): STAFF,
    ("sync", "GET"): STAFF,
    ("dead_letters", "GET"): PROVIDER,
    ("transactions", "GET"): PROVIDER,
    ("transactions_totals", "GET"): PROVIDER,
    ("transactions_export", "GET"): PROVIDER,
    ("transaction", "GET"): PROVIDER,
    ("ping", "GET"): ALL,
}
FORBIDDEN = {"detail": "You do not have permission to perform this action."}


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize(("endpoint", "method"), sorted(MATRIX))
def test_each_row_of_the_matrix(endpoint, method, role):
    made = an_institution("Row")
    path = PATHS[endpoint].format(uid=made["entity_uid"])

    answer = Caller(role)(method, path, {} if method in ("POST", "PATCH") else None)

    if role in MAY[endpoint, method]:
        assert answer.status_code in (200, 204, 400), answer.content
    elif role is None:
        assert answer.status_code == 401
        assert answer.json()["code"] == "not_authenticated"
        assert answer["WWW-Authenticate"] == "Token"
    else:
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


def test_every_row_of_the_matrix_is_tested():
    assert set(MAY) == set(MATRIX)
    assert {endpoint for endpoint, _ in MATRIX} == set(PATHS)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.parametrize(
    ("endpoint", "method"),
    [
        (endpoint, method)
        for endpoint in sorted(set(PATHS) - {"as_of"})
        for method in METHODS
        if (endpoint, method) not in MATRIX
    ],
)
def test_other_methods_are_405(endpoint, method):
    for caller in (agent, nobody):
        answer = caller(method, PATHS[endpoint].format(uid=uuid4()), {})
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer["Allow"]


def test_a_role_that_may_not_changes_nothing():
    made = a_person(SURNAME="Still")

    for caller in (customer, nobody):
        caller("PATCH", path_of(made), {"details": details(SURNAME="x")})
        caller("DELETE", path_of(made))
        caller("POST", "entities", {"entity_type": "PERSON", "details": details(SURNAME="x")})

    assert agent("GET", path_of(made)).json() == made
    assert agent("GET", "entities").json()["count"] == 1


@pytest.mark.parametrize("role", ["king", "service agent", "service_agent,customer"])
def test_unknown_role_is_400(role):
    assert Caller(role)("GET", "entities").json()["code"] == "unknown_role"


def test_answers_are_not_kept_for_another_role():
    answer = customer("GET", path_of(a_person(SURNAME="Nagy")))

    assert "X-Role" in answer["Vary"]
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))


# Role x field

CANARIES = {
    "SURNAME": "Kanarienvogel",
    "NAME": "Canary Bird",
    "DOB": "1977-03-09",
    "DOCUMENT_NUMBER": "CANARY990177",
    "EMAIL": "canary@example.org",
    "PHONE": "+36 70 555 0199",
    "ADDRESS": "Canary Wharf 7",
    "WEBSITE": "https://canary.example.org",
    "NOTES": "sings",
}
MASKED = {
    "SURNAME": "K***",
    "NAME": "C*** B***",
    "DOB": "1977",
    "DOCUMENT_NUMBER": "***77",
}
GIVEAWAYS = ("anarien", "anary", "1977-", "03-09", "9901", "0199", "sings", "example", "Wharf")


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("code", sorted(CANARIES))
def test_each_field_of_each_role(code, role):
    made = a_person(**CANARIES)
    is_staff = role in STAFF

    shown = Caller(role)("GET", path_of(made)).json()

    expected = CANARIES[code] if is_staff else MASKED.get(code)
    assert values_of(shown).get(code) == expected
    assert shown["display_name"] == (
        "Kanarienvogel, Canary Bird" if is_staff else "K***, C*** B***"
    )
    assert [shown["hashdiff"] is None] + [
        detail["hashdiff"] is None for detail in shown["details"]
    ] == [not is_staff] * (1 + len(shown["details"]))


def test_every_mask_is_tested():
    assert {("PERSON", code) for code in MASKED} == set(DETAIL_MASKS)


def test_a_name_that_was_given_is_masked_as_well():
    made = an_entity(entity_type="PERSON", display_name="The Canary")

    assert nobody("GET", path_of(made)).json()["display_name"] == "T*** C***"


def test_of_other_types_only_the_name_is_shown():
    made = an_institution("Northern Archive", **CANARIES)

    shown = customer("GET", path_of(made)).json()

    assert (shown["display_name"], shown["details"]) == ("Northern Archive", [])


@pytest.mark.parametrize("caller", [nobody, customer], ids=["nobody", "customer"])
@pytest.mark.parametrize("path", sorted({*PATHS.values(), "entities?q=kanarienvogel&page_size=1"}))
def test_no_endpoint_shows_a_whole_value(caller, path):
    made = a_person(**CANARIES)
    agent("PATCH", path_of(made), {"details": details(NOTES="sings no more")})
    said = {"details": details(SURNAME="Kiss")}

    for method in METHODS:
        answer = caller(method, path.format(uid=made["entity_uid"]), said)
        for value in GIVEAWAYS:
            assert value not in answer.content.decode(), (method, path)


def hits(caller, query):
    answer = caller("GET", f"entities?{query}")
    return answer.json()["results"] if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize("caller", [nobody, customer], ids=["nobody", "customer"])
@pytest.mark.parametrize(
    "query",
    [
        "q=ka",
        "q=k",
        "q=y",
        "q=canary9901",
        "q=990177",
        "q=CANARY99017",
        "q=1977",
        "q=1977-03",
        "q=1977-03-0",
        "q=1977-03-08",
        "q=canary@example.org",
        "q=example",
        "q=sings",
        "q=sing",
        "q=wharf",
        "q=%25",
        "q=_",
        "q=k___",
        "q=kan%25",
        "search=sings",
    ],
)
def test_nothing_can_be_spelled_out(caller, query):
    a_person(**CANARIES)

    assert hits(caller, query) == []


@pytest.mark.parametrize("caller", [nobody, customer], ids=["nobody", "customer"])
def test_which_hidden_details_somebody_has_is_hidden(caller):
    a_person(**CANARIES)

    assert hits(caller, "detail_code=EMAIL") == hits(caller, "detail_code=NO_SUCH") == 400
    assert len(hits(caller, "detail_code=DOB")) == 1


@pytest.mark.parametrize(
    "query", ["q=kanarienvogel", "q=KANARIENVOGEL", "q=canary", "q=CANARY990177"]
)
def test_whole_values_are_found_masked(query):
    made = a_person(**CANARIES)

    [found] = hits(customer, query)

    assert found["entity_uid"] == made["entity_uid"]
    assert values_of(found) == MASKED


def test_a_birth_date_alone_finds_nobody_masked():
    a_person(**CANARIES)

    assert hits(customer, "q=1977-03-09") == []


def test_customers_may_see_all_if_so_configured_nobody_never(settings):
    settings.CUSTOMER_VIEW = "full"
    made = a_person(**CANARIES)

    assert customer("GET", path_of(made)).json() == made
    assert values_of(nobody("GET", path_of(made)).json()) == MASKED
    assert hits(nobody, "q=sings") == []


def test_a_stored_answer_comes_again_only_to_who_may_write():
    headers = {"Idempotency-Key": "mine"}
    body = {"entity_type": "PERSON", "details": details(**CANARIES)}
    assert agent("POST", "entities", body, headers=headers).status_code == 201

    assert customer("POST", "entities", body, headers=headers).status_code == 403
    assert nobody("POST", "entities", body, headers=headers).status_code == 401


def test_a_masked_entity_has_all_its_keys():
    made = a_person(**CANARIES)

    masked = customer("GET", path_of(made)).json()

    assert masked.keys() == made.keys()
    assert all(one.keys() == made["details"][0].keys() for one in masked["details"])
    assert json.dumps(made) != json.dumps(masked)
