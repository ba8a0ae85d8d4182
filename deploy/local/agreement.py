"""Whether the demo's locations answer and hold the same, asked from outside."""

import http.client
from collections.abc import Iterable

from deploy.local import ports
from deploy.local.locations import Location

# The product's own measure (verify_sync) needs a Python start per location and question; this one
# asks the same heads in a few milliseconds, while the demo waits.
HEADS_SQL = """
SELECT count(*), md5(string_agg(entity_uid::text || encode(digest, 'hex'), '' ORDER BY entity_uid))
FROM events_head WHERE digest IS NOT NULL
"""


def is_ready(location: Location) -> bool:
    return status_of(location.http_port, "/readyz") == http.HTTPStatus.OK


def status_of(port: int, path: str) -> int:
    """The HTTP status of a GET on loopback (never by a proxy); 0 when nobody answers."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def agree(locations: Iterable[Location]) -> bool:
    """True when all hold the same entities with the same digests."""
    return len({location.cluster.query(HEADS_SQL, database="sins") for location in locations}) == 1
