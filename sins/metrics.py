"""Prometheus text of one location, read from its tables when asked."""

from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.registry import Collector

from customers.duplicates import backlog
from customers.duplicates import work_list as duplicates
from events import queries

__all__ = ["CONTENT_TYPE", "text"]


class SyncCollector(Collector):
    """Backlog, lag, pending, dead letters and conflicts: the numbers of the sync pill."""

    def collect(self) -> list[GaugeMetricFamily]:
        state = queries.sync_state()
        return [
            _gauge(
                "sins_unsealed_events", "Local events without a sequence yet", state, "unsealed"
            ),
            _gauge("sins_pending_events", "Events received but not folded yet", state, "pending"),
            _gauge("sins_dead_letters", "Messages set aside", state, "dead_letters"),
            _gauge("sins_open_conflicts", "Open conflicts", state, "conflicts"),
            _gauge("sins_lag_events", "Events of others not yet received", state, "lag_events"),
            _gauge("sins_lag_seconds", "Age of the last heartbeat", state, "lag_s"),
        ]


class MatchCollector(Collector):
    """What the matching worker has still to do here, and what it found."""

    def collect(self) -> list[GaugeMetricFamily]:
        return [
            _own_gauge("sins_unmatched_customers", "Not matched yet", backlog.waiting()),
            _own_gauge("sins_duplicate_pairs", "Likely duplicates", duplicates.count_pairs()),
        ]


def _own_gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, f"{text}, at this location", labels=["location"])
    gauge.add_metric([settings.LOCATION_ID], value)
    return gauge


def _gauge(name: str, text: str, state: dict[str, Any], key: str) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, f"{text}, per location", labels=["location"])

    for place in state["locations"]:
        if place[key] is not None:
            gauge.add_metric([place["location_id"]], float(place[key]))
    return gauge


def text() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SyncCollector())
    registry.register(MatchCollector())
    return generate_latest(registry)
