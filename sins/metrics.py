"""Prometheus text of one location: read from its tables when asked, and what was counted."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.registry import Collector

from audit.figures import figures
from audit.shipping.state import shipping_state
from customers.duplicates import backlog
from customers.duplicates import work_list as duplicates
from events import queries, restoring
from sins import counters

__all__ = ["CONTENT_TYPE", "text"]

# Name, words, key of `sync_state`'s rows: the numbers of the sync pill.
SYNC = (
    ("sins_unsealed_events", "Local events without a sequence yet", "unsealed"),
    ("sins_pending_events", "Events received but not folded yet", "pending"),
    ("sins_dead_letters", "Messages set aside", "dead_letters"),
    ("sins_open_conflicts", "Open conflicts", "conflicts"),
    ("sins_lag_events", "Events of others not yet received", "lag_events"),
    ("sins_lag_seconds", "Age of the last heartbeat", "lag_s"),
)


class SyncCollector(Collector):
    """Backlog, lag, pending, dead letters and conflicts of every location, as seen from here."""

    def collect(self) -> Iterator[Metric]:
        places = queries.sync_state()["locations"]
        for name, words, key in SYNC:
            gauge = GaugeMetricFamily(name, f"{words}, per location", labels=["location"])
            for place in places:
                if place[key] is not None:
                    gauge.add_metric([place["location_id"]], float(place[key]))
            yield gauge


class RestoringCollector(Collector):
    """Whether this location is closed because its database came from a backup."""

    def collect(self) -> Iterator[Metric]:
        waiting = restoring.waiting()
        yield _here("sins_restoring", "Closed until a restored database caught up", bool(waiting))
        missing = waiting.missing if waiting else 0
        yield _here("sins_restoring_missing_events", "What it waits for", missing)


class MatchCollector(Collector):
    """What the matching worker has still to do here, and what it found."""

    def collect(self) -> Iterator[Metric]:
        yield _here("sins_unmatched_customers", "Not matched yet", backlog.waiting())
        yield _here("sins_duplicate_pairs", "Likely duplicates", duplicates.count_pairs())


class AuditCollector(Collector):
    """Entries of today, their numbers, and what the last verification of the chain said."""

    def collect(self) -> Iterator[Metric]:
        now = datetime.now(UTC)
        found = figures(now=now)
        entries = CounterMetricFamily(
            "sins_audit_entries_total",
            "Audit entries numbered since midnight UTC, when it starts again",
            labels=["location", "kind", "outcome"],
        )
        for kind, outcome, count in found.today:
            entries.add_metric([settings.LOCATION_ID, kind, outcome], count)
        yield entries
        yield _here("sins_audit_numbered_entries", "The last entry's number", found.numbered)
        yield _here("sins_audit_unnumbered_entries", "Without a number yet", found.unnumbered)
        waiting_s = _age_s(found.unnumbered_since, now)
        yield _here("sins_audit_unnumbered_seconds", "Age of the oldest of them", waiting_s)
        age_s = _age_s(found.unverified_since, now)
        yield _here("sins_audit_verified_seconds", "Age of the last verification", age_s)
        if found.is_intact is not None:
            yield _here("sins_audit_chain_intact", "What it said, 1 or 0", bool(found.is_intact))
        contradictions = CounterMetricFamily(
            "sins_audit_peer_contradictions_total",
            "Heartbeats that contradict what the same location had said of its audit chain",
            labels=["location"],
        )
        contradictions.add_metric([settings.LOCATION_ID], found.contradictions)
        yield contradictions


class ShippingCollector(Collector):
    """How far shipping to Elasticsearch is; nothing where nothing is shipped."""

    def collect(self) -> Iterator[Metric]:
        if not settings.ELASTICSEARCH_HOST:
            return
        state = shipping_state()
        waiting_s = _age_s(state.waiting_since, datetime.now(UTC))
        yield _here("sins_ship_waiting_entries", "Audit entries not shipped yet", state.unshipped)
        yield _here("sins_ship_waiting_seconds", "Age of the oldest of them", waiting_s)
        yield _here("sins_ship_waiting_log_bytes", "Log not shipped yet", state.log_bytes_waiting)
        refused = GaugeMetricFamily(
            "sins_ship_refused_documents",
            "Documents that Elasticsearch will never take, at this location",
            labels=["location", "stream"],
        )
        refused.add_metric([settings.LOCATION_ID, "audit"], state.refused_entries)
        refused.add_metric([settings.LOCATION_ID, "logs"], state.refused_lines)
        yield refused
        yield _here("sins_log_bytes", "Log files in LOG_DIR", state.log_bytes)
        yield _here("sins_log_limit_bytes", "What they may take", state.log_bytes_limit)


class DiskCollector(Collector):
    """The disk that LOG_DIR is on."""

    def collect(self) -> Iterator[Metric]:
        if not settings.LOG_DIR:
            return
        disk = shutil.disk_usage(settings.LOG_DIR)
        yield _here("sins_disk_free_bytes", "Free on the disk of LOG_DIR", disk.free)
        yield _here("sins_disk_size_bytes", "Size of the disk of LOG_DIR", disk.total)


COLLECTORS: Iterable[type[Collector]] = (
    SyncCollector,
    RestoringCollector,
    MatchCollector,
    AuditCollector,
    ShippingCollector,
    DiskCollector,
)


def text() -> bytes:
    registry: Any = CollectorRegistry(auto_describe=False)
    counters.register(registry)
    for collector in COLLECTORS:
        registry.register(collector())
    return generate_latest(registry)


def _here(name: str, words: str, value: float) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, f"{words}, at this location", labels=["location"])
    gauge.add_metric([settings.LOCATION_ID], value)
    return gauge


def _age_s(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
