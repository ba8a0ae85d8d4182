"""Customers through the API: each answer that the API promises, row by row."""

from uuid import UUID, uuid4

import pytest

from events.models import IdempotencyKey, LoggedEvent
from tests.integration.customers.registry import a_customer, agent, customer, entries, provider

pytestmark = pytest.mark.django_db

SIGRIDUR = {
    "surname": "Ólafsdóttir",
    "name": "Sigríður Ása",
    "dob": "1987-05-12",
    "document_number": "AB-123441",
    "extra_fields": {"email": "sigga@example.is"},
}
KEYS = {*SIGRIDUR, "id", "created_at", "updated_at", "location_id", "display_name"}


def test_created_customer_is_answered_whole():
    answer = agent("POST", "items/", SIGRIDUR)

    made = answer.json()
    assert answer.status_code == 201
    assert set(made) == KEYS
    assert {key: made[key] for key in SIGRIDUR} == SIGRIDUR
    assert made["display_name"] == "Ólafsdóttir, Sigríður Ása"
    assert made["created_at"] == made["updated_at"]
    assert made["created_at"].endswith("Z")
    assert len(made["created_at"]) == len("2026-01-05T10:00:00.000000Z")
    assert made["location_id"] == "loc1"
    assert answer["X-Location"] == "loc1"
    assert UUID(answer["X-Request-Id"])


@pytest.mark.parametrize("key", ["surname", "name", "document_number"])
def test_one_identifier_is_enough_and_absent_is_null(key):
    made = a_customer(**{key: "x1"})

    assert made[key] == "x1"
    assert made["dob"] is None
    assert made["extra_fields"] == {}


