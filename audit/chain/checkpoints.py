"""Heartbeats of peers → checkpoints of their chains: what this location can testify to."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.utils import timezone

from audit.chain import numbering as chain
from audit.chain.hashing import Checkpoint
from events import sql
from events.clock import instant_of
from events.heartbeat import ChainHead, Heartbeat

logger = logging.getLogger(__name__)

FORMAT = "sins-audit-checkpoints/1"
MAX_LINE_BYTES = 10_000

LAST_SQL = """
SELECT seq, encode(hash, 'hex'), told_at, heard_at FROM audit_checkpoint
WHERE location_id = %(location_id)s AND origin = %(origin)s ORDER BY id DESC LIMIT 1
"""

# What was heard in an hour before, or is contradicted, is never written over: its part is closed.
KEEP_SQL = """
INSERT INTO audit_checkpoint
    (location_id, origin, block, part, is_contradiction, seq, hash, told_at, heard_at)
SELECT %(location_id)s, %(origin)s, %(seq)s / 1000,
    CASE WHEN max(part) IS NULL THEN 0 ELSE max(part) + %(is_closed)s::int END,
    %(is_contradiction)s, %(seq)s, decode(%(hash)s, 'hex'), %(told_at)s, %(heard_at)s
FROM audit_checkpoint
WHERE location_id = %(location_id)s AND origin = %(origin)s AND block = %(seq)s / 1000
HAVING coalesce(max(part), 0) < %(most)s
ON CONFLICT (location_id, origin, block, part) DO UPDATE
SET seq = excluded.seq, hash = excluded.hash, told_at = excluded.told_at,
    heard_at = excluded.heard_at
"""
# A peer that contradicts itself with each heartbeat does not fill the disk.
MOST_PARTS = 10_000

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
    than before, was changed there: that is told, and both words are kept."""
    told = heartbeat.audit
    if told is None or heartbeat.location_id == settings.LOCATION_ID:
        return
    heard_at = timezone.now()
    params = {
        "location_id": heartbeat.location_id,
        "origin": heartbeat.origin,
        "seq": told.seq,
        "hash": told.hash,
        "told_at": instant_of(heartbeat.at),
        "heard_at": heard_at,
        "most": MOST_PARTS,
    }
    kept = sql.fetch(LAST_SQL, params)
    if not kept:
        sql.execute(KEEP_SQL, {**params, "is_closed": False, "is_contradiction": False})
        return
    seq, digits, told_at, kept_at = kept[0]
    # Heartbeats that are heard again after a restart say nothing new.
    if params["told_at"] < told_at or (seq, digits) == (told.seq, told.hash):
        return
    is_contradiction = told.seq <= seq
    is_same_part = told.seq // 1000 == seq // 1000 and f"{heard_at:%F %H}" == f"{kept_at:%F %H}"
    if is_contradiction:
        logger.error(
            "audit.peer_chain_changed",
            extra={"labels.peer": heartbeat.location_id, "told": told.seq, "kept": seq},
        )
    sql.execute(
        KEEP_SQL,
        {
            **params,
            "is_closed": is_contradiction or not is_same_part,
            "is_contradiction": is_contradiction,
        },
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
