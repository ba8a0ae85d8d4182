"""Merging, taking it back and telling apart, as programs do it."""

from uuid import UUID, uuid4

import pytest

from customers.models import DuplicatePair
from events.models import LoggedEvent
from tests.builders import an_event
from tests.integration.bad_bodies import is_refused
from tests.integration.customers.registry import a_customer, agent, customer, entries
from tests.integration.entities.rows import receive

pytestmark = pytest.mark.django_db

REASON = {"reason": "Entered twice."}


@pytest.fixture
def two():
    """The one who stands for both, and the one who goes into it."""
    survivor = a_customer(
        surname="Lindqvist", name="Åsa", dob="1984-02-11", document_number="SE-19840211"
    )
    loser = a_customer(surname="Lindkvist", name="Asa", extra_fields={"email": "asa@example.org"})
    return survivor, loser


def merge(survivor, loser, *, query="", headers=None, **body):
    path = f"items/{loser['id']}/merge/{query}"
    return agent("POST", path, {"into": survivor["id"], **body}, headers=headers)


def unmerge(loser, **body):
    return agent("POST", f"items/{loser['id']}/unmerge/", body)


def read(one):
    return agent("GET", f"items/{one['id']}/")


def listed():
    return {one["id"] for one in agent("GET", "items/").json()}


def test_a_merge_answers_the_survivor_and_the_other_is_gone(two):
    survivor, loser = two

    answer = merge(survivor, loser, **REASON)

    assert answer.status_code == 200, answer.content
    assert answer.json()["id"] == survivor["id"]
    assert answer["ETag"] == read(survivor)["ETag"]
    gone = read(loser)
    assert (gone.status_code, gone.json()["merged_into"]) == (410, survivor["id"])
    assert listed() == {survivor["id"]}


def test_the_survivor_is_found_by_both_names(two):
    survivor, loser = two
    merge(survivor, loser)

    for q in ("lindqvist", "lindkvist"):
        found = agent("GET", "items/search/", query={"q": q}).json()["results"]
        assert [one["id"] for one in found] == [survivor["id"]]


def test_values_are_taken_from_the_other_only_when_asked_for(two):
    survivor, loser = two

    merged = merge(survivor, loser, take=["name", "email"]).json()

    assert merged["name"] == "Asa"
    assert merged["surname"] == "Lindqvist"
    assert merged["extra_fields"] == {"email": "asa@example.org"}


def test_unmerge_brings_both_back_as_they_were(two):
    survivor, loser = two
    merge(survivor, loser, take=["name"])

    answer = unmerge(loser, reason="They are sisters.")

    assert answer.status_code == 200
    values = ("surname", "name", "dob", "document_number", "extra_fields")
    for one in two:
        now = read(one).json()
        assert {key: now[key] for key in values} == {key: one[key] for key in values}
    assert listed() == {survivor["id"], loser["id"]}


def test_a_dry_run_shows_what_would_be_and_writes_nothing(two):
    survivor, loser = two
    known, logged = len(entries()), LoggedEvent.objects.count()

    answer = merge(survivor, loser, query="?dry_run=1", take=["name"])

    preview = answer.json()
    assert answer.status_code == 200
    assert (preview["survivor"]["id"], preview["loser"]["id"]) == (survivor["id"], loser["id"])
    fields = {field["key"]: field for field in preview["fields"]}
    assert (fields["name"]["survivor"], fields["name"]["loser"]) == ("Åsa", "Asa")
    assert (fields["name"]["result"], fields["name"]["taken_from"]) == ("Asa", "loser")
    assert fields["surname"]["result"] == "Lindqvist"
    assert preview["taken"] == ["name"]
    assert all(isinstance(sentence, str) for sentence in preview["also"])
    (entry,) = entries()[known:]
    assert (entry.action, entry.kind) == ("customer.merge_previewed", "read")
    assert LoggedEvent.objects.count() == logged
    assert listed() == {survivor["id"], loser["id"]}