def test_text_is_stored_trimmed_and_composed():
    made = a_customer(surname="  O\u0301lafs \t do\u0301ttir ", name="", document_number=" A 1 ")

    assert made["surname"] == "Ólafs dóttir"
    assert made["name"] is None
    assert made["document_number"] == "A 1"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "non_field_errors"),
        ({"dob": "1990-01-01"}, "non_field_errors"),
        ({"surname": "  "}, "non_field_errors"),
        ({"surname": 5}, "surname"),
        ({"surname": ["x"]}, "surname"),
        ({"surname": "x" * 201}, "surname"),
        ({"surname": "x", "name": True}, "name"),
        ({"surname": "x", "document_number": "1" * 65}, "document_number"),
        ({"surname": "x", "dob": "12.05.1987"}, "dob"),
        ({"surname": "x", "dob": "1849-12-31"}, "dob"),
        ({"surname": "x", "dob": "2999-01-01"}, "dob"),
        ({"surname": "x", "dob": "2023-02-29"}, "dob"),
        ({"surname": "x", "dob": 19900101}, "dob"),
        ({"surname": "x", "extra_fields": []}, "extra_fields"),
        ({"surname": "x", "extra_fields": {"shoe_size": "44"}}, "extra_fields"),
        ({"surname": "x", "extra_fields": {"surname": "y"}}, "extra_fields"),
        ({"surname": "x", "extra_fields": {"email": {"a": 1}}}, "extra_fields"),
        ({"surname": "x", "extra_fields": {"email": "nobody"}}, "extra_fields"),
        ({"surname": "x", "extra_fields": {"notes": "n" * 2001}}, "extra_fields"),
        ({"surname": "x", "extra_fields": {"notes": "a", "NOTES": "b"}}, "extra_fields"),
        ({"surname": "x", "shoe_size": 44}, "shoe_size"),
    ],
)
def test_what_is_not_allowed_is_named(body, field):
    answer = agent("POST", "items/", body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert all(isinstance(sentence, str) for sentence in answer.json()[field])
    assert not LoggedEvent.objects.exists()


def test_unknown_field_names_the_known_ones():
    answer = agent("POST", "items/", {"surname": "x", "extra_fields": {"shoe_size": "44"}})

    assert "Known keys: address, email, notes, phone, website." in answer.json()["extra_fields"][0]


def test_own_answer_can_be_sent_back():
    made = a_customer(**SIGRIDUR)

    answer = agent("PUT", f"items/{made['id']}/", made)

    assert answer.status_code == 200
    assert answer.json() == made
    assert LoggedEvent.objects.filter(entity_uid=made["id"]).count() == 1


def test_put_replaces_all_but_extra_fields_that_it_does_not_name():
    made = a_customer(**SIGRIDUR)

    replaced = agent("PUT", f"items/{made['id']}/", {"surname": "Jónsdóttir"}).json()
    emptied = agent("PUT", f"items/{made['id']}/", {"surname": "J", "extra_fields": {}}).json()

    assert replaced["surname"] == "Jónsdóttir"
    assert replaced["name"] is replaced["dob"] is replaced["document_number"] is None
    assert replaced["extra_fields"] == SIGRIDUR["extra_fields"]
    assert emptied["extra_fields"] == {}


def test_patch_merges_and_null_removes():
    made = a_customer(**SIGRIDUR)

    change = {"name": None, "extra_fields": {"phone": "+354 555 1234", "email": None}}
    patched = agent("PATCH", f"items/{made['id']}/", change).json()

    assert patched["name"] is None
    assert patched["surname"] == SIGRIDUR["surname"]
    assert patched["extra_fields"] == {"phone": "+354 555 1234"}
    assert patched["updated_at"] > made["updated_at"]
    assert patched["created_at"] == made["created_at"]


def test_a_change_that_would_leave_nobody_is_refused():
    made = a_customer(surname="Only")

    answer = agent("PATCH", f"items/{made['id']}/", {"surname": None})

    assert answer.status_code == 400
    assert agent("GET", f"items/{made['id']}/").json() == made


def test_deleted_is_gone_until_restored():
    made = a_customer(**SIGRIDUR)
    path = f"items/{made['id']}/"

    assert agent("DELETE", path).status_code == 204
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = agent(method, path, {"surname": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "deleted")
    assert agent("GET", "items/").json() == []

    restored = provider("POST", f"{path}restore/")
    assert restored.status_code == 200
    assert {key: restored.json()[key] for key in SIGRIDUR} == SIGRIDUR
    assert restored.json()["created_at"] == made["created_at"]
    assert provider("POST", f"{path}restore").json() == restored.json()


@pytest.mark.parametrize(
    "uid", [str(uuid4()), "1", "nonsense", "0" * 32, "{" + str(uuid4()) + "}", "%00", "a b"]
)
@pytest.mark.parametrize("tail", ["", "/", "/history/", "/events", "/?as_of=2024-01-01"])
def test_unknown_and_malformed_ids_are_404(uid, tail):
    answer = agent("GET", f"items/{uid}{tail}")

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found.", "code": "not_found"}


def test_document_number_is_held_once_however_it_is_written():
    made = a_customer(**SIGRIDUR)

    answer = agent("POST", "items/", {"surname": "Other", "document_number": "ab 123 441"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "duplicate_document"
    assert answer.json()["customer"] == made


def test_duplicate_document_can_be_overridden_and_is_noted():
    a_customer(**SIGRIDUR)
    other = {"surname": "Other", "document_number": "ab123441"}

    answer = agent("POST", "items/?allow_duplicate=1", other)

    assert answer.status_code == 201
    assert "duplicate_allowed" in entries()[-1].codes
    # It was looked at when it came: other changes are free.
    path = f"items/{answer.json()['id']}/"
    assert agent("PATCH", path, {"name": "New"}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_duplicate_document_is_refused_on_changes(method):
    a_customer(**SIGRIDUR)
    other = a_customer(surname="Other")
    path, body = f"items/{other['id']}/", {"surname": "Other", "document_number": "AB123441"}

    assert agent(method, path, body).status_code == 409
    assert agent(method, f"{path}?allow_duplicate=1", body).status_code == 200


def test_deleted_customers_hold_no_document_number():
    made = a_customer(**SIGRIDUR)
    agent("DELETE", f"items/{made['id']}/")

    assert agent("POST", "items/", SIGRIDUR).status_code == 201


def test_etag_changes_with_the_customer_and_differs_by_view():
    made = a_customer(surname="Tag")
    path = f"items/{made['id']}/"
    full, masked = agent("GET", path)["ETag"], customer("GET", path)["ETag"]

    assert full != masked
    assert agent("GET", path, headers={"If-None-Match": full}).status_code == 304
    assert agent("GET", path, headers={"If-None-Match": masked}).status_code == 200
    changed = agent("PATCH", path, {"name": "New"}, headers={"If-Match": full})
    assert changed.status_code == 200
    assert changed["ETag"] == agent("GET", path)["ETag"] != full


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("tag", ['"stale"', "stale", '"a", "b"', "W/x", "", '""'])
def test_stale_writes_are_412(method, tag):
    made = a_customer(surname="Stale")

    answer = agent(method, f"items/{made['id']}/", {"surname": "y"}, headers={"If-Match": tag})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert agent("GET", f"items/{made['id']}/").json() == made


def test_as_of_shows_what_held():
    made = a_customer(**SIGRIDUR)
    path = f"items/{made['id']}/"
    changed = agent("PATCH", path, {"surname": "Jónsdóttir"}).json()
    agent("DELETE", path)

    then = agent("GET", path, query={"as_of": made["created_at"]})
    later = agent("GET", path, query={"as_of": changed["updated_at"]})

    assert then.json() == made
    assert later.json() == changed
    before = agent("GET", path, query={"as_of": "2001-01-01"})
    assert (before.status_code, before.json()["code"]) == (404, "not_found")
    now = agent("GET", path, query={"as_of": "2100-01-01T00:00:00+02:00"})
    assert now.status_code == 404


@pytest.mark.parametrize("as_of", ["", "yesterday", "2024-13-01", "9999-12-31T23:59:59-10:00"])
def test_as_of_must_be_an_instant(as_of):
    made = a_customer()

    answer = agent("GET", f"items/{made['id']}/", query={"as_of": as_of})

    assert answer.status_code == 400
    assert list(answer.json()) == ["as_of"]


def test_history_and_events_page_by_cursor():
    made = a_customer(**SIGRIDUR)
    path = f"items/{made['id']}/"
    agent("PATCH", path, {"surname": "Second"})

    for tail in ("history/", "events/"):
        whole = agent("GET", path + tail)
        pages, link = [], f"{path}{tail}?limit=1"
        while link:
            answer = agent("GET", link)
            pages += answer.json()
            link = answer.get("Link", "").partition(">")[0].partition("/api/customers/")[2]
        assert pages == whole.json()
        assert "Link" not in whole
    surnames = [
        (row["value"], row["is_current"])
        for row in agent("GET", f"{path}history/").json()
        if row.get("detail_code") == "SURNAME"
    ]
    assert surnames == [("Ólafsdóttir", False), ("Second", True)]
    events = agent("GET", f"{path}events/").json()
    assert [event["type"] for event in events] == ["entity.created.v1", "entity.updated.v1"]
    assert events[1]["details"] == {"SURNAME": "Second"}


def test_list_is_in_order_of_names_and_pages_by_cursor():
    for surname, name in [("b", "z"), ("Á", "x"), ("B", "a"), ("c", None)]:
        a_customer(surname=surname, name=name)

    seen, link = [], "items/?limit=1"
    while link:
        answer = agent("GET", link)
        assert len(answer.json()) == 1
        seen += [(row["surname"], row["name"]) for row in answer.json()]
        link = answer.get("Link", "").partition(">")[0].partition("/api/customers/")[2]

    assert seen == [("Á", "x"), ("B", "a"), ("b", "z"), ("c", None)]


def test_list_goes_on_after_the_last_one_seen_was_deleted():
    made = [a_customer(surname=surname) for surname in "abc"]
    link = agent("GET", "items/?limit=1")["Link"]
    agent("DELETE", f"items/{made[0]['id']}/")

    rest = agent("GET", link.partition(">")[0].partition("/api/customers/")[2])

    assert [row["surname"] for row in rest.json()] == ["b"]
    assert "cursor=" in link
    assert "surname" not in link


def test_every_path_answers_with_and_without_slash():
    made = a_customer(surname="Slash")
    for path in (
        "items",
        "items/search",
        f"items/{made['id']}",
        f"items/{made['id']}/history",
        f"items/{made['id']}/events",
    ):
        query = {"q": "slash"} if path.endswith("search") else None
        answers = [agent("GET", path + slash, query=query) for slash in ("", "/")]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content


def test_same_key_and_request_is_done_once():
    headers = {"Idempotency-Key": str(uuid4())}

    first = agent("POST", "items/", SIGRIDUR, headers=headers)
    again = agent("POST", "items", SIGRIDUR, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["ETag"] == again["ETag"]
    assert LoggedEvent.objects.count() == 1
    path = f"items/{first.json()['id']}/"
    delete = [agent("DELETE", path, headers={"Idempotency-Key": "d"}).status_code for _ in "ab"]
    assert delete == [204, 204]


def test_same_key_for_another_request_is_422():
    headers = {"Idempotency-Key": "key-1"}
    made = agent("POST", "items/", SIGRIDUR, headers=headers).json()

    for method, path, body in [
        ("POST", "items/", {"surname": "Other"}),
        ("PATCH", f"items/{made['id']}/", SIGRIDUR),
        ("POST", "items/?allow_duplicate=1", SIGRIDUR),
    ]:
        assert agent(method, path, body, headers=headers).status_code == 422
    assert provider("POST", "items/?allow_duplicate=1", SIGRIDUR, headers=headers).status_code == (
        201
    ), "the scope is actor and key"


def test_retry_at_another_location_finds_what_the_first_try_made():
    headers = {"Idempotency-Key": str(uuid4()).upper()}
    made = agent("POST", "items/", SIGRIDUR, headers=headers).json()
    IdempotencyKey.objects.all().delete()  # as at a location that has the customer, not the key

    again = agent("POST", "items/", SIGRIDUR, headers=headers)
    assert (again.status_code, again.json()) == (200, made)

    IdempotencyKey.objects.all().delete()
    other = agent("POST", "items/", {"surname": "Other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "exists")
    agent("DELETE", f"items/{made['id']}/")
    gone = agent("POST", "items/", SIGRIDUR, headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (409, "deleted")


def test_refused_writes_keep_no_answer():
    headers = {"Idempotency-Key": "second-try"}

    assert agent("POST", "items/", {}, headers=headers).status_code == 400
    assert agent("POST", "items/", {"surname": "x"}, headers=headers).status_code == 201
