"""Lists by page and by cursor: one envelope, both ways, and every bound."""

from urllib.parse import parse_qs, urlsplit

import pytest

from entities import counts
from tests.integration.callers import entries
from tests.integration.entities.api.face import (
    a_person,
    agent,
    an_institution,
    customer,
    details,
    path_of,
    provider,
)

pytestmark = pytest.mark.django_db

LISTS = ["entities", "entities-asof?as_of=2200-01-01", "entities/{uid}/history"]


def at(path: str, query: str) -> str:
    return path + ("&" if "?" in path else "?") + query


def by_links(path, *, size, link="next"):
    """The pages from here on, following the links."""
    answer = agent("GET", at(path, f"page_size={size}"))
    while True:
        assert answer.status_code == 200, answer.content
        yield answer.json()
        following = answer.json()[link]
        if following is None:
            return
        assert following.startswith("http://testserver/api/v1/")
        answer = agent("GET", following.removeprefix("http://testserver/api/v1/"))


@pytest.fixture
def many():
    return [an_institution(f"House {number:02}") for number in range(7)]


@pytest.fixture
def long_lived():
    made = a_person(valid_from="2020-01-01", SURNAME="Nagy")
    for year in range(2021, 2026):
        body = {"valid_from": f"{year}-01-01", "details": details(NOTES=f"in {year}")}
        assert agent("PATCH", path_of(made), body).status_code == 200
    return made


@pytest.mark.parametrize("path", LISTS)
def test_links_lead_through_the_whole_list_and_back(many, long_lived, path):
    path = path.format(uid=long_lived["entity_uid"])
    whole = agent("GET", at(path, "page_size=200")).json()

    forward = list(by_links(path, size=3))
    back_from = forward[-1]["previous"].removeprefix("http://testserver/api/v1/")
    back = []
    while back_from:
        page = agent("GET", back_from).json()
        back.insert(0, page)
        back_from = page["previous"] and page["previous"].removeprefix("http://testserver/api/v1/")

    assert [row for page in forward for row in page["results"]] == whole["results"]
    assert [len(page["results"]) for page in forward[:-1]] == [3] * (len(forward) - 1)
    assert [row for page in [*back, forward[-1]] for row in page["results"]] == whole["results"]
    assert {page["count"] for page in forward} == {whole["count"]} == {len(whole["results"])}
    assert forward[0]["previous"] is None
    assert all("count_estimated" not in page for page in forward)


@pytest.mark.parametrize("path", LISTS)
def test_pages_have_numbers(many, long_lived, path):
    path = path.format(uid=long_lived["entity_uid"])
    whole = agent("GET", path).json()["results"]

    second = agent("GET", at(path, "page=2&page_size=3")).json()
    beyond = agent("GET", at(path, "page=4&page_size=3"))

    assert second["results"] == whole[3:6]
    previous = agent("GET", second["previous"].removeprefix("http://testserver/api/v1/")).json()
    following = agent("GET", second["next"].removeprefix("http://testserver/api/v1/")).json()
    assert previous["results"] == whole[:3]
    assert following["results"] == whole[6:9]
    assert (beyond.status_code, beyond.json()["code"]) == (404, "not_found")
    assert "the list ends before it" in beyond.json()["detail"]


@pytest.mark.parametrize("path", [*LISTS, "conflicts", "dead-letters"])
def test_a_page_beyond_the_end_is_audited_once_as_refused(long_lived, path):
    before = len(entries())

    answer = provider("GET", at(path.format(uid=long_lived["entity_uid"]), "page=100"))

    assert answer.status_code == 404
    assert [(entry.kind, entry.codes) for entry in entries()[before:]] == [
        ("refusal", ["not_found"])
    ]


