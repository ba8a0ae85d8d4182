"""A naive model of entities over time, written from the rules of the fold and of the API alone.

It keeps a list of claims per entity ("from then on, this is so") and asks all of them again for
every instant. Deliberately slow and simple, and it imports nothing of the product: events come as
the JSON that locations exchange. Instants are µs since 1970.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

SETTERS = ("entity.created.v1", "entity.updated.v1", "conflict.resolved.v1")
NOT_VOIDABLE = ("event.voided.v1", "entity.erased.v1")
LIFE, TYPE, NAME, MERGED = "alive", "entity_type", "display_name", "merged_into"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Message = Mapping[str, Any]
Shown = Any
Row = dict[str, Any]


@dataclass(frozen=True, order=True, slots=True)
class Claim:
    """An event says that an attribute has this value; in the order in which claims win."""

    valid_from: int
    hlc: int
    origin: str
    event_id: str
    attribute: str
    value: Any
    actor: str

    @property
    def key(self) -> tuple[int, str, str]:
        return self.hlc, self.origin, self.event_id

    @property
    def location_id(self) -> str:
        return self.origin.split("/")[0]


@dataclass(frozen=True, slots=True)
class Span:
    """Something is shown from `start` up to, and without, `end`; None = still."""

    shown: Shown
    start: int
    end: int | None

    def covers(self, at: int) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


def text_of(at: int | None) -> str | None:
    """As the API writes instants."""
    if at is None:
        return None
    return f"{EPOCH + timedelta(microseconds=at):%Y-%m-%dT%H:%M:%S.%f}Z"


def is_same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1, and "ő" is not "Ő"."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def claims_of(messages: Iterable[Message]) -> list[Claim]:
    """What these events of one entity say together; in any order, repeats allowed."""
    events = {message["id"]: message for message in messages}
    taken_back = {e["data"]["event_id"] for e in events.values() if e["type"] == "event.voided.v1"}
    standing = [
        event
        for event in events.values()
        if event["id"] not in taken_back or event["type"] in NOT_VOIDABLE
    ]
    births = [_since(event) for event in standing if event["type"] == "entity.created.v1"]
    return sorted(
        _claim(event, attribute, value)
        for event in standing
        for attribute, value in _said(event, birth=min(births, default=None)).items()
    )


def _since(event: Message) -> int:
    return min(event["data"].get("valid_from", event["hlc"]), event["hlc"])


def _claim(event: Message, attribute: str, value: Any) -> Claim:
    origin = event["source"].removeprefix("/locations/")
    key = (event["hlc"], origin, event["id"])
    return Claim(_since(event), *key, attribute, value, event["actor"])


def _said(event: Message, *, birth: int | None) -> dict[str, Any]:
    data, kind = event["data"], event["type"]
    if kind in SETTERS:
        said = dict(data.get("details", {}))
        said |= {attribute: data[attribute] for attribute in (TYPE, NAME) if attribute in data}
        if kind == "entity.created.v1" and _since(event) == birth:
            said[LIFE] = True
        return said
    return {
        "entity.deleted.v1": {LIFE: False},
        "entity.restored.v1": {LIFE: True},
        "entity.merged.v1": {MERGED: data.get("into")},
        "entity.unmerged.v1": {MERGED: None},
    }.get(kind, {})


def merged(entities: Sequence["Entity"]) -> set[str]:
    """For whom another one stands: of each ring the merge with the greatest key does not count,
    nor one into an entity that nobody has heard of."""
    born = {entity.uid for entity in entities if entity.is_born}
    merges = {e.uid: e.merge for e in entities if e.merge and e.merge.value in born}
    for start in sorted(merges):
        way = [start]
        while way[-1] in merges and merges[way[-1]].value not in way:
            way.append(merges[way[-1]].value)
        if way[-1] in merges:
            ring = way[way.index(merges[way[-1]].value) :]
            del merges[max(ring, key=lambda uid: merges[uid].key)]
    return set(merges)


class Entity:
    """One entity, asked instant by instant."""

    def __init__(self, uid: str, messages: Sequence[Message]) -> None:
        self.uid = uid
        self.claims = claims_of(messages)
        self.first_hlc = min((message["hlc"] for message in messages), default=None)

    @cached_property
    def moments(self) -> list[int]:
        """Only here can anything change."""
        return sorted({claim.valid_from for claim in self.claims})

    @cached_property
    def codes(self) -> list[str]:
        return sorted({claim.attribute for claim in self.claims if claim.attribute[0].isupper()})

    def winner(self, attribute: str, at: int) -> Claim | None:
        past = [c for c in self.claims if c.attribute == attribute and c.valid_from <= at]
        return past[-1] if past else None

    def value(self, attribute: str, at: int) -> Any:
        claim = self.winner(attribute, at)
        return claim.value if claim else None

    def is_alive(self, at: int) -> bool:
        return self.value(LIFE, at) is True

    def name(self, at: int) -> str | None:
        given: str | None = self.value(NAME, at)
        if self.value(TYPE, at) != "PERSON":
            return given
        parts = [self.value(code, at) for code in ("SURNAME", "NAME")]
        return ", ".join(part for part in parts if isinstance(part, str) and part) or given

    def type_and_name(self, at: int) -> tuple[str | None, str | None] | None:
        return (self.value(TYPE, at), self.name(at)) if self.is_alive(at) else None

    def detail(self, code: str, at: int) -> Any:
        return self.value(code, at) if self.is_alive(at) else None

    def details(self, at: int) -> dict[str, Any]:
        held = {code: self.detail(code, at) for code in self.codes}
        return {code: value for code, value in held.items() if value is not None}

    @property
    def merge(self) -> Claim | None:
        """The one that holds now."""
        claim = self.winner(MERGED, self.moments[-1]) if self.claims else None
        return claim if claim and claim.value is not None else None

    @property
    def is_born(self) -> bool:
        return bool(self.claims) and self.value(LIFE, self.moments[-1]) is not None

    @property
    def is_alive_now(self) -> bool:
        return bool(self.claims) and self.is_alive(self.moments[-1])

    def spans(self, shown_at: Callable[[int], Shown]) -> list[Span]:
        """The longest intervals on which the same is shown; None = nothing is shown."""
        found: list[Span] = []
        before: Shown = None
        for moment in self.moments:
            shown = shown_at(moment)
            if is_same(shown, before):
                continue
            if before is not None:
                found[-1] = Span(before, found[-1].start, moment)
            if shown is not None:
                found.append(Span(shown, moment, None))
            before = shown
        return found

    @cached_property
    def entity_spans(self) -> list[Span]:
        return self.spans(self.type_and_name)

    @cached_property
    def detail_spans(self) -> dict[str, list[Span]]:
        return {code: self.spans(lambda at, c=code: self.detail(c, at)) for code in self.codes}

    def as_of(self, at: int) -> Row | None:
        """As the API shows it at an instant, when nothing later had been said; None = 404."""
        return self._shown(at, is_now=False)

    def now(self) -> Row | None:
        """As the API shows it today."""
        return self._shown(self.moments[-1], is_now=True) if self.claims else None

    def _shown(self, at: int, *, is_now: bool) -> Row | None:
        span = _covering(self.entity_spans, at)
        if span is None:
            return None
        entity_type, display_name = span.shown
        told = self.latest(at, is_now=is_now)
        held = {code: _covering(spans, at) for code, spans in self.detail_spans.items()}
        return {
            "entity_uid": self.uid,
            "entity_type": entity_type,
            "display_name": display_name,
            **_interval(span),
            "details": [
                {"detail_code": code, "value": one.shown, **_interval(one)}
                for code, one in held.items()
                if one is not None
            ],
            "location_id": told.location_id,
            "created_at": text_of(self.first_hlc),
            "updated_at": text_of(told.hlc),
        }

    def latest(self, at: int, *, is_now: bool) -> Claim:
        """Of the claims shown by any version begun by then the last that was written; today also of
        those that tell of life and merging."""
        told = [self.origin_of(TYPE, span.start) for span in self.entity_spans if span.start <= at]
        for code, spans in self.detail_spans.items():
            told += [self.origin_of(code, span.start) for span in spans if span.start <= at]
        if is_now:
            last = [self.winner(attribute, at) for attribute in (LIFE, MERGED)]
            told += [claim for claim in last if claim and claim.value is not None]
        return max(told, key=lambda claim: claim.key)

    def history(self) -> list[Row]:
        """All versions as the API lists them: by valid_from, the entity's own first."""
        rows = []
        for span in self.entity_spans:
            entity_type, display_name = span.shown
            what = {"type": "entity", "display_name": display_name, "entity_type": entity_type}
            rows.append((span.start, "", what | _interval(span) | self._told_by(TYPE, span)))
        for code, spans in self.detail_spans.items():
            for span in spans:
                what = {"type": "detail", "detail_code": code, "value": span.shown}
                rows.append((span.start, code, what | _interval(span) | self._told_by(code, span)))
        return [row for *_, row in sorted(rows, key=lambda row: row[:2])]

    def _told_by(self, attribute: str, span: Span) -> Row:
        claim = self.origin_of(attribute, span.start)
        told: Row = {"event_id": claim.event_id, "location_id": claim.location_id}
        return told | {"actor": claim.actor}

    def origin_of(self, attribute: str, at: int) -> Claim:
        """Rule 5: whose claim is shown there. Of an Entity version (asked by its type) the newest
        of those that it is made of."""
        if attribute != TYPE:
            parts = [attribute]
        elif self.value(TYPE, at) != "PERSON":
            parts = [TYPE, NAME]
        else:
            is_computed = any(
                isinstance(self.value(code, at), str) and self.value(code, at)
                for code in ("SURNAME", "NAME")
            )
            parts = [TYPE, "SURNAME", "NAME"] + ([] if is_computed else [NAME])
        heads = [head for head in (self.head_of_run(part, at) for part in parts) if head]
        return max(heads, default=None) or self._must(self.head_of_run(LIFE, at))

    def head_of_run(self, attribute: str, at: int) -> Claim | None:
        """Back from the winner of the instant for as long as those before it said the same."""
        head = self.winner(attribute, at)
        while head and (before := self.winner(attribute, head.valid_from - 1)):
            if not is_same(before.value, head.value):
                break
            head = before
        return head

    @staticmethod
    def _must(claim: Claim | None) -> Claim:
        assert claim is not None
        return claim


def _covering(spans: Sequence[Span], at: int) -> Span | None:
    return next((span for span in spans if span.covers(at)), None)


def _interval(span: Span) -> Row:
    return {
        "valid_from": text_of(span.start),
        "valid_to": text_of(span.end),
        "is_current": span.end is None,
    }
