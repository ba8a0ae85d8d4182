"""Fields proposed, decided about and filled at three locations that are cut off and meet again."""

import random

from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows

FIELDS = "/api/customers/fields/"
STATUS = """
SELECT code, status, label FROM entities_detailtype WHERE entity_uid IS NOT NULL ORDER BY code
"""
OPEN = """
SELECT attribute FROM entities_conflict WHERE closed_event IS NULL ORDER BY attribute
"""
LABELS = ("Language", "Reading language", "Język")


def propose(place: Location, key: str, *, role: str = "service_agent") -> str:
    body = {"key": key, "label": key.title(), "reason": "Asked every day."}
    answer = place.request("POST", FIELDS, body, role=role)
    assert answer.status == 201, answer
    return f"{FIELDS}{answer.body['id']}/"


def decide(place: Location, path: str, **change: object) -> int:
    return place.request("PATCH", path, change, role="service_provider").status


def test_a_decision_made_twice_apart_is_one_conflict_and_settled_once(
    running: list[Location],
) -> None:
    first, second, third = running
    path = propose(first, "language")
    agree(running)
    for place in running:
        place.stop("publish", "consume")

    assert decide(first, path, status="authorised", reason="Useful.") == 200
    uid = first.create(surname="Kept", extra_fields={"language": "polski"})
    assert decide(second, path, status="rejected", reason="Use the notes.") == 200
    for place in running:
        place.start("publish", "consume")
    agree(running)

    assert [rows(place, OPEN) for place in running] == [[("STATUS",)]] * 3
    seen = {tuple(rows(place, STATUS)[0]) for place in running}
    assert len(seen) == 1
    details = [place.request("GET", f"/api/v1/entities/{uid}").body["details"] for place in running]
    assert all(("LANGUAGE", "polski") in values(one) for one in details)
    assert [place.read(uid).body["extra_fields"] for place in running] == [{}] * 3

    conflicts = third.request("GET", "/api/v1/conflicts").body["results"]
    settled = third.request(
        "POST",
        f"/api/v1/conflicts/{conflicts[0]['conflict_id']}/resolve",
        {"value": "authorised"},
        role="service_provider",
    )
    assert settled.status == 200, settled
    agree(running)
    assert [rows(place, OPEN) for place in running] == [[]] * 3
    for place in running:
        assert place.read(uid).body["extra_fields"] == {"language": "polski"}


def values(details: list[dict[str, object]]) -> set[tuple[object, object]]:
    return {(one["detail_code"], one["value"]) for one in details}


def test_random_acts_on_fields_with_cuts_between_them_end_alike(running: list[Location]) -> None:
    chance = random.Random(7)
    paths = [propose(running[0], f"field_{number}") for number in range(3)]
    people = [running[0].create(surname=f"Person{number}") for number in range(3)]
    agree(running)

    for _ in range(4):
        cut = chance.choice(running)
        cut.stop("publish", "consume")
        for _ in range(12):
            place, number = chance.choice(running), chance.randrange(3)
            answer = act(place, chance, paths[number], f"field_{number}", people)
            assert answer in (200, 400, 409), answer
        cut.start("publish", "consume")
        agree(running)

    assert len({str(rows(place, STATUS)) for place in running}) == 1
    assert len({str(rows(place, OPEN)) for place in running}) == 1
    for place in running:
        assert "nothing differed" in place.manage("rebuild_entities").stdout.lower()


def act(place: Location, chance: random.Random, path: str, key: str, people: list[str]) -> int:
    what = chance.choice(["decide", "decide", "amend", "value", "value"])
    if what == "decide":
        return decide(place, path, status=chance.choice(["authorised", "rejected", "retired"]))
    if what == "amend":
        return decide(place, path, label=chance.choice(LABELS))
    value = chance.choice(["polski", "English", None])
    return place.change(chance.choice(people), extra_fields={key: value}).status


def test_a_value_that_arrives_before_its_field_waits_for_it(running: list[Location]) -> None:
    first, _, third = running
    path = propose(first, "waiting", role="service_provider")
    uid = first.create(surname="Waits", extra_fields={"waiting": "here"})

    def is_shown() -> bool:
        answer = third.read(uid)
        return answer.status == 200 and answer.body["extra_fields"] == {"waiting": "here"}

    eventually(is_shown, "the value at loc3")
    eventually(lambda: third.request("GET", path).status == 200, "the field at loc3")
    assert third.change(uid, extra_fields={"waiting": "there"}).status == 200
    agree(running)
    assert first.read(uid).body["extra_fields"] == {"waiting": "there"}
