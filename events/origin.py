"""Who this location is: its origin, taken anew when the database was replaced."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from uuid_utils.compat import uuid7

from events import sql
from events.clock import instant_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Self:
    """The one row of `events_self`."""

    location_id: str
    epoch: int
    instance_id: UUID
    database_identity: str
    next_sequence: int
    produced_to: int
    rival_instance: UUID | None
    # Since when it waits for what happened after its backup (events/restoring.py); None = open.
    restoring_since: datetime | None

    @property
    def origin(self) -> str:
        return f"{self.location_id}/{self.epoch}"

    @property
    def sealed(self) -> int:
        """The highest sequence given under this origin."""
        return self.next_sequence - 1


# Read with every write, so that no process ever writes under an origin that was replaced. A copy
# has another system identifier or oid, a restored backup or promoted replica another timeline.
SELF_SQL = """
SELECT self.location_id, epoch, instance_id, database_identity, next_sequence, produced_to,
    rival_instance, restoring_since, here.identity
FROM (SELECT concat_ws('/',
        (SELECT system_identifier FROM pg_control_system()),
        (SELECT timeline_id FROM pg_control_checkpoint()),
        (SELECT oid FROM pg_database WHERE datname = current_database())) AS identity) here
LEFT JOIN events_self self ON true
"""

FIRST_SELF_SQL = """
INSERT INTO events_self (singleton, location_id, epoch, instance_id, database_identity,
    next_sequence, produced_to)
VALUES (true, %(location_id)s, %(epoch)s, %(instance_id)s, %(identity)s, 1, 0)
ON CONFLICT (singleton) DO NOTHING
"""

# Conditional: of several processes that notice at once, one takes the new epoch. With events in it
# and others who may have written or erased since, the location closes until it has caught up.
NEW_EPOCH_SQL = """
UPDATE events_self
SET location_id = %(location_id)s, epoch = greatest(%(epoch)s, epoch + 1),
    instance_id = %(instance_id)s, database_identity = %(identity)s, next_sequence = 1,
    produced_to = 0, rival_instance = NULL,
    restoring_since = CASE WHEN %(is_restored)s OR (EXISTS (SELECT 1 FROM events_event)
        AND EXISTS (SELECT 1 FROM events_peer WHERE location_id <> %(location_id)s))
        THEN %(now)s ELSE restoring_since END
WHERE epoch = %(expected)s
"""


def ensure_self(*, now_us: int) -> Self:
    """This location as of now; takes the first epoch, or a new one in a replaced database.

    Raises ImproperlyConfigured when the database belongs to another location.
    """
    row = sql.fetch(SELF_SQL)[0]
    if row[0] is None:
        sql.execute(FIRST_SELF_SQL, _newcomer(identity=row[8], now_us=now_us))
        row = sql.fetch(SELF_SQL)[0]
    this = Self(*row[:8])
    if this.database_identity != row[8]:
        return _take_epoch(this, identity=row[8], now_us=now_us, reason="database replaced")
    if this.location_id != settings.LOCATION_ID:
        raise ImproperlyConfigured(
            f"LOCATION_ID is {settings.LOCATION_ID!r}, but this database belongs to location "
            f"{this.location_id!r}. Give each location a database of its own."
        )
    return this


def take_new_epoch(this: Self, *, now_us: int, reason: str, is_restored: bool = False) -> Self:
    """Go on under a new origin, because peers know more of the old one than this database does, or
    somebody said that it came from a backup."""
    return _take_epoch(
        this,
        identity=this.database_identity,
        now_us=now_us,
        reason=reason,
        is_restored=is_restored,
    )


def _take_epoch(
    this: Self, *, identity: str, now_us: int, reason: str, is_restored: bool = False
) -> Self:
    newcomer = _newcomer(identity=identity, now_us=now_us)
    taken = sql.execute(
        NEW_EPOCH_SQL,
        {
            **newcomer,
            "expected": this.epoch,
            "is_restored": is_restored,
            "now": instant_of(now_us),
        },
    )
    fresh = Self(*sql.fetch(SELF_SQL)[0][:8])
    if taken:
        logger.warning(
            "events.epoch_taken",
            extra={"reason": reason, "old_origin": this.origin, "origin": fresh.origin},
        )
    return fresh


def _newcomer(*, identity: str, now_us: int) -> dict[str, object]:
    return {
        "location_id": settings.LOCATION_ID,
        "epoch": now_us // 1_000_000,
        "instance_id": uuid7(),
        "identity": identity,
    }