def test_the_merge_does_what_its_dry_run_said(two):
    survivor, loser = two
    preview = merge(survivor, loser, query="?dry_run=1", take=["name", "email"]).json()

    merged = merge(survivor, loser, take=["name", "email"]).json()

    flat = {**merged, **merged["extra_fields"]}
    for field in preview["fields"]:
        assert flat.get(field["key"]) == field["result"], field


def test_each_act_leaves_one_entry(two):
    survivor, loser = two
    known = len(entries())

    merge(survivor, loser)
    unmerge(loser)
    agent("POST", f"duplicates/{survivor['id']}/{loser['id']}/distinct/", {})

    actions = [(entry.action, entry.kind, entry.outcome) for entry in entries()[known:]]
    assert actions == [
        ("entity.merged", "write", "ok"),
        ("entity.unmerged", "write", "ok"),
        ("entity.distinguished", "write", "ok"),
    ]


@pytest.mark.parametrize("query", ["", "?dry_run=1"])
def test_what_cannot_be_merged_is_409_with_its_code(two, query):
    survivor, loser = two
    third = a_customer(surname="Third")
    agent("DELETE", f"items/{third['id']}/")

    def code(into, one):
        answer = merge(into, one, query=query)
        assert (answer.status_code, is_refused(answer)) == (409, True)
        return answer.json()["code"]

    assert code(survivor, survivor) == "same"
    assert code(third, loser) == "deleted"
    assert code(survivor, third) == "deleted"
    merge(survivor, loser)
    assert code(survivor, loser) == "already_merged"


def test_unmerging_who_is_not_merged_is_409(two):
    answer = unmerge(two[1])

    assert (answer.status_code, answer.json()["code"]) == (409, "not_merged")


def test_a_merge_into_nobody_is_404_and_changes_nothing(two):
    answer = merge({"id": str(uuid4())}, two[1])

    assert answer.status_code == 404
    assert read(two[1]).json() == two[1]


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ({}, {"into"}),
        ({"into": None}, {"into"}),
        ({"into": "nobody"}, {"into"}),
        ({"into": 5, "take": "name", "reason": 5}, {"into", "take", "reason"}),
        ({"into": str(uuid4()), "take": [5]}, {"take"}),
        ({"into": str(uuid4()), "survivor": "x"}, {"survivor"}),
    ],
)
@pytest.mark.parametrize("query", ["", "?dry_run=1"])
def test_bad_bodies_are_400_by_key(two, body, keys, query):
    answer = agent("POST", f"items/{two[1]['id']}/merge/{query}", body)

    assert (answer.status_code, set(answer.json())) == (400, keys)


def test_keys_that_nobody_has_are_400(two):
    for query in ("", "?dry_run=1"):
        answer = merge(*two, query=query, take=["nickname"])

        assert (answer.status_code, is_refused(answer)) == (400, True)
        assert "nickname" in str(answer.json())


def test_a_merge_is_refused_when_the_other_has_changed(two):
    survivor, loser = two
    seen = read(loser)["ETag"]
    agent("PATCH", f"items/{loser['id']}/", {"name": "Åsa Maria"})

    answer = merge(survivor, loser, headers={"If-Match": seen})

    assert answer.status_code == 412
    assert merge(survivor, loser, headers={"If-Match": read(loser)["ETag"]}).status_code == 200


def test_the_same_key_merges_once(two):
    headers = {"Idempotency-Key": str(uuid4())}

    first = merge(*two, headers=headers)
    logged = LoggedEvent.objects.count()
    again = merge(*two, headers=headers)

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert LoggedEvent.objects.count() == logged


def test_two_who_were_told_apart_are_no_pair_any_more(two):
    survivor, loser = two
    a_pair(survivor, loser)
    (pair,) = agent("GET", "duplicates/").json()["results"]

    answer = agent("POST", f"duplicates/{pair['a']['id']}/{pair['b']['id']}/distinct/", REASON)

    assert answer.status_code == 200
    assert answer.json() == {"a": pair["a"]["id"], "b": pair["b"]["id"], "distinct": True}
    assert agent("GET", "duplicates/").json()["results"] == []


