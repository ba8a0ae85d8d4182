"""Fields over HTTP: proposed by agents, decided by providers, used at once."""

import pytest

from entities.vocabulary import vocabulary_uid
from events.models import LoggedEvent
from tests.integration.customers.registry import a_customer, agent, customer, entries, provider

pytestmark = pytest.mark.django_db

LANGUAGE = {
    "key": "preferred-language",
    "label": "Preferred language",
    "type": "choice",
    "options": ["polski", "English"],
    "reason": "Asked every day.",
}
UUID_KEY = {"Idempotency-Key": "0b6f4a0e-6c53-4f0a-9d57-2f1f8d3c9a11"}


def proposed(caller=agent, **more):
    answer = caller("POST", "fields/", LANGUAGE | more)
    assert answer.status_code == 201, answer.content
    return answer.json()


def path_of(field, more=""):
    return f"fields/{field['id']}/{more}"


def codes_of(answer):
    return answer.status_code, answer.json().get("code")


def test_an_agent_proposes_and_a_provider_authorises():
    field = proposed()

    assert {key: field[key] for key in ("key", "status", "active")} == {
        "key": "preferred_language",
        "status": "proposed",
        "active": False,
    }
    assert field["id"] == str(vocabulary_uid("DETAIL_TYPE", "PREFERRED_LANGUAGE"))
    assert (field["options"], field["reason"]) == (["polski", "English"], "Asked every day.")
    refused = agent("POST", "items/", {"surname": "x", "extra_fields": {field["key"]: "polski"}})
    assert refused.status_code == 400

    answer = provider("PATCH", path_of(field), {"active": True, "reason": "Useful."})

    assert (answer.status_code, answer.json()["status"]) == (200, "authorised")
    made = a_customer(surname="Nagy", extra_fields={"preferred-language": "polski"})
    assert made["extra_fields"] == {"preferred_language": "polski"}


def test_a_providers_proposal_is_authorised_at_once():
    assert proposed(provider)["active"] is True


def test_all_fields_are_listed_by_key_whatever_their_status():
    field = proposed()

    rows = agent("GET", "fields/").json()

    keys = [row["key"] for row in rows]
    assert keys == sorted(keys)
    assert {"surname", "email", "preferred_language"} <= set(keys)
    assert next(row for row in rows if row["key"] == "email")["built_in"] is True
    assert agent("GET", "fields/?status=proposed").json() == [field]
    assert agent("GET", "fields/?status=new").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "", LANGUAGE),
        ("GET", "ID/", None),
        ("PUT", "ID/", LANGUAGE),
        ("PATCH", "ID/", {"active": True}),
        ("DELETE", "ID/", None),
        ("GET", "ID/invalid/", None),
    ],
)
def test_customers_have_nothing_to_do_with_fields_and_agents_do_not_decide(method, path, body):
    field = proposed()
    path = "fields/" + path.replace("ID", field["id"])

    assert customer(method, path, body).status_code == 403
    if method in ("PUT", "PATCH", "DELETE"):
        assert agent(method, path, body).status_code == 403
    assert LoggedEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["key", "label"]),
        ({"key": "Size", "label": "x"}, ["key"]),
        ({"key": "9", "label": "x"}, ["key"]),
        ({"key": "a" * 51, "label": "x"}, ["key"]),
        ({"key": "grösse", "label": "x"}, ["key"]),
        ({"key": 5, "label": "x"}, ["key"]),
        ({"key": "size", "label": 5}, ["label"]),
        ({"key": "size", "label": "x", "type": "blob"}, ["type"]),
        ({"key": "size", "label": "x", "type": []}, ["type"]),
        ({"key": "size", "label": "x", "type": "choice"}, ["options"]),
        ({"key": "size", "label": "x", "options": {"a": 1}}, ["options"]),
        ({"key": "size", "label": "x", "min": {}}, ["min"]),
        ({"key": "size", "label": "x", "type": "integer", "min": 1.5}, ["min"]),
        ({"key": "size", "label": "x", "order": "1"}, ["order"]),
        ({"key": "size", "label": "x", "reason": 5}, ["reason"]),
        ({"key": "size", "label": "x", "reason": "x" * 2001}, ["reason"]),
        ({"key": "size", "label": "x", "active": True}, ["active"]),
        ({"key": "size", "label": "x", "colour": "red"}, ["colour"]),
    ],
)
def test_bad_proposals_are_refused(body, wrong):
    answer = agent("POST", "fields/", body)

    assert (answer.status_code, sorted(answer.json())) == (400, wrong), answer.content
    assert not LoggedEvent.objects.exists()


@pytest.mark.parametrize("key", ["preferred_language", "preferred-language", "email", "surname"])
def test_a_key_that_is_taken_is_a_conflict(key):
    proposed()

    assert codes_of(agent("POST", "fields/", LANGUAGE | {"key": key})) == (409, "exists")


def test_a_proposal_that_is_sent_again_elsewhere_is_found():
    first = agent("POST", "fields/", LANGUAGE)

    again = agent("POST", "fields/", LANGUAGE, headers=UUID_KEY)
    replayed = agent("POST", "fields/", LANGUAGE, headers=UUID_KEY)

    assert (first.status_code, again.status_code, replayed.status_code) == (201, 200, 200)
    assert first.json() == again.json() == replayed.json()
    assert LoggedEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        ([{"status": "rejected"}], "rejected"),
        ([{"active": False}], "proposed"),
        ([{"active": True}, {"active": False}], "retired"),
        ([{"status": "authorised"}, {"status": "retired"}, {"active": True}], "authorised"),
        ([{"status": "rejected"}, {"status": "authorised"}], "authorised"),
        ([{"status": "proposed"}], "proposed"),
    ],
)
def test_a_patch_of_status_or_active_decides(decisions, status):
    field = proposed()

    for decision in decisions:
        answer = provider("PATCH", path_of(field), decision)
        assert answer.status_code == 200, answer.content

    assert answer.json()["status"] == status


