"""A naive model of the fold, written from the rules alone: it asks every rule again at every
instant and compares every event with every other. Shares no code with the fold."""

from typing import Any

from events.event import Event

CREATED = {"entity.created.v1", "detail_type.proposed.v1", "detail_type.authorised.v1"}
SETTERS = {"entity.created.v1", "entity.updated.v1", "conflict.resolved.v1"}
STATUS = {
    "detail_type.proposed.v1": "proposed",
    "detail_type.authorised.v1": "authorised",
    "detail_type.retired.v1": "retired",
}


def same(a: Any, b: Any) -> bool:
    return repr(a) == repr(b)


def standing(events: list[Event]) -> list[Event]:
    taken_back = [e.data["event_id"] for e in events if e.type == "event.voided.v1"]
    immune = ("event.voided.v1", "entity.erased.v1")
    return [e for e in events if str(e.event_id) not in taken_back or e.type in immune]


def voided(events: list[Event]) -> set:
    return {e.event_id for e in events} - {e.event_id for e in standing(events)}


def says(event: Event, attribute: str) -> list[Any]:
    """[value] if the event asserts this attribute, else []. Life is asked elsewhere."""
    data, kind = event.data, event.type
    if kind in STATUS:
        if attribute == "entity_type":
            return ["DETAIL_TYPE"]
        if attribute == "STATUS":
            return [STATUS[kind]]
        if attribute == "display_name" and "LABEL" in data["details"]:
            return [data["details"]["LABEL"]]
    if kind in STATUS or kind in SETTERS:
        if attribute in ("entity_type", "display_name"):
            return [data[attribute]] if attribute in data else []
        if attribute in data.get("details", {}):
            return [data["details"][attribute]]
    elif kind == "entity.merged.v1" and attribute == "merged_into":
        return [data["into"]]
    elif kind == "entity.unmerged.v1" and attribute == "merged_into":
        return [None]
    elif kind == "entity.distinguished.v1" and attribute == "distinct:" + data["other"]:
        return [None if data["same"] else True]
    elif kind == "hold.placed.v1" and attribute == "hold:" + data["hold_id"]:
        return [True]
    elif kind == "hold.lifted.v1" and attribute == "hold:" + data["hold_id"]:
        return [None]
    elif kind == "erasure.scheduled.v1" and attribute == "erasure":
        return [{"execute_after": data["execute_after"], "basis": data["basis"]}]
    elif kind == "erasure.cancelled.v1" and attribute == "erasure":
        return [None]
    elif kind == "entity.restricted.v1" and attribute == "restricted":
        return [True]
    elif kind == "entity.unrestricted.v1" and attribute == "restricted":
        return [None]
    return []


def says_alive(event: Event, events: list[Event]) -> list[bool]:
    if event.type in CREATED:
        births = [e.valid_from for e in events if e.type in CREATED]
        return [True] if event.valid_from <= min(births) else []
    return {"entity.deleted.v1": [False], "entity.restored.v1": [True]}.get(event.type, [])


def rank(event: Event) -> tuple:
    return (event.valid_from, event.hlc, event.origin, event.event_id)