def test_nobody_is_told_apart_from_themselves(two):
    uid = two[0]["id"]

    answer = agent("POST", f"duplicates/{uid}/{uid}/distinct/", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "same")


def test_the_work_list_shows_both_and_why(two):
    survivor, loser = two
    a_pair(survivor, loser, score=0.9)

    answer = agent("GET", "duplicates/").json()

    assert (answer["next"], answer["previous"]) == (None, None)
    (pair,) = answer["results"]
    assert {pair["a"]["id"], pair["b"]["id"]} == {survivor["id"], loser["id"]}
    assert [two_ for two_ in two if two_["id"] == pair["a"]["id"]] == [pair["a"]]
    assert pair["score"] == 0.9
    assert {"surname", "name"} <= {why["field"] for why in pair["why"]}
    assert pair["found_at"].endswith("Z")


def test_the_work_list_is_read_to_its_end_the_likeliest_first():
    people = [a_customer(surname="Lindqvist", name=f"Åsa {number}") for number in range(6)]
    for number, one in enumerate(people[1:]):
        a_pair(people[0], one, score=0.5 + number / 10)

    seen, address = [], "/api/customers/duplicates/?limit=2"
    while address:
        page = agent.client.get(address, headers={"X-Role": "service_agent"}).json()
        seen += [pair["score"] for pair in page["results"]]
        address = page["next"]

    assert seen == [0.9, 0.8, 0.7, 0.6, 0.5]


def test_an_entry_of_the_work_list_names_whom_it_showed(two):
    a_pair(*two)

    agent("GET", "duplicates/")

    entry = entries()[-1]
    assert (entry.action, entry.kind) == ("duplicates.listed", "read")
    assert {str(uid) for uid in entry.hit_ids} == {one["id"] for one in two}


def test_customers_see_no_work_list_and_merge_nobody(two):
    survivor, loser = two
    ids = f"{survivor['id']}/{loser['id']}"

    refused = [
        customer("GET", "duplicates/"),
        customer("POST", f"duplicates/{ids}/distinct/", {}),
        customer("POST", f"items/{loser['id']}/merge/", {"into": survivor["id"]}),
        customer("POST", f"items/{loser['id']}/merge/?dry_run=1", {"into": survivor["id"]}),
        customer("POST", f"items/{loser['id']}/unmerge/", {}),
    ]

    assert {answer.status_code for answer in refused} == {403}
    assert listed() == {survivor["id"], loser["id"]}


def a_pair(one, other, score=0.9):
    a, b = sorted((one["id"], other["id"]))
    DuplicatePair.objects.create(
        a=a, b=b, score=score, found_at="2026-01-05T10:00:00Z", weights_version="test"
    )


def from_elsewhere(one, verb, **data):
    uid = UUID(one["id"])
    type = f"entity.{verb}.v1"
    receive([an_event(type=type, entity_uid=uid, origin="loc2/1", at=2**52, **data)])


def test_who_was_deleted_since_is_unmerged_and_can_be_restored(two):
    survivor, loser = two
    merge(survivor, loser)
    from_elsewhere(loser, "deleted")

    answer = unmerge(loser)

    assert (answer.status_code, answer.json()["surname"]) == (200, "Lindkvist")
    assert read(loser).json()["code"] == "deleted"
    assert agent("POST", f"items/{loser['id']}/restore/").status_code == 200
    assert listed() == {survivor["id"], loser["id"]}


def test_unmerging_who_was_erased_is_410(two):
    survivor, loser = two
    merge(survivor, loser)
    from_elsewhere(loser, "erased", basis="request")

    answer = unmerge(loser)

    assert (answer.status_code, answer.json()["code"]) == (410, "erased")
