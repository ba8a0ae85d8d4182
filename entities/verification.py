"""Is this location the same as the others? Digests beside digests, down to the entity."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson
from django.db import connection, transaction

from events import peers, ranges, sql
from events.heartbeat import BUCKETS, DIGEST_BYTES, Heartbeat, of_dict, to_json
from events.own_heartbeat import SNAPSHOT_SQL, OwnHeartbeats

NAMED_BUCKETS = 8

ENTITY_DIGESTS_SQL = """
SELECT entity_uid, digest FROM events_head WHERE digest IS NOT NULL ORDER BY entity_uid
"""


class Result(enum.IntEnum):
    """The exit code of `verify_sync`."""

    IDENTICAL = 0
    DIFFERS = 1
    NOT_COMPARABLE = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of this location and another one, with a sentence for people."""

    location_id: str
    result: Result
    sentence: str


class InvalidExportError(ValueError):
    """The file was not written by `verify_sync --export`."""


def own_heartbeat(*, now_us: int) -> Heartbeat:
    return OwnHeartbeats().heartbeat(now_us=now_us)


def verdicts(mine: Heartbeat) -> list[Verdict]:
    """About every other location ever heard, by location_id."""
    return [
        verdict(mine, place.heartbeat)
        for location_id, place in peers.known().items()
        if location_id != mine.location_id
    ]


def worst(found: Iterable[Verdict]) -> Result:
    """DIFFERS above NOT_COMPARABLE above IDENTICAL; nobody to compare with is NOT_COMPARABLE."""
    results = {verdict.result for verdict in found} or {Result.NOT_COMPARABLE}
    order = (Result.DIFFERS, Result.NOT_COMPARABLE, Result.IDENTICAL)
    return next(result for result in order if result in results)


def write_export(path: Path, *, now_us: int) -> int:
    """This location's heartbeat, then uid and digest of each entity, a line each, from one
    snapshot. No personal values. Returns the number of entities."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            sql.execute(SNAPSHOT_SQL)
        mine = own_heartbeat(now_us=now_us)
        digests = entity_digests()
    with path.open("wb") as file:
        file.write(to_json(mine) + b"\n")
        for uid, digest in digests.items():
            file.write(f"{uid} {digest.hex()}\n".encode())
    return len(digests)


def read_export(path: Path) -> tuple[Heartbeat, dict[UUID, bytes]]:
    """Raises InvalidExportError and OSError."""
    with path.open("rb") as file:
        try:
            heartbeat = of_dict(orjson.loads(file.readline()))
            digests = dict(_digest_lines(file))
        except ValueError as error:
            raise InvalidExportError(
                f"{path} was not written by verify_sync --export: {error}"
            ) from error
    return heartbeat, digests


def compare(mine: Heartbeat, theirs: Heartbeat, digests: Mapping[UUID, bytes]) -> list[str]:
    """A sentence per entity that differs between this location and an exported one."""
    here = entity_digests()
    sentences = []
    for uid in sorted(here.keys() | digests.keys()):
        if here.get(uid) != digests.get(uid):
            what = "differs"
            if uid not in digests:
                what = f"is only at {mine.location_id}"
            elif uid not in here:
                what = f"is only at {theirs.location_id}"
            sentences.append(f"entity {uid} (bucket {uid.bytes[-1]}) {what}")
    return sentences


def entity_digests() -> dict[UUID, bytes]:
    return {uid: bytes(digest) for uid, digest in sql.fetch(ENTITY_DIGESTS_SQL)}


def _digest_lines(lines: Iterable[bytes]) -> Iterator[tuple[UUID, bytes]]:
    for line in lines:
        uid, _, digest = line.decode("ascii").strip().partition(" ")
        yield UUID(uid), bytes.fromhex(digest)


def verdict(mine: Heartbeat, theirs: Heartbeat) -> Verdict:
    """Equal digests mean equal rows only where both have folded the same events."""
    reasons = [*_reasons(mine), *_reasons(theirs), *_gaps(mine, theirs)]
    if mine.fold_version != theirs.fold_version:
        reasons.append(f"fold versions are {mine.fold_version} and {theirs.fold_version}")
    if not reasons and not mine.is_comparable(theirs):
        reasons.append("a digest is missing")
    if reasons:
        sentence = f"{theirs.location_id}: not comparable yet: {'; '.join(reasons)}"
        return Verdict(theirs.location_id, Result.NOT_COMPARABLE, sentence)
    if mine.digest == theirs.digest:
        sentence = f"{theirs.location_id}: identical"
        return Verdict(theirs.location_id, Result.IDENTICAL, sentence)
    sentence = f"{theirs.location_id}: differs in {_bucket_names(mine, theirs)}"
    return Verdict(theirs.location_id, Result.DIFFERS, sentence)


def _reasons(heartbeat: Heartbeat) -> Iterator[str]:
    counts = (
        (heartbeat.unsealed, "not sealed yet"),
        (heartbeat.pending, "received, but not folded yet"),
    )
    for count, what in counts:
        if count:
            yield f"{heartbeat.location_id} has {count} events {what}"


def _gaps(mine: Heartbeat, theirs: Heartbeat) -> Iterator[str]:
    for one, other in ((mine, theirs), (theirs, mine)):
        for origin in sorted(other.received):
            lacking = ranges.minus(other.received[origin], one.received.get(origin, ()))
            if count := ranges.count(lacking):
                yield f"{one.location_id} lacks {count} events of {origin}"


def _bucket_names(mine: Heartbeat, theirs: Heartbeat) -> str:
    numbers = [
        number for number in range(BUCKETS) if _bucket(mine, number) != _bucket(theirs, number)
    ]
    names = ", ".join(map(str, numbers[:NAMED_BUCKETS]))
    more = f" and {len(numbers) - NAMED_BUCKETS} more" if len(numbers) > NAMED_BUCKETS else ""
    return f"bucket{'s' if len(numbers) > 1 else ''} {names}{more}"


def _bucket(heartbeat: Heartbeat, number: int) -> bytes:
    return (heartbeat.buckets or b"")[number * DIGEST_BYTES : (number + 1) * DIGEST_BYTES]
