"""Where one value of a customer comes from: who, where, when, why, and what it was before. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customers.web import wording
from customers.web.sentences import BACK_DATED, kind_of

Row = Mapping[str, Any]

# A received event is seen later than it was recorded; shorter delays are not worth a word.
LEAST_DELAY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Source:
    """The provenance of a field's value now. `before` is the last other value, "" if none."""

    code: str
    label: str
    value: str
    before: str
    before_since: datetime | None
    before_until: datetime | None
    actor: str
    role: str
    location_id: str
    at: datetime
    since: datetime
    received_at: datetime | None
    event_id: str
    sequence: int | None
    kind: str
    reason: str
    can_undo: bool

    @property
    def is_back_dated(self) -> bool:
        return self.at - self.since >= BACK_DATED

    @property
    def delay_s(self) -> float:
        """Seconds between recording there and receiving here; 0 when it is not worth a word."""
        delay = self.received_at - self.at if self.received_at else timedelta(0)
        return delay.total_seconds() if delay >= LEAST_DELAY else 0.0

    @property
    def before_at(self) -> datetime | None:
        """The last instant at which the value before held."""
        return self.before_until - timedelta(microseconds=1) if self.before_until else None


def provenance(
    *, code: str, history: Sequence[Row], events: Sequence[Row], labels: Mapping[str, str]
) -> Source | None:
    """The source of the value that holds now, or None when the field is not recorded."""
    versions = sorted(
        (row for row in history if row["type"] == "detail" and row["detail_code"] == code),
        key=lambda row: wording.instant(row["valid_from"]),
    )
    if not versions or versions[-1]["valid_to"] is not None:
        return None
    held = versions[-1]
    earlier = [row for row in versions if row["value"] != held["value"]]
    event = next((one for one in events if str(one["event_id"]) == str(held["event_id"])), {})
    return _source(code, held, earlier[-1] if earlier else None, event, labels)


def _source(
    code: str, held: Row, earlier: Row | None, event: Row, labels: Mapping[str, str]
) -> Source:
    since = wording.instant(held["valid_from"])
    received = held.get("recorded_at")
    return Source(
        code=code,
        label=wording.label(code, labels),
        value=str(held["value"]),
        before=str(earlier["value"]) if earlier else "",
        before_since=wording.instant(earlier["valid_from"]) if earlier else None,
        before_until=wording.instant(earlier["valid_to"]) if earlier else None,
        actor=held["actor"],
        role=event.get("role", ""),
        location_id=held["location_id"],
        at=wording.instant(event["at"]) if event else since,
        since=since,
        received_at=wording.instant(received) if received else None,
        event_id=str(held["event_id"]),
        sequence=event.get("sequence"),
        kind=kind_of(event).replace("entity.", "customer ").replace(".", " ") if event else "",
        reason=event.get("reason") or "",
        can_undo=bool(event) and kind_of(event) != "entity.created",
    )
