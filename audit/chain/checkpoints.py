"""Heartbeats of peers → checkpoints of their chains: what this location can testify to."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from audit.chain import numbering as chain
from audit.chain.hashing import Checkpoint
from events import sql
from events.clock import instant_of
from events.heartbeat import ChainHead, Heartbeat

logger = logging.getLogger(__name__)

FORMAT = "sins-audit-checkpoints/1"
MAX_LINE_BYTES = 10_000

LAST_SQL = """
SELECT seq, encode(hash, 'hex'), told_at FROM audit_checkpoint
WHERE location_id = %(location_id)s AND origin = %(origin)s ORDER BY block DESC LIMIT 1
"""

# A block's last stays for ever: what is told later has a higher number, or is not kept.
KEEP_SQL = """
INSERT INTO audit_checkpoint AS known (location_id, origin, block, seq, hash, told_at)
SELECT %(location_id)s, %(origin)s, %(seq)s / 1000, %(seq)s, decode(%(hash)s, 'hex'), %(told_at)s
WHERE NOT EXISTS (SELECT FROM audit_checkpoint later WHERE later.location_id = %(location_id)s
    AND later.origin = %(origin)s AND later.block >= %(seq)s / 1000 AND later.seq >= %(seq)s)
ON CONFLICT (location_id, origin, block) DO UPDATE
SET seq = excluded.seq, hash = excluded.hash, told_at = excluded.told_at
"""

KNOWN_SQL = """
SELECT seq, encode(hash, 'hex'), origin, told_at FROM audit_checkpoint
WHERE location_id = %(location_id)s ORDER BY seq, origin
"""


class InvalidCheckpointsError(ValueError):
    """Not a file of checkpoints for this location; the message says why."""


def own_head() -> ChainHead | None:
    """What this location's heartbeats say of its chain."""
    head = chain.head()
    return ChainHead(head.seq, head.hash.decode()) if head.seq else None


def on_heartbeat(heartbeat: Heartbeat) -> None:
    """Keep what a peer says of its chain. A chain that goes back, or says another hash for a number
    than before, was changed there: that is told, and what was kept before stays."""
    told = heartbeat.audit
    if told is None or heartbeat.location_id == settings.LOCATION_ID:
        return
    params = {
        "location_id": heartbeat.location_id,
        "origin": heartbeat.origin,
        "seq": told.seq,
        "hash": told.hash,
        "told_at": instant_of(heartbeat.at),
    }
    kept = sql.fetch(LAST_SQL, params)
    if kept and (kept[0][0] >= told.seq):
        _mind_contradiction(heartbeat, told, *kept[0])
        return
    sql.execute(KEEP_SQL, params)


def _mind_contradiction(
    heartbeat: Heartbeat, told: ChainHead, seq: int, digits: str, told_at: datetime
) -> None:
    """Old heartbeats come again after a restart: they say nothing new."""
    is_later = instant_of(heartbeat.at) > told_at
    if (is_later and told.seq < seq) or (told.seq == seq and told.hash != digits):
        logger.error(
            "audit.peer_chain_changed",
            extra={"labels.peer": heartbeat.location_id, "told": told.seq, "kept": seq},
        )


def known(location_id: str) -> list[Checkpoint]:
    """What this location heard of another one's chain, by number."""
    return [
        Checkpoint(seq, digits, origin, told_at.isoformat(), settings.LOCATION_ID)
        for seq, digits, origin, told_at in sql.fetch(KNOWN_SQL, {"location_id": location_id})
    ]


def export(location_id: str, path: Path) -> int:
    """The same as a file for somebody to carry to `verify_audit --peer`; how many. Without any, no
    file is written."""
    found = known(location_id)
    if found:
        head = {"format": FORMAT, "location_id": location_id, "heard_by": settings.LOCATION_ID}
        path.write_bytes(
            b"".join(orjson.dumps(said) + b"\n" for said in (head, *map(_said, found)))
        )
    return len(found)


def _said(checkpoint: Checkpoint) -> dict[str, Any]:
    said = asdict(checkpoint)
    del said["heard_by"]
    return said


def read(path: Path) -> list[Checkpoint]:
    """The checkpoints of this location in a file of a peer. Raises InvalidCheckpointsError."""
    with path.open("rb") as file:
        head = _decoded(file.readline(MAX_LINE_BYTES))
        if head.get("format") != FORMAT:
            raise InvalidCheckpointsError(f"{path} was not written by export_checkpoints.")
        if head.get("location_id") != settings.LOCATION_ID:
            raise InvalidCheckpointsError(
                f"{path} speaks of {head.get('location_id')}, and this is {settings.LOCATION_ID}."
            )
        if head.get("heard_by") == settings.LOCATION_ID:
            raise InvalidCheckpointsError(
                f"{path} was heard by this location itself: only another one can testify."
            )
        return list(_checkpoints(file, path, heard_by=str(head.get("heard_by"))))


def _checkpoints(lines: Iterable[bytes], path: Path, *, heard_by: str) -> Iterator[Checkpoint]:
    for number, line in enumerate(lines, start=2):
        said = _decoded(line)
        texts = [said.get(name) for name in ("hash", "origin", "told_at")]
        is_text = all(isinstance(text, str) for text in texts)
        if type(said.get("seq")) is not int or not is_text or len(said) != 4:
            raise InvalidCheckpointsError(f"Line {number} of {path} is no checkpoint.")
        yield Checkpoint(heard_by=heard_by, **said)


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