class Model:
    """The entity these events (of one entity, any order) make, asked instant by instant."""

    def __init__(self, events: list[Event]) -> None:
        self.all = sorted({e.event_id: e for e in events}.values(), key=lambda e: e.key)
        self.erased = [e for e in self.all if e.type == "entity.erased.v1"]
        self.events = standing(self.all)
        self.attributes = self._attributes()

    def _attributes(self) -> list[str]:
        names = {"alive", "entity_type", "display_name", "merged_into", "erasure", "STATUS"}
        names.add("restricted")
        for event in self.events:
            names |= set(event.data.get("details", {}))
            names |= {"distinct:" + str(event.data["other"])} if "other" in event.data else set()
            names |= {"hold:" + event.data["hold_id"]} if "hold_id" in event.data else set()
        return sorted(names)

    def claims(self, attribute: str) -> list[tuple[Event, Any]]:
        if attribute == "alive":
            found = [(e, v) for e in self.events for v in says_alive(e, self.events)]
        else:
            found = [(e, v) for e in self.events for v in says(e, attribute)]
        return sorted(found, key=lambda claim: rank(claim[0]))

    def winner_at(self, attribute: str, instant: int) -> tuple[Event, Any] | None:
        past = [claim for claim in self.claims(attribute) if claim[0].valid_from <= instant]
        return past[-1] if past else None

    def value_at(self, attribute: str, instant: int) -> Any:
        winner = self.winner_at(attribute, instant)
        return winner[1] if winner else None

    def run_head_at(self, attribute: str, instant: int) -> Event | None:
        """Walk back from the instant as long as the winners say the same."""
        head = self.winner_at(attribute, instant)
        while head:
            before = self.winner_at(attribute, head[0].valid_from - 1)
            if before is None or not same(before[1], head[1]):
                return head[0]
            head = before
        return None

    def is_alive_at(self, instant: int) -> bool:
        return self.value_at("alive", instant) is True

    def name_at(self, instant: int) -> tuple[Any, list[str]]:
        """The display name and the attributes it is made of."""
        asserted = self.value_at("display_name", instant)
        if self.value_at("entity_type", instant) != "PERSON":
            return asserted, ["display_name"]
        surname, name = (self.value_at(code, instant) for code in ("SURNAME", "NAME"))
        is_surname, is_name = (isinstance(v, str) for v in (surname, name))
        if is_surname and is_name:
            return f"{surname}, {name}", ["SURNAME", "NAME"]
        if is_surname or is_name:
            return surname if is_surname else name, ["SURNAME", "NAME"]
        return asserted, ["SURNAME", "NAME", "display_name"]

    def instants(self) -> list[int]:
        return sorted({e.valid_from for e in self.events})

    def reduced_at(self, instant: int) -> tuple[tuple | None, dict[str, Any]]:
        """(entity_type, display_name) and details; (None, {}) when not alive."""
        if self.erased or not self.is_alive_at(instant):
            return None, {}
        details = {c: self.value_at(c, instant) for c in self.attributes if c[0].isupper()}
        shown = (self.value_at("entity_type", instant), self.name_at(instant)[0])
        return shown, {code: value for code, value in details.items() if value is not None}

    def _intervals(self, shown_at) -> list[tuple[Any, int, int | None]]:
        """Maximal intervals of a constant shown value; None = nothing shown."""
        found: list[list] = []
        before = None
        for instant in self.instants():
            shown = shown_at(instant)
            if not same(shown, before):
                if before is not None:
                    found[-1][2] = instant
                if shown is not None:
                    found.append([shown, instant, None])
            before = shown
        return [tuple(row) for row in found]

    def entity_versions(self) -> list[tuple]:
        versions = []
        for shown, start, end in self._intervals(lambda t: self.reduced_at(t)[0]):
            parts = ["entity_type", *self.name_at(start)[1]]
            heads = [h for h in (self.run_head_at(p, start) for p in parts) if h]
            heads = heads or [self.run_head_at("alive", start)]
            versions.append((*shown, start, end, max(heads, key=rank).event_id))
        return versions

    def detail_versions(self) -> list[tuple]:
        versions = []
        for code in (c for c in self.attributes if c[0].isupper()):
            for value, start, end in self._intervals(
                lambda t, c=code: self.reduced_at(t)[1].get(c)
            ):
                head = self.run_head_at(code, start)
                versions.append((code, value, start, end, head.event_id))
        return versions

    def state(self) -> list[tuple]:
        rows = []
        for attribute in () if self.erased else self.attributes:
            claims = self.claims(attribute)
            told_by_versions = attribute[0].isupper() or attribute in (
                "entity_type",
                "display_name",
            )
            if claims and claims[-1][1] is not None and not told_by_versions:
                rows.append((attribute, claims[-1][1], claims[-1][0].event_id))
        return rows

    def rivals(self, attribute: str) -> list[tuple[Event, Any]]:
        """Rule 7: claims, with what updates and creations say about life and merging."""
        claims = [(e, v) for e in self.events for v in says(e, attribute)]
        if attribute == "alive":
            ends = {"entity.deleted.v1": False, "entity.restored.v1": True}
            claims = [(e, ends[e.type]) for e in self.events if e.type in ends]
        if attribute in ("alive", "merged_into"):
            implied = True if attribute == "alive" else None
            writers = CREATED | {"entity.updated.v1"}
            claims += [(e, implied) for e in self.events if e.type in writers]
        return claims

    def heads(self, attribute: str) -> list[tuple[Event, Any]]:
        rivals = self.rivals(attribute)
        return [
            (event, value)
            for event, value in rivals
            if not any(
                event.entity_seq <= other.basevv.get(event.origin, 0)
                for other, _ in rivals
                if other is not event
            )
        ]

    def conflicts(self) -> list[tuple[str, tuple]]:
        found = []
        for attribute in () if self.erased else self.attributes:
            heads = self.heads(attribute)
            if any(not same(a[1], b[1]) for a in heads for b in heads):
                found.append((attribute, tuple(sorted(e.event_id for e, _ in heads))))
        return found
