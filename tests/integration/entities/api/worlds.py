"""Histories to be lived through: a few entities, written here over HTTP and at a second location,
whose events come late, out of order and twice. A step says what happens, a world lets it happen."""

import hashlib
import json
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.http import HttpResponse
from django.test import Client
from hypothesis import strategies as st

from events import receiving, sql
from events.kafka import Message
from events.principal import Act, Principal

ROOT = "/api/v1/"
PEER = "loc2/1700000000"
# Days of this world begin in the midst of its histories, so that bare dates divide them.
MIDNIGHT_US = 1_772_323_200_000_000
MIDNIGHT = "2026-03-01"
# Far enough from each other that an instant fits between, near enough that many coincide.
TICK_US = 10
WHO = [UUID(int=number) for number in range(1, 4)]


class Detail(NamedTuple):
    """`back`: so many ticks before now; None = the write's own instant."""

    code: str
    value: Any
    back: int | None = None


class Create(NamedTuple):
    who: int
    entity_type: str
    display_name: str | None
    details: list[Detail]
    back: int | None


class Patch(NamedTuple):
    who: int
    entity_type: str | None
    display_name: str | None
    details: list[Detail]
    back: int | None


class Delete(NamedTuple):
    who: int


class Restore(NamedTuple):
    who: int


class Elsewhere(NamedTuple):
    """The other location writes; whether it has received our events by then matters."""

    who: int
    type: str
    data: dict[str, Any]
    back: int | None
    is_up_to_date: bool


class Arrive(NamedTuple):
    """What was written elsewhere comes, shuffled by `order`; all but the first `left` of it.
    `again`: that many of what came before come once more."""

    order: int
    left: int
    again: int


Step = Create | Patch | Delete | Restore | Elsewhere | Arrive

TEXTS = {
    "SURNAME": ["Ő", "ő", "Smith"],
    "NAME": ["John", "Ann"],
    "NOTES": ["one", "two", "Two"],
    "ADDRESS": ["Mill Lane 1", "Ő tér 2"],
}
NAMES = ["Mill", "Ő"]
TYPES = ["PERSON", "PERSON", "INSTITUTION"]

_who = st.integers(0, len(WHO) - 1)
_back = st.none() | st.integers(0, 40)
_codes = st.lists(st.sampled_from(sorted(TEXTS)), min_size=1, max_size=3, unique=True)


@st.composite
def _details(draw, backs=_back) -> list[Detail]:
    """Some are closed; what is created has none of those."""
    return [
        Detail(code, draw(st.sampled_from([*TEXTS[code], None])), draw(backs))
        for code in draw(_codes)
    ]


@st.composite
def _values(draw) -> dict[str, Any]:
    """What a peer may say: other kinds of values, too, and codes that nobody defined here."""
    codes = draw(st.lists(st.sampled_from([*TEXTS, "SHOE_SIZE"]), max_size=3, unique=True))
    odd = [None, True, 1, "1"]
    data: dict[str, Any] = {
        "details": {
            code: draw(st.sampled_from(TEXTS[code] + [None] if code in TEXTS else odd))
            for code in codes
        }
    }
    if draw(st.integers(0, 3)) == 0:
        data["entity_type"] = draw(st.sampled_from(TYPES))
    if draw(st.integers(0, 3)) == 0:
        data["display_name"] = draw(st.sampled_from(NAMES))
    return data


_creations = st.builds(
    Create,
    who=_who,
    entity_type=st.sampled_from(TYPES),
    display_name=st.sampled_from(NAMES),
    details=_details(st.none() | st.integers(0, 30)),
    back=st.sampled_from([60, 60, 60, 30, None]),
)
_patches = st.builds(
    Patch, who=_who, entity_type=st.none(), display_name=st.none(), details=_details(), back=_back
)
_renamings = st.builds(
    Patch,
    who=_who,
    entity_type=st.none() | st.sampled_from(TYPES),
    display_name=st.none() | st.sampled_from(NAMES),
    details=st.just([]) | st.just([Detail("SURNAME", None), Detail("NAME", None)]) | _details(),
    back=_back,
)
# One of them is never heard of.
_others = st.sampled_from([{"into": str(uid)} for uid in (*WHO, UUID(int=9))])


