"""Audit entry or log line → Elasticsearch document: from allow-lists of columns and keys, pure.

What is not named here cannot get there. Values are ids, names of fields and codes, counts, times.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

import orjson

AUDIT, LOGS = "sins-audit", "sins-logs"
WEEKDAYS = ("1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun")
# The log's messages are constant names of events. Others come from libraries and may repeat values.
EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
OTHER_MESSAGE = "log.other"
# Elasticsearch refuses a term of more than 32,766 bytes.
MAX_WORD = 8_000
MAX_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Document:
    """One document under its name: sending it again changes nothing."""

    index: str
    document_id: str
    source: dict[str, Any]


class Unfit(Exception):  # not Refused: nobody at a face hears of it
    """This line is no document; `reason_code` says why, without its values."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code


@dataclass(frozen=True, slots=True)
class AuditRow:
    """The columns of an audit entry that are told; the statement selects them in this order."""

    audit_id: UUID
    at: datetime
    location_id: str
    request_id: UUID
    kind: str
    actor: str
    role: str
    auth: str
    action: str
    outcome: str
    entity_uid: UUID | None
    hit_ids: Sequence[UUID]
    event_ids: Sequence[UUID]
    codes: Sequence[str]
    query_hash: bytes | None
    result_count: int | None
    duration_us: int | None
    address: str
    batch_id: UUID | None
    seq: int
    hash: bytes | None


AUDIT_COLUMNS = tuple(field.name for field in fields(AuditRow))


def audit_document(row: AuditRow, *, zone: tzinfo) -> Document:
    """`zone` is that of hour and weekday: when people work is a matter of their clocks."""
    local = row.at.astimezone(zone)
    is_applied = row.kind == "applied"
    source = {
        "@timestamp": _instant(row.at),
        "event.id": str(row.audit_id),
        "event.action": row.action,
        "event.outcome": row.outcome,
        "event.duration": None if row.duration_us is None else row.duration_us * 1000,
        "labels.location": row.location_id,
        "http.request.id": str(row.request_id),
        "user.name": row.actor,
        "user.roles": row.role,
        "source.address": row.address,
        "sins.kind": row.kind,
        "sins.auth": row.auth,
        "sins.entity_uid": _text(row.entity_uid),
        "sins.hit_ids": [str(each) for each in row.hit_ids],
        "sins.event_ids": [str(each) for each in row.event_ids],
        # An applied batch names there the locations that its changes came from.
        "sins.codes": [] if is_applied else list(row.codes),
        "sins.origins": list(row.codes) if is_applied else [],
        "sins.query_hash": None if row.query_hash is None else bytes(row.query_hash).hex(),
        "sins.result_count": row.result_count,
        "sins.changes": len(row.event_ids),
        "sins.batch_id": _text(row.batch_id),
        "sins.seq": row.seq,
        "sins.hash": None if row.hash is None else bytes(row.hash).hex(),
        "sins.hour": local.hour,
        "sins.weekday": WEEKDAYS[local.weekday()],
    }
    told = {key: value for key, value in source.items() if value not in (None, "", [])}
    return Document(monthly_index(AUDIT, row.at), str(row.audit_id), told)


def monthly_index(alias: str, at: datetime) -> str:
    return f"{alias}-{at.astimezone(UTC):%Y.%m}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _is_instant(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_WORD


def _is_words(value: Any) -> bool:
    return _is_word(value) or (isinstance(value, list) and all(map(_is_word, value)))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**63


def _is_wholes(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, list) and all(map(_is_whole, value)))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


# Key of a log line → what its value must be. The template has a field for each and no other.
LOG_KEYS: dict[str, Callable[[Any], bool]] = {
    "@timestamp": _is_instant,
    "message": _is_word,
    "log.level": _is_word,
    "log.logger": _is_word,
    "labels.location": _is_word,
    "labels.origin": _is_words,
    "labels.peer": _is_word,
    "process.pid": _is_whole,
    "process.name": _is_word,
    "event.action": _is_word,
    "event.duration": _is_whole,
    "http.request.id": _is_words,
    "http.request.method": _is_word,
    "http.response.status_code": _is_whole,
    "url.path": _is_word,
    "user.name": _is_word,
    "user.roles": _is_words,
    "error.type": _is_word,
    "error.code": _is_word,
    "error.stack_trace": _is_text,
    "sins.route": _is_word,
    # Events on their way
    "sins.events": _is_whole,
    "sins.latency_ms": _is_number,
    "sins.latency_p50_ms": _is_number,
    # `sync.measured`: how the locations stand, as seen from here
    "sins.lag_events": _is_whole,
    "sins.lag_s": _is_number,
    "sins.unsealed": _is_whole,
    "sins.pending": _is_whole,
    "sins.dead_letters": _is_whole,
    "sins.conflicts": _is_whole,
    "sins.duplicate_pairs": _is_whole,
    "sins.unshipped": _is_whole,
    # What single lines say besides
    "sins.archive": _is_word,
    "sins.asker": _is_word,
    "sins.bytes": _is_whole,
    "sins.cluster": _is_word,
    "sins.count": _is_whole,
    "sins.entity_uid": _is_word,
    "sins.event_id": _is_word,
    "sins.field": _is_word,
    "sins.file": _is_word,
    "sins.index": _is_words,
    "sins.kept": _is_whole,
    "sins.lost_offsets": _is_words,
    "sins.offset": _is_whole,
    "sins.old_origin": _is_word,
    "sins.origin": _is_word,
    "sins.partition": _is_whole,
    "sins.partitions": _is_wholes,
    "sins.reason": _is_word,
    "sins.reasons": _is_words,
    "sins.seq": _is_whole,
    "sins.stream": _is_word,
    "sins.task": _is_word,
    "sins.told": _is_whole,
    "sins.topic": _is_word,
    "sins.topics": _is_words,
}
REQUIRED_LOG_KEYS = ("@timestamp", "message", "log.level", "labels.location")


def log_document(line: bytes, *, file: str, offset: int) -> Document:
    """`line` stands in `file` from `offset` on: that, and a checksum in case the file is cut and
    written anew, is the document's id. Raises Unfit."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Unfit("no_json") from error
    if not isinstance(found, dict):
        raise Unfit("no_object")
    source = {key: value for key, value in found.items() if value is not None}
    for key in REQUIRED_LOG_KEYS:
        if key not in source:
            raise Unfit(f"without {key}")
    for key, value in source.items():
        is_fit = LOG_KEYS.get(key)
        if is_fit is None:
            raise Unfit(f"unknown key {key}" if re.fullmatch(r"[\w.@]{1,60}", key) else "odd key")
        if not is_fit(value):
            raise Unfit(f"bad value of {key}")
    if not EVENT_NAME.fullmatch(source["message"]):
        source["message"] = source["event.action"] = OTHER_MESSAGE
    at = datetime.fromisoformat(source["@timestamp"])
    source["@timestamp"] = _instant(at)
    document_id = f"{file}:{offset}:{zlib.crc32(line):08x}"
    return Document(monthly_index(LOGS, at), document_id, source)