def test_decisions_that_lead_nowhere_are_refused():
    field = proposed()

    assert codes_of(provider("PATCH", path_of(field), {"status": "retired"})) == (
        409,
        "wrong_status",
    )
    both = provider("PATCH", path_of(field), {"status": "rejected", "active": True})
    assert (both.status_code, list(both.json())) == (400, ["active"])
    provider("PATCH", path_of(field), {"active": True})
    assert list(provider("PATCH", path_of(field), {"status": "proposed"}).json()) == ["status"]
    assert codes_of(provider("PATCH", path_of(field), {"type": "text"})) == (409, "type_is_fixed")
    assert list(provider("PATCH", path_of(field), {"key": "other"}).json()) == ["key"]


def test_what_was_read_may_be_sent_back_changed():
    field = proposed()
    read = agent("GET", path_of(field))

    same = provider("PUT", path_of(field), read.json())
    changed = provider("PUT", path_of(field), read.json() | {"label": "Language", "order": 2})

    assert same.json() == read.json()
    assert (changed.json()["label"], changed.json()["order"]) == ("Language", 2)
    assert provider("PUT", path_of(field), {"type": "text"}).status_code == 400
    whole = provider("PUT", path_of(field), {"label": "Language", "type": "text"}).json()
    assert (whole["options"], whole["order"], whole["status"]) == ([], None, "proposed")


def test_a_field_that_changed_meanwhile_is_stale():
    field = proposed()
    seen = agent("GET", path_of(field))["ETag"]
    assert agent("GET", path_of(field), headers={"If-None-Match": seen}).status_code == 304

    first = provider("PATCH", path_of(field), {"label": "L"}, headers={"If-Match": seen})
    second = provider("PATCH", path_of(field), {"active": True}, headers={"If-Match": seen})

    assert (first.status_code, second.status_code) == (200, 412)
    assert first["ETag"] == agent("GET", path_of(field))["ETag"]


def test_retiring_hides_the_values_and_keeps_their_history():
    field = proposed(provider)
    made = a_customer(surname="Nagy", extra_fields={field["key"]: "polski"})

    answers = [provider("DELETE", path_of(field)).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert agent("GET", path_of(field)).json()["status"] == "retired"
    assert agent("GET", f"items/{made['id']}/").json()["extra_fields"] == {}
    history = agent("GET", f"items/{made['id']}/history/").json()
    assert "polski" in [row.get("value") for row in history]
    unchanged = agent("PATCH", f"items/{made['id']}/", {"extra_fields": {field["key"]: "English"}})
    assert unchanged.status_code == 400
    assert "Known keys" in unchanged.json()["extra_fields"][0]
    same = {"name": "Anna", "extra_fields": {field["key"]: "polski"}}
    assert agent("PATCH", f"items/{made['id']}/", same).status_code == 200
    core = {"extra_fields": {"surname": None}}
    assert agent("PATCH", f"items/{made['id']}/", core).status_code == 400

    provider("PATCH", path_of(field), {"active": True})

    assert agent("GET", f"items/{made['id']}/").json()["extra_fields"] == {field["key"]: "polski"}


def test_built_in_and_unknown_fields_are_not_decided_about():
    email = str(vocabulary_uid("DETAIL_TYPE", "EMAIL"))

    assert agent("GET", f"fields/{email}/").json()["key"] == "email"
    assert codes_of(provider("PATCH", f"fields/{email}/", {"active": False})) == (409, "built_in")
    assert codes_of(provider("DELETE", f"fields/{email}/")) == (409, "built_in")
    for unknown in (a_customer()["id"], "nobody", "0b6f4a0e-6c53-4f0a-9d57-2f1f8d3c9a11"):
        assert provider("DELETE", f"fields/{unknown}/").status_code == 404
        assert agent("GET", f"fields/{unknown}/").status_code == 404


def test_values_that_a_new_rule_refuses_are_listed_a_page_at_a_time():
    field = proposed(provider, type="text", options=None)
    made = [
        a_customer(surname=f"P{number}", extra_fields={field["key"]: "x" * number})["id"]
        for number in (3, 5, 7, 9)
    ]
    provider("PATCH", path_of(field), {"max_length": 4})

    first = agent("GET", path_of(field, "invalid/?limit=2")).json()
    second = agent("GET", first["next"].split("/api/customers/")[1]).json()

    rows = first["results"] + second["results"]
    assert [row["id"] for row in rows] == sorted(made[1:])
    assert {row["value"] for row in rows} == {"x" * 5, "x" * 7, "x" * 9}
    assert "at most 4" in rows[0]["problem"]
    assert rows[0]["display_name"].startswith("P")
    assert second["next"] is None
    last = entries()[-1]
    assert (last.action, len(last.hit_ids)) == ("detail_type.values_checked", 1)


def test_what_was_refused_is_audited():
    field = proposed()

    agent("PATCH", path_of(field), {"active": True})
    provider("PATCH", path_of(field), {"status": "retired"})

    assert [(entry.action, entry.outcome) for entry in entries()[-2:]] == [
        ("access.refused", "refused"),
        ("detail_type.amended", "refused"),
    ]
