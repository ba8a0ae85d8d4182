"""Whatever is sent: a 4xx with a sentence, one audit entry, never a 500, nothing half written."""

import json
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import LoggedEvent
from tests.integration.bad_bodies import BODIES, is_refused
from tests.integration.customers.registry import a_customer, agent, as_json, entries

pytestmark = pytest.mark.django_db

UNKNOWN, OTHER = str(uuid4()), str(uuid4())
# No birth dates or extra fields to be stored, but a surname to look for.
EVIDENCE = (b'-00", "surname": "x"}', b'-99", "surname": "x"}', b'"x"]}}', b'{"": 1}}', b'"all"}')
WRITES = [
    ("POST", "items/"),
    ("PUT", "items/{id}/"),
    ("PATCH", "items/{id}/"),
    ("POST", "items/check/"),
    ("POST", "items/{id}/restore/"),
    ("POST", "items/{id}/merge/"),
    ("POST", "items/{id}/unmerge/"),
    ("POST", "duplicates/{id}/{id}/distinct/"),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:30]))
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_bad_bodies_are_refused(method, path, body):
    made = a_customer(surname="Before")
    known = len(entries()), LoggedEvent.objects.count()

    answer = agent(method, path.format(id=made["id"]), body)

    assert is_refused(answer)
    assert (len(entries()), LoggedEvent.objects.count()) == (known[0] + 1, known[1])
    assert agent("GET", f"items/{made['id']}/").json() == made


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:30]))
def test_bad_bodies_of_a_match_are_refused_unless_they_hold_evidence(body):
    answer = agent("POST", "items/match/", body)

    assert answer.status_code == 200 if body.endswith(EVIDENCE) else is_refused(answer)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
        "nonsense",
        "/",
        ";",
        "application/jsonx",
    ],
)
def test_other_content_types_are_415(content_type):
    answer = agent("POST", "items/", b"surname=x", content_type=content_type)

    assert answer.status_code == 415
    assert is_refused(answer)
    assert "Content-Type: application/json" in answer.json()["detail"]


def test_chunked_bodies_are_411_instead_of_being_taken_for_empty():
    made = a_customer(surname="Before")
    headers = {"Transfer-Encoding": "chunked"}

    answer = agent("PATCH", f"items/{made['id']}/", None, headers=headers)

    assert answer.status_code == 411
    assert is_refused(answer)


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
)
def test_json_is_read_however_it_is_named(content_type):
    answer = agent("POST", "items/", as_json({"surname": "x"}), content_type=content_type)

    assert answer.status_code == 201


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense", ""])
def test_answers_are_json_whatever_is_accepted(accept):
    answer = agent("GET", "items/", headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "query",
    [
        *(
            f"limit={value}"
            for value in ("abc", "-1", "0", "1001", "1.5", "", "1e3", "٣", "9" * 400)
        ),
        *(f"cursor={value}" for value in ("abc", "%00", "AAAA", "!!", "ä", "x" * 5000, "a" * 22)),
        "page=2",
        "limit=%FF",
    ],
)
def test_bad_list_parameters_are_400(query):
    assert is_refused(agent("GET", f"items/?{query}"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%20%20",
        "mode=fuzzy",
        *(f"q=x&limit={value}" for value in ("abc", "-1", "0", "101", "")),
        "q=x&mode=regex",
        "q=x&mode=%00",
        "q=%00",
        "q=a%00b&mode=fuzzy",
        f"q={'x' * 501}",
        "q=x&offset=5",
        f"surname=x&dob={'1' * 501}",
    ],
)
def test_bad_searches_are_400(query):
    assert is_refused(agent("GET", f"items/search/?{query}"))


