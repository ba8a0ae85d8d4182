"""What tests of holds and erasures share: acts of today, peers that have answered, leftovers."""

import time
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from entities import executing
from entities.executing import Executed
from events import peers, progress, sealing, sql
from events.clock import instant_of
from events.origin import ensure_self
from events.principal import Act, Principal
from tests.integration.events.heartbeats import a_heartbeat


def now_us() -> int:
    return time.time_ns() // 1000


def an_act(*, role: str = "service_provider", at_us: int | None = None) -> Act:
    principal = Principal("provider", role, "loc1", "session")
    return Act(principal, request_id=uuid7(), now_us=at_us or now_us())


def execute(**more: object) -> Executed:
    return executing.execute_due(an_act, **more)


def seal_all() -> None:
    """As the publisher would: the sequences that the tests' heartbeats speak of."""
    while sealing.seal(ensure_self(now_us=now_us()), wall_us=now_us()):
        pass


def hear(location_id: str = "loc2", *, knows_all: bool = True, **said: object) -> None:
    """A heartbeat of a peer, by now having received all that this location has."""
    received, _ = progress.known()
    heartbeat = a_heartbeat(
        location_id=location_id,
        at=now_us(),
        received=received if knows_all else {},
        **said,
    )
    peers.keep(heartbeat, seen_at=instant_of(now_us()))


TABLES_SQL = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


def tables_with(*words: str) -> dict[str, list[str]]:
    """Table -> which of these words any row of it has, bytes looked through as text, too."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL bytea_output = 'escape'")
        for (table,) in sql.fetch(TABLES_SQL):
            for word in words:
                cursor.execute(
                    f"SELECT EXISTS (SELECT FROM {table} AS r WHERE r::text ILIKE %s)",  # noqa: S608
                    [f"%{word}%"],
                )
                if cursor.fetchone()[0]:
                    found.setdefault(table, []).append(word)
    return found


def states_of(uid: UUID) -> Iterable[tuple[str, int, bool]]:
    """(type, state, has bytes) of its events."""
    return sql.fetch(
        "SELECT type, state, raw IS NOT NULL FROM events_event WHERE entity_uid = %(uid)s "
        "ORDER BY hlc",
        {"uid": uid},
    )