def _elsewhere(event_type: str, data: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Step]:
    return st.builds(
        Elsewhere,
        who=_who,
        type=st.just(event_type),
        data=data,
        back=_back,
        is_up_to_date=st.booleans(),
    )


_nothing = st.just({})
_arrivals = st.builds(
    Arrive, order=st.integers(0, 23), left=st.sampled_from([0, 0, 1, 2]), again=st.integers(0, 2)
)
STEPS: list[st.SearchStrategy[Step]] = [
    *[_patches] * 12,
    *[_renamings] * 6,
    st.builds(Delete, _who),
    *[st.builds(Restore, _who)] * 2,
    *[_elsewhere("entity.updated.v1", _values())] * 5,
    _elsewhere("entity.created.v1", _values()),
    _elsewhere("entity.deleted.v1", _nothing),
    _elsewhere("entity.restored.v1", _nothing),
    _elsewhere("entity.merged.v1", _others),
    _elsewhere("entity.unmerged.v1", _nothing),
    _elsewhere("event.voided.v1", _nothing),
    *[_arrivals] * 4,
]


@st.composite
def histories(draw) -> list[Step]:
    """Mostly every entity is created first; the rest happens to any of them in any order."""
    born = [
        draw(_creations)._replace(who=who)
        for who in range(len(WHO))
        if draw(st.integers(0, 11)) < 11
    ]
    # Each may be left out, so that a long history can be shrunk to a short one.
    lived = [draw(st.one_of(STEPS)) for _ in range(26) if draw(st.integers(0, 5))]
    return [*born, *lived, Arrive(order=5, left=0, again=1)]


class Clock:
    """Stands still unless it is told the time."""

    def __init__(self) -> None:
        self.now_us = MIDNIGHT_US - 60 * TICK_US

    def time_ns(self) -> int:
        return self.now_us * 1000

    def ago(self, ticks: int | None) -> int | None:
        return None if ticks is None else self.now_us - ticks * TICK_US