@pytest.mark.parametrize("tail", ["history", "events"])
@pytest.mark.parametrize(
    "query",
    ["limit=abc", "limit=0", "cursor=abc", "cursor=MTIz", "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5IEE"],
)
def test_bad_history_parameters_are_400(tail, query):
    made = a_customer()

    assert is_refused(agent("GET", f"items/{made['id']}/{tail}/?{query}"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "items/{id}/"),
        ("POST", "items/{id}/restore/"),
        ("POST", "items/check/"),
        ("POST", "items/match/"),
        ("POST", "items/{id}/merge/"),
        ("POST", "items/{id}/unmerge/"),
        ("GET", "duplicates/"),
        ("POST", "duplicates/{id}/{id}/distinct/"),
    ],
)
def test_parameters_that_nobody_reads_are_400(method, path):
    made = a_customer()

    answer = agent(method, path.format(id=made["id"]) + "?reason=x")

    assert (answer.status_code, list(answer.json())) == (400, ["reason"])
    assert agent("GET", f"items/{made['id']}/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "items/"),
        ("PUT", "items/"),
        ("OPTIONS", "items/"),
        ("TRACE", "items/"),
        ("POST", f"items/{UNKNOWN}/"),
        ("POST", "items/search/"),
        ("GET", "items/check/"),
        ("GET", f"items/{UNKNOWN}/restore/"),
        ("GET", "items/match/"),
        ("GET", f"items/{UNKNOWN}/merge/"),
        ("POST", "duplicates/"),
        ("GET", f"duplicates/{UNKNOWN}/{UNKNOWN}/distinct/"),
        ("DELETE", f"items/{UNKNOWN}/history/"),
        ("FOO", "items/"),
    ],
)
def test_other_methods_are_405(method, path):
    answer = agent(method, path)

    assert answer.status_code == 405
    assert is_refused(answer)


@pytest.mark.parametrize("path", ["", "item/", "items/x/y/z/", f"items/{UNKNOWN}/hist", "items//"])
def test_other_paths_are_404(path):
    answer = agent("GET", path)

    assert answer.status_code == 404
    assert is_refused(answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_unknown_ids_are_404(method):
    answer = agent(method, f"items/{UNKNOWN}/", {"surname": "x"})

    assert answer.status_code == 404
    assert is_refused(answer)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("items/{}/merge/", {"into": OTHER}),
        ("items/{}/merge/?dry_run=1", {"into": OTHER}),
        ("items/{}/unmerge/", {}),
        ("duplicates/{0}/{0}1/distinct/", {}),
    ],
)
@pytest.mark.parametrize("uid", [UNKNOWN, "nobody", "-", "0" * 400])
def test_ids_that_nobody_has_are_404(path, body, uid):
    answer = agent("POST", path.format(uid), body)

    assert answer.status_code == 404
    assert is_refused(answer)


@pytest.mark.parametrize(
    "query",
    [
        *(f"limit={value}" for value in ("abc", "-1", "0", "101", "")),
        *(f"cursor={value}" for value in ("abc", "%00", "AAAA", "MSAyIDM", "x" * 5000)),
        "page=2",
    ],
)
def test_bad_parameters_of_the_work_list_are_400(query):
    assert is_refused(agent("GET", f"duplicates/?{query}"))


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "mode=fuzzy", "dry_run=1"])
def test_bad_parameters_of_a_match_are_400(query):
    assert is_refused(agent("POST", f"items/match/?{query}", {"surname": "x"}))


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256, "a\tb"])
def test_bad_idempotency_keys_are_400(key):
    headers = {"Idempotency-Key": key}

    assert is_refused(agent("POST", "items/", {"surname": "x"}, headers=headers))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["1990-01-01", "x", "x@example.org"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
keys = st.sampled_from(["surname", "name", "dob", "document_number", "extra_fields", "id", "x"])
extras = st.dictionaries(
    st.sampled_from(["email", "notes", "phone", "Notes", "x"]), values, max_size=3
)
bodies = st.dictionaries(keys, values | extras, max_size=5)
examples = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@examples
@given(body=bodies)
def test_any_json_is_stored_or_refused(db, body):
    answer = agent("POST", "items/", json.dumps(body).encode())

    assert answer.status_code in (201, 409) or is_refused(answer)


@examples
@given(q=st.text(max_size=60), mode=st.sampled_from(["exact", "fuzzy"]))
def test_any_text_can_be_searched_for(db, q, mode):
    answer = agent("GET", "items/search/", query={"q": q, "mode": mode})

    assert answer.status_code == 200 or is_refused(answer)
