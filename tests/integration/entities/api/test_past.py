"""The past over HTTP: as of an instant, version by version, and what a period changed."""

import re
from uuid import uuid4

import pytest

from tests.integration.entities.api.face import (
    a_person,
    agent,
    an_entity,
    an_institution,
    details,
    path_of,
    values_of,
)

pytestmark = pytest.mark.django_db

HISTORY_KEYS = {
    "type",
    "valid_from",
    "valid_to",
    "is_current",
    "hashdiff",
    "event_id",
    "location_id",
    "actor",
    "recorded_at",
}


@pytest.fixture
def anna():
    """Nagy from 2020, Kiss from 2021, an e-mail address in 2022 only."""
    made = a_person(valid_from="2020-01-01", SURNAME="Nagy", NAME="Anna")
    for since, values in (
        ("2021-01-01", {"SURNAME": "Kiss"}),
        ("2022-01-01", {"EMAIL": "anna@example.org"}),
        ("2023-01-01", {"EMAIL": None}),
    ):
        body = {"valid_from": since, "details": details(**values)}
        assert agent("PATCH", path_of(made), body).status_code == 200
    return made


# As of an instant


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2020-01-01", {"SURNAME": "Nagy", "NAME": "Anna"}),
        ("2020-12-31T23:59:59.999999Z", {"SURNAME": "Nagy", "NAME": "Anna"}),
        ("2021-01-01", {"SURNAME": "Kiss", "NAME": "Anna"}),
        ("2021-01-01T00:00:00", {"SURNAME": "Kiss", "NAME": "Anna"}),
        ("2021-01-01T01:00:00+02:00", {"SURNAME": "Nagy", "NAME": "Anna"}),
        ("2021-01-01t00:00:00z", {"SURNAME": "Kiss", "NAME": "Anna"}),
        ("2022-06-01", {"SURNAME": "Kiss", "NAME": "Anna", "EMAIL": "anna@example.org"}),
        ("2023-01-01", {"SURNAME": "Kiss", "NAME": "Anna"}),
    ],
)
def test_an_entity_as_it_was(anna, as_of, expected):
    answer = agent("GET", path_of(anna), query={"as_of": as_of})

    assert answer.status_code == 200
    assert values_of(answer.json()) == expected
    assert answer.json()["display_name"] == f"{expected['SURNAME']}, Anna"
    assert "ETag" not in answer


def test_versions_as_of_an_instant_say_when_they_end(anna):
    answer = agent("GET", path_of(anna), query={"as_of": "2022-06-01"}).json()

    email = next(one for one in answer["details"] if one["detail_code"] == "EMAIL")
    assert (email["valid_from"], email["valid_to"], email["is_current"]) == (
        "2022-01-01T00:00:00.000000Z",
        "2023-01-01T00:00:00.000000Z",
        False,
    )


def test_outside_its_life_there_is_no_entity(anna):
    before = agent("GET", path_of(anna), query={"as_of": "2019-12-31"})
    agent("DELETE", path_of(anna))
    after = agent("GET", path_of(anna), query={"as_of": "2200-01-01"})
    during = agent("GET", path_of(anna), query={"as_of": "2021-06-01"})

    for answer in (before, after):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert during.status_code == 200


@pytest.mark.parametrize("path", ["entities/{uid}", "entities-asof", "entities/entities-asof"])
@pytest.mark.parametrize(
    "as_of", ["", " ", "x", "2024", "2024-13-01", "2024-02-30", "9999-01-01", "0000-01-01", "1e9"]
)
def test_what_is_no_instant_is_refused(anna, path, as_of):
    answer = agent("GET", path.format(uid=anna["entity_uid"]), query={"as_of": as_of})

    assert answer.status_code == 400
    assert list(answer.json()) == ["as_of"]


def test_the_list_needs_its_instant():
    assert agent("GET", "entities-asof").json() == {"as_of": ["This field is required."]}


def test_the_list_as_it_was(anna):
    archive = an_institution("Archive")

    def names(**query):
        answer = agent("GET", "entities-asof", query=query)
        assert answer.status_code == 200, answer.content
        assert answer.json()["count"] == len(answer.json()["results"])
        return {one["entity_uid"]: one["display_name"] for one in answer.json()["results"]}

    assert names(as_of="2020-06-01") == {anna["entity_uid"]: "Nagy, Anna"}
    assert names(as_of="2021-06-01") == {anna["entity_uid"]: "Kiss, Anna"}
    assert names(as_of="2019-06-01") == {}
    assert names(as_of="2200-01-01") == {
        anna["entity_uid"]: "Kiss, Anna",
        archive["entity_uid"]: "Archive",
    }
    assert names(as_of="2200-01-01", type="institution") == {archive["entity_uid"]: "Archive"}
    assert names(as_of="2020-06-01", q="NAGY") == {anna["entity_uid"]: "Nagy, Anna"}
    assert names(as_of="2021-06-01", q="nagy") == {}
    assert agent("GET", "entities-asof?as_of=2021-06-01&type=x").json().keys() == {"type"}


