"""Checkpoints of peers → who contradicted itself, for those who read the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from events import sql

HEARD_SQL = """
SELECT location_id, max(heard_at) FROM audit_checkpoint
WHERE is_contradiction
    AND heard_at >= coalesce(%(since)s, '-infinity'::timestamptz)
    AND heard_at < coalesce(%(until)s, 'infinity'::timestamptz)
GROUP BY location_id ORDER BY location_id
"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A peer whose chain is not what it had said; `heard_at`: when that was heard last."""

    location_id: str
    heard_at: datetime


def heard(*, since: datetime | None, until: datetime | None) -> list[Contradiction]:
    """Those heard in [since, until), one for each location."""
    found = sql.fetch(HEARD_SQL, {"since": since, "until": until})
    return [Contradiction(location_id, heard_at) for location_id, heard_at in found]


def sentence(found: Sequence[Contradiction]) -> str:
    """To be said beside the state of this location's own chain; nothing when all is well."""
    places = [one.location_id for one in found]
    if not places:
        return ""
    if len(places) == 1:
        return f"What {places[0]} says of its chain contradicts what it had said before."
    said = " and ".join([", ".join(places[:-1]), places[-1]])
    return f"What {said} say of their chains contradicts what they had said before."
