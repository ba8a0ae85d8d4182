"""Are the entries that this location shipped all in Elasticsearch, and nothing else? Day by day."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit.chain import lines
from audit.chain.hashing import hash_of, split
from audit.shipping import positions
from audit.shipping.audit_stream import document_of
from audit.shipping.documents import AUDIT, AUDIT_COLUMNS, AuditRow
from audit.shipping.elastic import Elastic, Found
from events import sql

DAY = timedelta(days=1)
# Above this a day is compared hour by hour, so that the ids of a part fit into memory.
MANY = 200_000
REPAIRED_AT_ONCE = 500

DAYS_SQL = """
SELECT (at AT TIME ZONE 'UTC')::date, count(*) FROM audit_entry
WHERE seq <= %(shipped)s AND at >= %(since)s AND at < %(until)s GROUP BY 1
"""
KNOWN_SQL = "SELECT audit_id::text, seq FROM audit_entry WHERE audit_id = ANY(%(ids)s::uuid[])"
ROWS_SQL = f"""
SELECT {", ".join(AUDIT_COLUMNS)} FROM audit_entry
WHERE audit_id = ANY(%(ids)s::uuid[]) AND seq IS NOT NULL ORDER BY seq
"""  # noqa: S608 - our own column names
PRUNED_SQL = "SELECT EXISTS (SELECT FROM audit_pruning)"
FIRST_SQL = "SELECT min(at) FROM audit_entry"


@dataclass(slots=True)
class Day:
    """One day of UTC. `entries` were shipped from here, `documents` are there; then the ids that
    only one side has, that differ there, that are there more than once, and whose columns here do
    not give their hash any more."""

    day: date
    entries: int = 0
    documents: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    altered_here: list[str] = field(default_factory=list)
    repaired: int = 0
    # What was sent and not taken: for good, or not now.
    refused: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    # Pruned here and not there: nothing is wrong with that.
    is_pruned: bool = False

    @property
    def is_equal(self) -> bool:
        return not (
            self.missing or self.extra or self.altered or self.repeated or self.altered_here
        )


def reconcile(
    elastic: Elastic, *, since: date, until: date, now: datetime, repairs: bool = False
) -> Iterator[Day]:
    """Every day from `since` to `until` on which either side has something. What is not shipped
    yet is not missing. `repairs` sends again what is missing or altered, if it is here as it was
    numbered: what was altered here must not cover what Elasticsearch still has. Raises
    ElasticAwayError."""
    shipped = positions.shipped_to(now=now)
    elastic.refresh(AUDIT)
    first, last = _instant(since), _instant(until + DAY)
    here = dict(sql.fetch(DAYS_SQL, {"shipped": shipped, "since": first, "until": last}))
    there = elastic.days(AUDIT, _within(first, last))
    kept_from = _kept_from()
    for day in sorted({*here, *there}):
        if day < kept_from:
            yield Day(day, 0, there.get(day, 0), is_pruned=True)
            continue
        found = Day(day)
        for begin, end in _parts(day, max(here.get(day, 0), there.get(day, 0))):
            _compare(found, elastic, shipped, begin, end)
        if repairs:
            _repair(found, elastic)
        yield found


def first_day(*, today: date) -> date:
    """The first day that is not past its age in Elasticsearch."""
    return today - timedelta(days=settings.ELASTICSEARCH_AUDIT_DAYS)


def _compare(found: Day, elastic: Elastic, shipped: int, begin: datetime, end: datetime) -> None:
    here, altered_here = _hashed(lines.rows_between(since=begin, until=end, last=shipped))
    documents = list(elastic.entries(_within(begin, end)))
    there = {document.document_id: document for document in documents}
    on_their_way, moved, extra = _sorted_strangers(documents, here, shipped)
    found.entries += len(here)
    found.documents += len(documents) - len(on_their_way)
    found.missing += sorted(here.keys() - there.keys())
    found.extra += extra
    found.altered += moved
    found.altered += [name for name in here.keys() & there.keys() if there[name].hash != here[name]]
    counts = Counter(document.document_id for document in documents)
    found.repeated += [name for name, count in counts.items() if count > 1]
    found.altered_here += altered_here


def _hashed(rows: Iterable[bytes]) -> tuple[dict[str, str], list[str]]:
    """The hash that stands with each entry, by id; and the ids whose columns give another one."""
    stored, altered = {}, []
    with transaction.atomic():
        for row in rows:
            digits, line = split(row)
            audit_id = line.split(b"\t", 3)[2].decode()
            stored[audit_id] = digits.decode()
            if hash_of(line) != digits:
                altered.append(audit_id)
    return stored, sorted(altered)


def _sorted_strangers(
    documents: Iterable[Found], here: Mapping[str, str], shipped: int
) -> tuple[list[str], list[str], list[str]]:
    """Of documents that are no entry of that part: those shipped just now, those of another part
    (their time was altered), and those that are no entry at all."""
    strangers = [each.document_id for each in documents if each.document_id not in here]
    uids = [name for name in strangers if _is_uuid(name)]
    known: dict[str, int] = dict(sql.fetch(KNOWN_SQL, {"ids": uids})) if uids else {}
    on_their_way = [name for name in known if (known[name] or shipped + 1) > shipped]
    moved = [name for name in known if name not in set(on_their_way)]
    return on_their_way, moved, [name for name in strangers if name not in known]


def _repair(found: Day, elastic: Elastic) -> None:
    """What Elasticsearch does not have is sent; what it has otherwise is written over."""
    for ids, replace in ((found.missing, False), (found.altered, True)):
        for start in range(0, len(ids), REPAIRED_AT_ONCE):
            documents = [document_of(row) for row in _sound(ids[start : start + REPAIRED_AT_ONCE])]
            if not documents:  # all of them were altered here
                continue
            sent = elastic.send(documents, replace=replace)
            found.repaired += len(documents) - len(sent.refused) - len(sent.later)
            found.refused += [document.document_id for document, _ in sent.refused]
            found.later += [document.document_id for document in sent.later]


def _sound(ids: Sequence[str]) -> list[AuditRow]:
    """Those of these entries that are as they were numbered."""
    stored, altered = _hashed(lines.rows_of(ids))
    sound = sorted(stored.keys() - set(altered))
    return [AuditRow(*row) for row in sql.fetch(ROWS_SQL, {"ids": sound})]


def _parts(day: date, count: int) -> Iterator[tuple[datetime, datetime]]:
    step = DAY if count < MANY else timedelta(hours=1)
    begin = _instant(day)
    while begin < _instant(day + DAY):
        yield begin, begin + step
        begin += step


def _within(begin: datetime, end: datetime) -> dict[str, Any]:
    """This location's documents of a span of time."""
    span = {"gte": begin.isoformat(), "lt": end.isoformat()}
    location = {"term": {"labels.location": settings.LOCATION_ID}}
    return {"bool": {"filter": [{"range": {"@timestamp": span}}, location]}}


def _kept_from() -> date:
    """The first day of which this database still has entries, if others were pruned."""
    first = sql.fetch(FIRST_SQL)[0][0]
    is_pruned = sql.fetch(PRUNED_SQL)[0][0]
    return first.astimezone(UTC).date() if first and is_pruned else date.min


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