# History


def test_history_is_a_timeline_oldest_first(anna):
    answer = agent("GET", path_of(anna, "/history"))

    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert (answer.json()["count"], answer.json()["next"], answer.json()["previous"]) == (
        len(rows),
        None,
        None,
    )
    assert [row["valid_from"] for row in rows] == sorted(row["valid_from"] for row in rows)
    assert [
        (row["valid_from"][:4], row.get("detail_code"), row.get("value", row.get("display_name")))
        for row in rows
    ] == [
        ("2020", None, "Nagy, Anna"),
        ("2020", "NAME", "Anna"),
        ("2020", "SURNAME", "Nagy"),
        ("2021", None, "Kiss, Anna"),
        ("2021", "SURNAME", "Kiss"),
        ("2022", "EMAIL", "anna@example.org"),
    ]
    for row in rows:
        more = (
            {"display_name", "entity_type"}
            if row["type"] == "entity"
            else {
                "detail_code",
                "value",
            }
        )
        assert set(row) == HISTORY_KEYS | more
        assert row["actor"] == "service_agent"


def test_history_stays_when_the_entity_is_deleted(anna):
    known = agent("GET", path_of(anna, "/history")).json()["count"]
    agent("DELETE", path_of(anna))

    answer = agent("GET", path_of(anna, "/history"))

    assert answer.status_code == 200
    assert answer.json()["count"] == known
    assert all(row["valid_to"] for row in answer.json()["results"])


# What a period changed


def diff(**query):
    answer = agent("GET", "diff", query={key.rstrip("_"): value for key, value in query.items()})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_diff_is_the_end_beside_the_beginning(anna):
    assert diff(from_="2020-06-01", to="2022-06-01") == [
        {
            "entity_uid": anna["entity_uid"],
            "display_name": "Kiss, Anna",
            "changes": [
                {
                    "type": "field",
                    "field": "display_name",
                    "before": "Nagy, Anna",
                    "after": "Kiss, Anna",
                    "at": "2021-01-01T00:00:00.000000Z",
                },
                {
                    "type": "detail",
                    "detail_code": "EMAIL",
                    "before": None,
                    "after": "anna@example.org",
                    "at": "2022-01-01T00:00:00.000000Z",
                },
                {
                    "type": "detail",
                    "detail_code": "SURNAME",
                    "before": "Nagy",
                    "after": "Kiss",
                    "at": "2021-01-01T00:00:00.000000Z",
                },
            ],
        }
    ]


def test_diff_lists_a_creation_with_everything_it_brought(anna):
    [row] = diff(from_="2019-01-01", to="2020-06-01")

    assert row["changes"][0] == {
        "type": "entity",
        "action": "created",
        "at": "2020-01-01T00:00:00.000000Z",
    }
    assert [
        (one.get("field", one.get("detail_code")), one["before"], one["after"])
        for one in row["changes"][1:]
    ] == [
        ("display_name", None, "Nagy, Anna"),
        ("entity_type", None, "PERSON"),
        ("NAME", None, "Anna"),
        ("SURNAME", None, "Nagy"),
    ]


