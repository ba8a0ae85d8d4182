"""Seed and number → the invented lives of entities, as the events that tell them. Pure.

Nobody reads the names; what counts is their number, their spread over the alphabet, and that each
life is one that people could have typed: born with details, renamed, corrected, deleted, restored.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from events.clock import us_of
from events.event import Event

SEED = "sins history 1"
# Three years, whenever it is run.
END = datetime(2026, 11, 1, tzinfo=UTC)
START = END - timedelta(days=3 * 365)
START_US, END_US = us_of(START), us_of(END)
DAY_US = 86_400_000_000
# Nobody is born in the last days, so that every life may have its steps.
LAST_BIRTH_US = END_US - 30 * DAY_US

ORIGINS = ("loc1/1690000000", "loc2/1690000000", "loc3/1690000000")
PERSON_SHARE = 0.7
# How many steps follow a birth; on average 1.8, so that 1 M entities have 5 M versions.
STEP_COUNTS, STEP_WEIGHTS = (0, 1, 2, 3, 4, 6), (16, 34, 26, 13, 8, 3)
VERBS = ("rename", "correct", "delete", "retype")
VERB_WEIGHTS = (56, 35, 6, 3)
RESTORED_SHARE = 0.7
BACK_DATED_SHARE = 0.05
TYPES = ("INSTITUTION", "PERSON")

ONSETS = ("A", "Ba", "Bre", "Cha", "Da", "Dö", "E", "Fi", "Ga", "Gro", "Ha", "I", "Jo", "Ka", "Kle")
ONSETS += ("Lu", "Ma", "Mü", "Na", "Or", "Pa", "Pe", "Qui", "Ro", "Sá", "Sta", "Tho", "U", "Va")
ONSETS += ("Wei", "Xe", "Ya", "Zie", "Ål", "Șe", "Ла", "Но", "Πα")
MIDDLES = ("ber", "chi", "den", "fer", "ga", "kov", "len", "man", "nar", "pol", "ri", "sen", "tas")
MIDDLES += ("ul", "ver", "wa", "xi", "zen")
CODAS = ("", "a", "berg", "ek", "er", "i", "man", "o", "oğlu", "ova", "s", "ski", "son", "us")
STREETS = ("Mill Lane", "High Street", "Hauptstraße", "Rua Nova", "ul. Polna", "Station Road")


@dataclass(slots=True)
class _Life:
    """One entity while its story is told: what the next event has to continue."""

    rng: random.Random
    entity_uid: UUID
    vv: dict[str, int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def tell(self, verb: str, at: int, **data: Any) -> None:
        origin = self.rng.choice(ORIGINS)
        entity_seq = self.vv.get(origin, 0) + 1
        salt = base64.b64encode(self.rng.randbytes(16)).decode()
        event = Event(
            event_id=_uuid7(self.rng, at),
            origin=origin,
            entity_uid=self.entity_uid,
            entity_seq=entity_seq,
            type=f"entity.{verb}.v1",
            hlc=at,
            basevv=dict(self.vv),
            actor="benchmark",
            role="service_agent",
            request_id=_uuid7(self.rng, at),
            reason_code=None,
            data={**data, "salt": salt},
        )
        self.vv[origin] = entity_seq
        self.events.append(event)


def lives(chunk: int, count: int) -> Iterator[list[Event]]:
    """The events of each of `count` entities, by key; the same for the same chunk number."""
    rng = random.Random(f"{SEED} {chunk}")
    for _ in range(count):
        yield _events_of_life(rng)


def _events_of_life(rng: random.Random) -> list[Event]:
    # In no order: neighbours in a list by uid lie anywhere in the tables, as in a grown registry.
    life = _Life(rng, UUID(int=rng.getrandbits(128), version=4))
    born = rng.randrange(START_US, LAST_BIRTH_US)
    is_person = rng.random() < PERSON_SHARE
    if is_person:
        details = {"SURNAME": _surname(rng), "NAME": _name(rng)}
        life.tell("created", born, entity_type="PERSON", details=details)
    else:
        given = {"display_name": _institution(rng), "details": {"ADDRESS": _address(rng)}}
        life.tell("created", born, entity_type="INSTITUTION", **given)
    count = rng.choices(STEP_COUNTS, STEP_WEIGHTS)[0]
    is_alive = True
    for at in sorted(rng.sample(range(born + 1, END_US), count)):
        if not is_alive:
            if rng.random() > RESTORED_SHARE:
                break
            life.tell("restored", at)
            is_alive = True
            continue
        verb = rng.choices(VERBS, VERB_WEIGHTS)[0]
        is_alive = verb != "delete"
        is_person ^= verb == "retype"
        _take_step(life, verb, at, born, is_person=is_person)
    return life.events


def _take_step(life: _Life, verb: str, at: int, born: int, *, is_person: bool) -> None:
    rng = life.rng
    if verb == "delete":
        life.tell("deleted", at)
        return
    if verb == "retype":
        data: dict[str, Any] = {"entity_type": TYPES[is_person]}
    elif verb == "correct":
        data = {"details": _correction(rng)}
    elif is_person:
        data = {"details": {"SURNAME": _surname(rng)}}
    else:
        data = {"display_name": _institution(rng)}
    if rng.random() < BACK_DATED_SHARE:
        data["valid_from"] = rng.randrange(born, at)
    life.tell("updated", at, **data)


def _correction(rng: random.Random) -> dict[str, str | None]:
    code = rng.choice(("EMAIL", "PHONE", "ADDRESS", "DOB", "NOTES"))
    if code == "PHONE":
        return {code: f"+49 30 {rng.randrange(10**6, 10**7)}"}
    if code == "ADDRESS":
        return {code: _address(rng)}
    if code == "DOB":
        return {code: f"{rng.randrange(1930, 2008)}-{rng.randrange(1, 13):02}-15"}
    if code == "NOTES":
        return {code: rng.choice(("Call before noon", "Prefers letters", None))}
    return {code: f"{_surname(rng).lower()}{rng.randrange(1000)}@example.org"}


def _surname(rng: random.Random) -> str:
    return rng.choice(ONSETS) + rng.choice(MIDDLES) + rng.choice(CODAS)


def _name(rng: random.Random) -> str:
    return rng.choice(ONSETS) + rng.choice(CODAS)


def _institution(rng: random.Random) -> str:
    return f"{_surname(rng)} & {_surname(rng)} {rng.randrange(1, 100)}"


def _address(rng: random.Random) -> str:
    return f"{rng.choice(STREETS)} {rng.randrange(1, 200)}, {rng.randrange(10_000, 99_999)}"


def _uuid7(rng: random.Random, at: int) -> UUID:
    """As the product makes them, but with the instant and the dice of the story."""
    millis = at // 1000
    return UUID(int=(millis << 80) | (0x7 << 76) | (0b10 << 62) | _random_bits(rng))


def _random_bits(rng: random.Random) -> int:
    return (rng.getrandbits(12) << 64) | rng.getrandbits(62)
