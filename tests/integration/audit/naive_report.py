"""The report as one writes it over a list of entries in memory: no SQL, no index, no cursor."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class NaiveEntry:
    """An entry as a test made it. `told`: the entities of which its events speak."""

    audit_id: UUID
    at: datetime
    location_id: str
    actor: str
    role: str
    action: str
    kind: str
    outcome: str
    request_id: UUID
    entity_uid: UUID | None
    hit_ids: tuple[UUID, ...]
    event_ids: tuple[UUID, ...]
    told: tuple[UUID, ...]
    codes: tuple[str, ...]

    def is_about(self, subject):
        return subject == self.entity_uid or subject in self.hit_ids or subject in self.told

    def is_of(self, location, here):
        is_received = self.kind == "applied" and location in self.codes
        return self.location_id == location or (location != here and is_received)


def report(entries, asked, *, here):
    """Those that fit, newest first."""
    found = [entry for entry in entries if fits(entry, asked, here)]
    return sorted(found, key=lambda entry: (entry.at, entry.audit_id.bytes), reverse=True)


def fits(entry, asked, here):
    if asked.since and entry.at < asked.since:
        return False
    if asked.until and entry.at >= asked.until:
        return False
    if asked.location and not entry.is_of(asked.location, here):
        return False
    if asked.subject and not entry.is_about(asked.subject):
        return False
    if entry.action in asked.without and entry.outcome == "ok":
        return False
    same = ("actor", "role", "action", "kind", "outcome", "request_id")
    return all(getattr(asked, name) in ("", None, getattr(entry, name)) for name in same)


def sums(found, zone):
    """What Totals says of these entries, as plain values."""
    local = {entry: entry.at.astimezone(ZoneInfo(zone)) for entry in found}
    days = Counter((local[entry].date(), entry.kind) for entry in found)
    not_ok = [entry for entry in found if entry.outcome != "ok"]
    days += Counter((local[entry].date(), "refused") for entry in not_ok)
    hours = Counter((local[entry].weekday(), local[entry].hour) for entry in found)
    return {
        "entries": len(found),
        "changes": sum(len(entry.event_ids) for entry in found),
        "refused": len(not_ok),
        "per_kind": dict(Counter(entry.kind for entry in found)),
        "per_day": [(*key, count) for key, count in sorted(days.items())],
        "per_hour": [(*key, count) for key, count in sorted(hours.items())],
        "per_action": most_first(Counter(entry.action for entry in found)),
        "per_actor": most_first(Counter(entry.actor for entry in found))[:20],
    }


def most_first(counts):
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