def test_diff_lists_a_deletion_with_everything_it_took(anna):
    agent("DELETE", path_of(anna))

    [row] = diff(from_="2023-06-01", to="2200-01-01")

    assert row["display_name"] == "Kiss, Anna"
    assert row["changes"][0]["action"] == "deleted"
    assert all(one["after"] is None for one in row["changes"][1:])


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2021-03-05", "2021-03-05", 1),  # the same date twice is that whole day
        ("2021-03-04", "2021-03-04", 0),
        ("2021-03-01", "2021-03-04", 0),
        ("2021-03-01", "2021-03-05", 1),
        ("2021-03-06", "2021-03-06", 0),
        ("2021-03-05T13:00:00Z", "2021-03-05", 0),
        ("2021-03-05T11:00:00Z", "2021-03-05", 1),
        ("2021-03-01", "2021-03-05T12:00:00Z", 1),  # at that instant it holds already
        ("2021-03-01", "2021-03-05T11:59:59.999999Z", 0),
        ("2021-03-05T12:00:00Z", "2021-03-05T12:00:00Z", 0),
        ("2021-03-05T12:00:00Z", "2021-03-06T12:00:00Z", 0),
        ("2021-03-01", "2021-03-05T13:00:00+02:00", 0),
        ("2021-03-01", "2021-03-05T13:00:00+01:00", 1),
    ],
)
def test_a_date_as_end_counts_as_a_whole_day(start, end, count):
    older = an_entity(entity_type="INSTITUTION", display_name="Old", valid_from="2020-01-01")
    renamed = {"display_name": "New", "valid_from": "2021-03-05T12:00:00Z"}
    assert agent("PATCH", path_of(older), renamed).status_code == 200

    assert [row["entity_uid"] for row in diff(from_=start, to=end)] == [older["entity_uid"]] * count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "from"),
        ({"from": "2020-01-01"}, "to"),
        ({"from": "", "to": "2020-01-01"}, "from"),
        ({"from": "2020-01-01", "to": ""}, "to"),
        ({"from": "x", "to": "2020-01-01"}, "from"),
        ({"from": "2020-01-01", "to": "2020-02-30"}, "to"),
        ({"from": "2020-01-02", "to": "2020-01-01"}, "to"),
        ({"from": "2020-01-03T00:00:00Z", "to": "2020-01-01"}, "to"),
        ({"from": "2020-01-01T00:00:01Z", "to": "2020-01-01T00:00:00Z"}, "to"),
        ({"from": "2020-01-01", "to": "2020-01-02", "entity_uid": "x"}, "entity_uid"),
        ({"from": "2020-01-01", "to": "2020-01-02", "entity_uid": ""}, "entity_uid"),
        ({"from": "2020-01-01", "to": "2020-01-02", "format": "csv"}, "format"),
        ({"from": "2020-01-01", "to": "2020-01-02", "limit": "0"}, "limit"),
        ({"from": "2020-01-01", "to": "2020-01-02", "limit": "1001"}, "limit"),
        ({"from": "2020-01-01", "to": "2020-01-02", "limit": "abc"}, "limit"),
        ({"from": "2020-01-01", "to": "2020-01-02", "page": "1"}, "page"),
    ],
)
@pytest.mark.parametrize("path", ["diff", "entities/diff/"])
def test_bad_periods_are_refused(path, query, field):
    answer = agent("GET", path, query=query)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_diff_of_one_entity(anna):
    an_entity(entity_type="INSTITUTION", display_name="Archive", valid_from="2020-07-01")
    period = {"from_": "2020-06-01", "to": "2021-06-01"}

    assert len(diff(**period)) == 2
    [row] = diff(**period, entity_uid=anna["entity_uid"])
    assert row["entity_uid"] == anna["entity_uid"]
    query = {"from": "2020-06-01", "to": "2021-06-01", "entity_uid": str(uuid4())}
    assert agent("GET", "diff", query=query).status_code == 404


def test_audit_format_lists_every_step_oldest_first(anna):
    rows = diff(from_="2020-06-01", to="2023-06-01", format="audit")

    assert [
        (row["at"][:4], row.get("field", row.get("detail_code")), row["before"], row["after"])
        for row in rows
    ] == [
        ("2021", "display_name", "Nagy, Anna", "Kiss, Anna"),
        ("2021", "SURNAME", "Nagy", "Kiss"),
        ("2022", "EMAIL", None, "anna@example.org"),
        ("2023", "EMAIL", "anna@example.org", None),
    ]
    for row in rows:
        assert set(row) - {"field", "detail_code"} == {
            "at",
            "entity_uid",
            "display_name",
            "type",
            "before",
            "after",
            "event_id",
            "location_id",
            "actor",
            "recorded_at",
        }
        assert row["actor"] == "service_agent"


@pytest.mark.parametrize("format_", ["net", "audit"])
def test_diff_pages_by_cursor(anna, format_):
    for number in range(4):
        a_person(valid_from="2020-07-01", SURNAME=f"Person {number}")
    whole = diff(from_="2020-06-01", to="2021-06-01", format=format_)

    query, pages = {"from": "2020-06-01", "to": "2021-06-01", "format": format_, "limit": "2"}, []
    answer = agent("GET", "diff", query=query)
    while True:
        pages.append(answer.json())
        link = re.fullmatch(
            '<(http://testserver/api/v1/diff[?].*)>; rel="next"', answer.get("Link", "")
        )
        if not link:
            break
        assert len(answer.json()) == 2
        answer = agent("GET", link[1].removeprefix("http://testserver/api/v1/"))

    assert [row for page in pages for row in page] == whole
    assert len(pages) > 2
    assert len(pages[-1]) <= 2


@pytest.mark.parametrize("format_", ["net", "audit"])
@pytest.mark.parametrize("cursor", ["x", "", "!!!", "AAAA", "%00", "a" * 199])
def test_bad_cursors_of_diff_are_refused(format_, cursor):
    query = {"from": "2020-06-01", "to": "2021-06-01", "format": format_, "cursor": cursor}

    answer = agent("GET", "diff", query=query)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