class World:
    """`story` tells what was done, and how it was answered."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.client = Client()
        self.story: list[str] = []
        self.statuses: list[tuple[str, int]] = []
        self._written: list[bytes] = []
        self._waiting: list[int] = []
        self._events: dict[int, list[dict[str, Any]]] = {who: [] for who in range(len(WHO))}
        self._seen: dict[int, tuple[dict[str, int], int]] = {}

    def live(self, steps: list[Step]) -> None:
        for number, step in enumerate(steps):
            self.clock.now_us += TICK_US * (7 if number % 3 else 2)
            answered = self._do(step)
            status = f" → {answered.status_code}" if answered is not None else ""
            self.story.append(f"{self.clock.now_us} {step}{status}")
            if answered is not None:
                self.statuses.append((type(step).__name__, answered.status_code))
                assert answered.status_code < 500, "\n".join(self.story)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> HttpResponse:
        raw = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            ROOT + path,
            raw,
            content_type="application/json",
            headers={"X-Role": "service_agent"},
            query_params={name: value for name, value in query.items() if value is not None},
        )

    def follow(self, path: str) -> HttpResponse:
        """A link of an answer."""
        return self.client.get(path, headers={"X-Role": "service_agent"})

    def is_known(self, uid: str) -> bool:
        """Has anything of it come here?"""
        return bool(self.messages()[UUID(uid)])

    def messages(self) -> dict[UUID, list[dict[str, Any]]]:
        """The events that this location has by now, as they are exchanged."""
        found: dict[UUID, list[dict[str, Any]]] = {uid: [] for uid in WHO}
        for uid, raw in sql.fetch("SELECT entity_uid, raw FROM events_event"):
            found[uid].append(json.loads(bytes(raw)))
        return found

    def _do(self, step: Step) -> HttpResponse | None:
        match step:
            case Elsewhere():
                self._write_elsewhere(step)
            case Arrive():
                self._let_arrive(step)
            case Create(who=who):
                return self.call(
                    "POST", "entities", {"entity_uid": str(WHO[who]), **self._body(step)}
                )
            case Patch(who=who):
                return self.call("PATCH", f"entities/{WHO[who]}", self._body(step))
            case Delete(who=who):
                return self.call("DELETE", f"entities/{WHO[who]}")
            case Restore(who=who):
                return self.call("POST", f"entities/{WHO[who]}/restore")
        return None

    def _body(self, step: Create | Patch) -> dict[str, Any]:
        details = [
            _given(detail_code=one.code, valid_from=_text(self.clock.ago(one.back)))
            | {"value": one.value}
            for one in step.details
        ]
        return _given(
            entity_type=step.entity_type,
            display_name=step.display_name,
            details=details or None,
            valid_from=_text(self.clock.ago(step.back)),
        )

    def _write_elsewhere(self, step: Elsewhere) -> None:
        own = self._events[step.who]
        if step.is_up_to_date:
            self._seen[step.who] = self._look(WHO[step.who])
        seen, seen_hlc = self._seen.get(step.who, ({}, 0))
        last_hlc = max([seen_hlc, *(event["hlc"] for event in own)])
        seq = len(own) + 1
        data = dict(step.data)
        if step.back is not None:
            data["valid_from"] = self.clock.ago(step.back)
        if step.type == "event.voided.v1":
            data["event_id"] = own[-1]["id"] if own else str(UUID(int=99))
        event = {
            "specversion": "1.0",
            "id": str(uuid5(WHO[step.who], f"{PEER} {seq}")),
            "source": f"/locations/{PEER}",
            "type": step.type,
            "subject": str(WHO[step.who]),
            "datacontenttype": "application/json",
            "hlc": max(self.clock.now_us, last_hlc + 1),
            "entityseq": seq,
            "basevv": seen | ({PEER: seq - 1} if seq > 1 else {}),
            "actor": "jonas",
            "role": "service_agent",
            "requestid": str(UUID(int=10)),
            "data": data,
        }
        own.append(event)
        self._waiting.append(len(self._written))
        self._written.append(json.dumps(event).encode())

    def _look(self, uid: UUID) -> tuple[dict[str, int], int]:
        """What somebody who has received everything of ours knows of this entity."""
        rows = sql.fetch(
            "SELECT origin, max(entity_seq), max(hlc) FROM events_event "
            "WHERE entity_uid = %(uid)s AND origin <> %(peer)s GROUP BY origin",
            {"uid": uid, "peer": PEER},
        )
        return {origin: seq for origin, seq, _ in rows}, max((hlc for *_, hlc in rows), default=0)

    def _let_arrive(self, step: Arrive) -> None:
        shuffled = _permuted(self._waiting, step.order)
        self._waiting, come = shuffled[: step.left], shuffled[step.left :]
        come += [number for number in range(step.again) if number < len(self._written)]
        come = [number for number in come if number not in self._waiting]
        act = Act(
            Principal("consume_events", "service_provider", "loc1", "command"),
            request_id=UUID(int=11),
            now_us=self.clock.now_us,
        )
        receiving.receive(act, [self._message(number) for number in come], cluster_id="cluster")

    def _message(self, number: int) -> Message:
        raw = self._written[number]
        headers = {
            "sequence": str(number + 1).encode(),
            "sha256": hashlib.sha256(raw).hexdigest().encode(),
        }
        return Message("customer.events", 0, number, b"key", raw, headers, None)


def _permuted(numbers: list[int], order: int) -> list[int]:
    """One of the orders, the first of which is that of writing."""
    left, shuffled = list(numbers), []
    while left:
        order, place = divmod(order, len(left))
        shuffled.append(left.pop(place))
    return shuffled


def _given(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part is not None}


def _text(us: int | None) -> str | None:
    if us is None:
        return None
    seconds, rest = divmod(us - MIDNIGHT_US, 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    clock = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}.{rest:06}Z"
    return f"2026-{'03-01' if days == 0 else '02-28'}T{clock}"
