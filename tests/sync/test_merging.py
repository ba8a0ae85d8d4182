"""Crossing merges and un-merges at three locations: equal everywhere, and nobody is lost.

Each group of people lives through an interleaving of its own: a few acts at random locations while
these are cut off from each other, a few while they catch up, and again. All groups go at once.
"""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tests.sync.locations import Answer, Location
from tests.sync.standing import agree, rows

SEED = int(os.environ.get("MERGE_SEED", "5"))
GROUPS = int(os.environ.get("MERGE_GROUPS", "200"))
PEOPLE = 3
WRITERS = 6
# So many acts of each group before the others hear of any, and then while they do.
APART, TOGETHER = 3, 1
ACTS = ["merge"] * 6 + ["unmerge"] * 3 + ["rename", "rename", "delete", "restore", "distinct"]
REFUSED = (404, 409, 410)

PEOPLE_SQL = """
SELECT entity_uid::text, state, surname, merged_into::text FROM customers_customer
ORDER BY entity_uid
"""

# Merged ones for whom nobody on the list stands, and no item of the inbox asks what to do.
LOST_SQL = """
SELECT loser.entity_uid FROM customers_customer loser
WHERE loser.state = 'merged'
AND NOT EXISTS (SELECT FROM customers_customer survivor
    WHERE survivor.entity_uid = loser.merged_into AND survivor.state = 'listed')
AND NOT EXISTS (SELECT FROM entities_survivor told
    JOIN entities_conflict item ON item.entity_uid = told.entity_uid
    WHERE told.survivor_uid = loser.merged_into AND item.attribute = 'survivor'
    AND item.closed_event IS NULL)
"""


@dataclass
class Group:
    """A few people, and the one who decides what happens to them."""

    number: int
    chance: random.Random
    uids: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def be_born(self, places: list[Location]) -> None:
        for one in range(PEOPLE):
            surname = self.new_name(one)
            self.uids.append(self.chance.choice(places).create(surname=surname, name="X"))

    def new_name(self, one: int) -> str:
        letters = "".join(self.chance.choices("bcdfghklmnprstvz", k=6))
        return f"{letters}{self.number:03}{one}"

    def act(self, places: list[Location], count: int) -> None:
        for _ in range(count):
            verb = self.chance.choice(ACTS)
            answer = self.one_act(self.chance.choice(places), verb)
            self.answers[verb, answer.status] += 1

    def one_act(self, place: Location, verb: str) -> Answer:
        one, other = self.chance.sample(self.uids, 2)
        items = "/api/customers/items"
        if verb == "merge":
            take = self.chance.choice([[], ["name"], ["surname"]])
            return place.request("POST", f"{items}/{one}/merge/", {"into": other, "take": take})
        if verb in ("unmerge", "restore"):
            return place.request("POST", f"{items}/{one}/{verb}/", {})
        if verb == "distinct":
            return place.request("POST", f"/api/customers/duplicates/{one}/{other}/distinct/", {})
        if verb == "delete":
            return place.request("DELETE", f"{items}/{one}/")
        return place.change(one, surname=self.new_name(self.chance.randrange(PEOPLE)))


@pytest.fixture
def groups(running: list[Location]) -> list[Group]:
    made = [Group(number, random.Random(f"{SEED} {number}")) for number in range(GROUPS)]
    for_all(made, lambda group: group.be_born(running))
    agree(running)
    return made


def for_all(groups, act) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(act, groups))


def cut_off(places: list[Location]) -> None:
    for place in places:
        place.kill("publish", "consume")  # a farewell takes seconds


def let_in(places: list[Location]) -> None:
    for place in places:
        place.start("publish", "consume")


def test_crossing_merges_come_to_the_same_everywhere_and_lose_nobody(
    running: list[Location], groups: list[Group]
) -> None:
    told = f"MERGE_SEED={SEED} MERGE_GROUPS={GROUPS}"
    for _ in range(2):
        cut_off(running)
        for_all(groups, lambda group: group.act(running, APART))
        let_in(running)
        for_all(groups, lambda group: group.act(running, TOGETHER))
    agree(running, deadline_s=120)

    answers = sum((group.answers for group in groups), Counter[tuple[str, int]]())
    assert {status for _, status in answers} <= {200, 204, *REFUSED}, (told, answers)
    assert answers["merge", 200] > GROUPS, (told, answers)
    assert answers["unmerge", 200] > GROUPS / 10, (told, answers)
    assert rows(running[0], LOST_SQL) == [], told
    assert "nothing differed" in running[1].manage("rebuild_entities").stdout.lower(), told
    agree(running)
    everybody_is_found(running, told)
    all_stand_again_when_all_is_taken_back(running, told)


def everybody_is_found(places: list[Location], told: str) -> None:
    """By the own surname: the one on the list, or the one who stands for it."""
    people = {uid: row for uid, *row in rows(places[0], PEOPLE_SQL)}
    chance = random.Random(SEED)

    def missing(uid: str) -> str | None:
        state, surname, merged_into = people[uid]
        expected = merged_into if state == "merged" else uid
        if people[expected][0] != "listed":
            return None
        search = f"/api/customers/items/search/?q={surname}&mode=exact"
        hits = chance.choice(places).request("GET", search).body["results"]
        return None if expected in [hit["id"] for hit in hits] else uid

    with ThreadPoolExecutor(WRITERS) as pool:
        assert [uid for uid in pool.map(missing, people) if uid] == [], told


def all_stand_again_when_all_is_taken_back(places: list[Location], told: str) -> None:
    merged = [uid for uid, state, *_ in rows(places[0], PEOPLE_SQL) if state == "merged"]
    assert merged, told

    def unmerge(uid: str) -> int:
        return places[0].request("POST", f"/api/customers/items/{uid}/unmerge/", {}).status

    with ThreadPoolExecutor(WRITERS) as pool:
        assert set(pool.map(unmerge, merged)) == {200}, told
    agree(places, deadline_s=120)
    for place in places:
        states = Counter(state for _, state, *_ in rows(place, PEOPLE_SQL))
        assert states["listed"] + states["deleted"] == GROUPS * PEOPLE, (told, states)