def test_the_first_page_of_nothing_is_empty():
    answer = agent("GET", "entities?q=nobody-has-this-name")

    assert answer.status_code == 200
    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("path", [*LISTS, "conflicts", "dead-letters"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=abc", "page"),
        ("page=-1", "page"),
        ("page=", "page"),
        ("page=1.5", "page"),
        ("page=99999999999", "page"),
        ("page=401", "page"),
        ("page=51&page_size=200", "page"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=abc", "page_size"),
        ("page_size=", "page_size"),
        ("page=1&page=2", "page"),
        ("pagesize=5", "pagesize"),
    ],
)
def test_bad_pages_are_refused(long_lived, path, query, field):
    answer = provider("GET", at(path.format(uid=long_lived["entity_uid"]), query))

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_deep_pages_name_the_cursor(many):
    assert agent("GET", "entities?page=400").status_code == 404  # page x page_size = 10,000
    answer = agent("GET", "entities?page=401")

    assert "cursor" in answer.json()["page"][0]


@pytest.mark.parametrize("path", [*LISTS, "conflicts", "dead-letters"])
@pytest.mark.parametrize("cursor", ["x", "a", "b", "", "aAAAA", "b!!!!", "zAAAA", "%00", "a%FF"])
def test_bad_cursors_are_refused(long_lived, path, cursor):
    answer = provider("GET", at(path.format(uid=long_lived["entity_uid"]), f"cursor={cursor}"))

    assert answer.status_code == 400
    assert answer.json().get("code") == "invalid_cursor" or "cursor" in answer.json()


def test_page_and_cursor_do_not_go_together(many):
    cursor = parse_qs(urlsplit(agent("GET", "entities?page_size=2").json()["next"]).query)
    query = {"page": "1", "cursor": cursor["cursor"][0]}

    assert list(agent("GET", "entities", query=query).json()) == ["page"]


def test_links_keep_what_was_asked(many):
    query = {"q": "House & <home>", "type": "institution", "page": "1", "page_size": "2"}
    for name in ("House & <home> 1", "House & <home> 2", "House & <home> 3"):
        an_institution(name)

    following = agent("GET", "entities/", query=query).json()["next"]

    asked = parse_qs(urlsplit(following).query)
    cursor = asked.pop("cursor")[0]
    assert asked == {"q": ["House & <home>"], "type": ["institution"], "page_size": ["2"]}
    assert urlsplit(following).path == "/api/v1/entities/"
    assert "House" not in cursor


def test_a_list_goes_on_where_it_was_although_the_row_is_gone(many):
    first = agent("GET", "entities?page_size=3&type=INSTITUTION").json()
    agent("DELETE", path_of(first["results"][-1]))

    following = agent("GET", first["next"].removeprefix("http://testserver/api/v1/")).json()

    names = [row["display_name"] for row in following["results"]]
    assert names == ["House 03", "House 04", "House 05"]


def test_the_count_is_estimated_beyond_what_is_counted(many, monkeypatch):
    assert "count_estimated" not in agent("GET", "entities").json()
    monkeypatch.setattr(counts, "EXACT", 3)

    page = agent("GET", "entities?page_size=3").json()

    assert page["count_estimated"] is True
    assert isinstance(page["count"], int)


# Filters


def test_filters_are_applied():
    anna = a_person(SURNAME="Nagy", NAME="Anna", EMAIL="anna@example.org")
    archive = an_institution("Ärchive", WEBSITE="https://archive.example.org")

    def found(caller=agent, **query):
        answer = caller("GET", "entities", query=query)
        assert answer.status_code == 200, answer.content
        return [row["entity_uid"] for row in answer.json()["results"]]

    both = [anna["entity_uid"], archive["entity_uid"]]
    assert sorted(found()) == sorted(both)
    assert found(type="institution") == found(type=" INSTITUTION ") == both[1:]
    assert found(q="archive") == found(search="ARCH") == both[1:]
    assert found(q="gy, a") == both[:1]
    assert sorted(found(q="example.org")) == sorted(both)
    assert found(detail_code="email") == both[:1]
    assert found(detail_code="EMAIL", type="INSTITUTION") == []
    assert found(q="") == found(q=" ") == found()
    assert found(customer, detail_code="surname") == both[:1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"type": "PRESON"}, "type"),
        ({"type": ""}, "type"),
        ({"detail_code": "NO_SUCH"}, "detail_code"),
        ({"detail_code": ""}, "detail_code"),
        ({"q": "x" * 201}, "q"),
        ({"q": "\x00"}, "q"),
        ({"q": "x", "search": "y"}, "search"),
        ({"name": "x"}, "name"),
        ({"\x00": "x"}, "?"),
    ],
)
def test_what_cannot_be_applied_is_refused(query, field):
    answer = agent("GET", "entities", query=query)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_definitions_are_listed_only_when_asked_for():
    provider("POST", "entity-types", {"code": "SHIP", "label": "Ship"})

    assert agent("GET", "entities").json()["count"] == 0
    [ship] = agent("GET", "entities?type=ENTITY_TYPE").json()["results"]
    assert ship["display_name"] == "Ship"


def test_a_page_is_a_bounded_number_of_queries(many, django_assert_max_num_queries):
    for number in range(20):
        a_person(SURNAME=f"Person {number}", NOTES="x")
    agent("GET", "entities")

    with django_assert_max_num_queries(8):
        agent("GET", "entities?page_size=5")
    with django_assert_max_num_queries(8):
        assert agent("GET", "entities?page_size=200").json()["count"] == 27


def test_a_page_holds_25_unless_asked_otherwise(many):
    for number in range(20):
        a_person(SURNAME=f"Person {number}")

    assert len(agent("GET", "entities").json()["results"]) == 25


def test_a_list_is_audited_with_what_it_showed(many):
    agent("GET", "entities?q=house&page_size=3")

    entry = entries()[-1]
    assert (entry.action, entry.result_count, len(entry.hit_ids)) == ("entity.listed", 3, 3)
    assert entry.query_hash is not None
