"""The benchmark's own PostgreSQL, and Django pointed at it: it comes before all models."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django
from django.db import connection

from deploy.local.postgres import Address, Cluster
from events import key_ring

# PostgreSQL's defaults are for a machine of long ago. The whole of a million entities (7.4 GB) fits
# into its memory: what is compared are ways to ask, not disks. JIT compiles for longer than these
# statements run, and nothing may start beside a measurement: the build ends with VACUUM ANALYZE.
MEASURED = {
    "shared_buffers": "9GB",
    "effective_cache_size": "12GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum": "off",
}
# While it is built: what a crash leaves then is thrown away, because it is not marked as whole.
BUILT = {**MEASURED, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _key_ring(home: Path) -> Path:
    """Nothing is sent here, but without one no location starts as in production."""
    path = home / "event-keys"
    if not path.exists():
        key_ring.write(path, key_ring.ring_of([key_ring.new_key()]))
    return path


@contextmanager
def running(home: Path, settings: Mapping[str, str]) -> Iterator[Address]:
    """Started, and Django set up for it; stopped at the end."""
    with Cluster(home, settings=settings).running() as address:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tests.benchmarks.settings",
            DEBUG="0",
            LOCATION_ID="loc1",
            SECRET_KEY=secrets.token_hex(32),
            AUTH_MODE="header",
            ALLOW_INSECURE_ROLE_HEADER="1",
            ALLOWED_HOSTS="127.0.0.1",
            EVENT_KEYS_FILE=str(_key_ring(home)),
            **address.environment(),
        )
        django.setup()
        # Its port may be another one after each start.
        connection.settings_dict.update(HOST=address.host, PORT=str(address.port))
        try:
            yield address
        finally:
            connection.close()
